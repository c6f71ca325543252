import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestApp, type TestApp } from "../../../../test/support/create-test-app.ts";
import { findOwnerId } from "../../../directory/meta-id-store.ts";
import { renewReshareLinks } from "../../../recovery/renew-reshare-links.ts";

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.stop());

const ATLAS = "100000000000004";
const path = (wabaId: string): string => `/api/v1/wabas/${wabaId}`;
const link = (wabaId: string, body: unknown = {}) => app.ask("POST", `${path(wabaId)}/reshare-links`, body);
const lose = async (wabaId: string): Promise<void> => {
  await app.emulator.act({ action: "partner.remove", waba_id: wabaId, silent: true });
  await app.ask("POST", `${path(wabaId)}/check`, {});
};
const titles = async (wabaId: string): Promise<string[]> => {
  const { body } = await app.ask("GET", `${path(wabaId)}/timeline?limit=100`);
  return body.data.map((entry: { title: string }) => entry.title);
};

/** Lost WABAs, each with its own link that ends at `endsAt`. */
async function copyLost(wabaId: string, count: number, endsAt: number): Promise<void> {
  const { db } = app.deps;
  const assetId = await findOwnerId(db, "default", "waba", wabaId);
  await db.query(
    `insert into asset (id, connection_id, client_id, name, created_at)
       select 'ast_burst' || n, connection_id, client_id, name || n, created_at
       from asset, generate_series(1, $2::int) n where id = $1`,
    [assetId, count],
  );
  await db.query(
    `insert into share (asset_id, connection_id, record, kind, status, severity, reason, who_must_act, since)
       select 'ast_burst' || n, connection_id, record, kind, status, severity, reason, who_must_act, since
       from share, generate_series(1, $2::int) n where asset_id = $1`,
    [assetId, count],
  );
  await db.query(
    `insert into reshare_link (id, connection_id, asset_id, created_at, created_by, lost_at, expires_at)
       select 'rsl_burst' || n, 'default', 'ast_burst' || n, $2::timestamptz, 'system', $2::timestamptz,
         $3::timestamptz
       from generate_series(1, $1::int) n`,
    [count, new Date(endsAt - 60_000), new Date(endsAt)],
  );
}

describe("a re-share link", () => {
  test("without a loss the API names no link", async () => {
    expect((await app.ask("GET", path(ATLAS))).body.has_reshare_link).toBe(false);
  });

  test("exists from the moment the gate closes, and every refusal names it", async () => {
    await lose(ATLAS);
    const lost = (await app.ask("GET", path(ATLAS))).body;
    expect(lost).toMatchObject({ status: "permission_removed", has_reshare_link: true });
    const { data } = (await app.ask("GET", `${path(ATLAS)}/reshare-links`)).body;
    const { id, url } = (await link(ATLAS)).body;
    expect(data).toMatchObject([{ id, state: "live", created_by: "system" }]);
    expect(url).toMatch(new RegExp(`^${app.url}/reshare/rsl_[0-9a-z]{20}\\.[0-9a-f]{40}$`));
    const panel = await app.ask("GET", `${path(ATLAS)}/commerce-settings`);
    expect([panel.status, panel.body.has_reshare_link]).toEqual([403, true]);
    expect(await titles(ATLAS)).toContain("A re-share link was created");
  });

  test("the token is nowhere in the database", async () => {
    const { url } = (await link(ATLAS)).body;
    const mark = url.split(".").at(-1);
    const rows = await app.database.db.query("select * from reshare_link, audit, observation");
    expect(JSON.stringify(rows)).not.toContain(mark);
    expect(app.logged()).not.toContain(mark);
  });

  test("rotated: a new link replaces it, the old one ends", async () => {
    const old = (await link(ATLAS)).body;
    const fresh = (await link(ATLAS, { rotate: true, expires_in_s: 3600 })).body;
    expect(fresh.id).not.toBe(old.id);
    const lifetimeMs = Date.parse(fresh.expires_at) - app.deps.clock.now();
    expect(lifetimeMs).toBeGreaterThan(3_500_000);
    expect(lifetimeMs).toBeLessThanOrEqual(3_600_000);
    expect((await link(ATLAS)).body).toEqual(fresh);
  });

  test("revoked: no link is named until somebody requests one", async () => {
    const { id } = (await link(ATLAS)).body;
    expect((await app.ask("DELETE", `${path(ATLAS)}/reshare-links/${id}`)).status).toBe(204);
    expect((await app.ask("GET", path(ATLAS))).body.has_reshare_link).toBe(false);
    expect((await app.ask("DELETE", `${path(ATLAS)}/reshare-links/${id}`)).status).toBe(204);
    expect((await link(ATLAS)).body.id).not.toBe(id);
  });

  test("another WABA's link is not known here", async () => {
    const { id } = (await link(ATLAS)).body;
    const answer = await app.ask("DELETE", `${path("100000000000001")}/reshare-links/${id}`);
    expect([answer.status, answer.body.code]).toEqual([404, "link_not_found"]);
    expect((await app.ask("POST", `${path("999999999999999")}/reshare-links`, {})).status).toBe(404);
  });

  test("all links of WABAs lost in one burst are renewed in one round, also beyond a batch of 100", async () => {
    const LOST = 205;
    const { db, clock } = app.deps;
    await copyLost(ATLAS, LOST, clock.now() + 10_000);
    const learnt: string[] = [];
    const links = { refresh: async (ids: readonly string[]) => void learnt.push(...ids) };
    const deps = { ...app.deps, links, reshareLinkLifetimeMs: 3_600_000 };
    await renewReshareLinks(deps);
    const live = await db.query<{ asset_id: string; expires_at: Date }>(
      `select asset_id, expires_at from reshare_link
       where asset_id like 'ast_burst%' and superseded_at is null and revoked_at is null`,
    );
    expect(new Set(live.map((row) => row.asset_id)).size).toBe(LOST);
    expect(live).toHaveLength(LOST);
    expect(live.every((row) => row.expires_at.getTime() > clock.now() + 3_000_000)).toBe(true);
    expect(learnt.filter((id) => id.startsWith("ast_burst"))).toHaveLength(LOST);
    // The old links keep their end; a second round has nothing to do.
    await renewReshareLinks(deps);
    expect(await db.query("select 1 from reshare_link where asset_id like 'ast_burst%'")).toHaveLength(
      2 * LOST,
    );
  });

  test("a lifetime out of bounds is refused", async () => {
    for (const expires_in_s of [59, 31_536_001, 1.5])
      expect((await link(ATLAS, { expires_in_s })).status).toBe(400);
  });
});
