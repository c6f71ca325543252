import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openHttpHouse, type HttpHouse } from "../../test/support/http-house.ts";

let house: HttpHouse;
beforeAll(async () => {
  house = await openHttpHouse();
});
afterAll(() => house.stop());

const ATLAS = "100000000000004";
const path = (wabaId: string): string => `/api/v1/wabas/${wabaId}`;
const link = (wabaId: string, body: unknown = {}) => house.ask("POST", `${path(wabaId)}/reshare-links`, body);
const lose = async (wabaId: string): Promise<void> => {
  await house.emulator.act({ action: "partner.remove", waba_id: wabaId, silent: true });
  await house.ask("POST", `${path(wabaId)}/check`, {});
};
const titles = async (wabaId: string): Promise<string[]> => {
  const { body } = await house.ask("GET", `${path(wabaId)}/timeline?limit=100`);
  return body.data.map((entry: { title: string }) => entry.title);
};

describe("a re-share link", () => {
  test("nothing is lost: the API names none", async () => {
    expect((await house.ask("GET", path(ATLAS))).body.reshare_url).toBeNull();
  });

  test("stands from the closing of the gate on, and every refusal names it", async () => {
    await lose(ATLAS);
    const { reshare_url: url, status } = (await house.ask("GET", path(ATLAS))).body;
    expect(status).toBe("permission_removed");
    expect(url).toMatch(new RegExp(`^${house.url}/reshare/rsl_[0-9a-z]{20}\\.[0-9a-f]{40}$`));
    expect((await link(ATLAS)).body.url).toBe(url);
    const panel = await house.ask("GET", `${path(ATLAS)}/commerce-settings`);
    expect([panel.status, panel.body.reshare_url]).toEqual([403, url]);
    expect(await titles(ATLAS)).toContain("A re-share link was made");
  });

  test("the token is nowhere in the database", async () => {
    const { url } = (await link(ATLAS)).body;
    const mark = url.split(".").at(-1);
    const rows = await house.database.db.query("select * from reshare_link, audit, observation");
    expect(JSON.stringify(rows)).not.toContain(mark);
    expect(house.logged()).not.toContain(mark);
  });

  test("rotated: a new one at its place, the old one ends", async () => {
    const old = (await link(ATLAS)).body;
    const fresh = (await link(ATLAS, { rotate: true, expires_in_s: 3600 })).body;
    expect(fresh.id).not.toBe(old.id);
    const lifetimeMs = Date.parse(fresh.expires_at) - house.deps.clock.now();
    expect(lifetimeMs).toBeGreaterThan(3_500_000);
    expect(lifetimeMs).toBeLessThanOrEqual(3_600_000);
    expect((await link(ATLAS)).body).toEqual(fresh);
    expect((await house.ask("GET", path(ATLAS))).body.reshare_url).toBe(fresh.url);
  });

  test("revoked: none is named until somebody asks for one", async () => {
    const { id } = (await link(ATLAS)).body;
    expect((await house.ask("DELETE", `${path(ATLAS)}/reshare-links/${id}`)).status).toBe(204);
    expect((await house.ask("GET", path(ATLAS))).body.reshare_url).toBeNull();
    expect((await house.ask("DELETE", `${path(ATLAS)}/reshare-links/${id}`)).status).toBe(204);
    expect((await link(ATLAS)).body.id).not.toBe(id);
  });

  test("another WABA's link is not known here", async () => {
    const { id } = (await link(ATLAS)).body;
    const answer = await house.ask("DELETE", `${path("100000000000001")}/reshare-links/${id}`);
    expect([answer.status, answer.body.code]).toEqual([404, "link_not_found"]);
    expect((await house.ask("POST", `${path("999999999999999")}/reshare-links`, {})).status).toBe(404);
  });

  test("a lifetime out of bounds is refused", async () => {
    for (const expires_in_s of [59, 31_536_001, 1.5])
      expect((await link(ATLAS, { expires_in_s })).status).toBe(400);
  });
});
