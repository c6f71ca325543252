import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestApp, type TestApp } from "../../../../test/support/create-test-app.ts";
import { saveTestKey } from "../../../../test/support/save-test-key.ts";
import { insertPerson } from "../../../access/person-store.ts";

const WABA = "100000000000002";
const OTHER = "100000000000012";
const LATER = "2099-01-01T00:00:00.000Z";
const SUPPORT = { "X-API-Key": "support" };

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
  const { db } = app.database;
  await saveTestKey(db, "support", { role: "support", name: "Sam" });
  await saveTestKey(db, "viewer");
  const person = { email: "p@example.com", name: "Paula", role: "viewer", clientId: null } as const;
  await insertPerson(db, { ...person, id: "usr_paula", state: "active", createdAt: 0 });
  await insertPerson(db, {
    ...person,
    ...{ id: "usr_gone", email: "g@example.com", state: "suspended", createdAt: 0 },
  });
});
afterAll(() => app?.stop());

const change = (fields: object, headers: Record<string, string> = SUPPORT, wabaId = WABA) =>
  app.ask("PATCH", `/api/v1/wabas/${wabaId}`, fields, headers);
const idsOf = async (query: string, headers: Record<string, string> = SUPPORT): Promise<string[]> => {
  const { body } = await app.ask("GET", `/api/v1/wabas?${query}`, undefined, headers);
  return body.data.map(({ id }: { id: string }) => id);
};

describe("a case", () => {
  test("is taken over, tagged and snoozed, and each change is an event that names what changed", async () => {
    const { body } = await change({ owner_id: "me", tags: ["vip", "a", "vip"], snoozed_until: LATER });
    expect(body).toMatchObject({
      owner: { id: "key_support", name: "Sam" },
      tags: ["a", "vip"],
      snoozed_until: LATER,
    });
    const { body: events } = await app.ask("GET", "/api/v1/events?limit=100&after=0");
    const [event] = events.data.filter(({ type }: { type: string }) => type === "waba.case.changed");
    expect(event).toMatchObject({
      waba_id: WABA,
      data: { changed: ["owner", "tags", "snoozed_until"], waba: { owner: { name: "Sam" } } },
    });
    expect(await idsOf("owner=me")).toEqual([WABA]);
    expect(await idsOf("tag=vip,a")).toEqual([WABA]);
    expect(await idsOf("tag=vip,b")).toEqual([]);
    expect(await idsOf("snoozed=true")).toEqual([WABA]);
    expect(await idsOf("owner=none&limit=100")).not.toContain(WABA);
    expect(await idsOf("snoozed=false&limit=100")).not.toContain(WABA);
    const { body: timeline } = await app.ask("GET", `/api/v1/wabas/${WABA}/timeline`);
    expect(timeline.data.filter(({ detail }: { detail: string }) => detail?.includes("owner"))).toHaveLength(
      1,
    );
  });

  test("that is changed to what it is says nothing", async () => {
    const before = await app.database.db.query("select count(*) from journal");
    await change({ tags: ["vip", "a"] });
    expect(await app.database.db.query("select count(*) from journal")).toEqual(before);
  });

  test("goes to a colleague who can sign in, or to nobody", async () => {
    expect((await change({ owner_id: "usr_paula" })).body.owner).toEqual({ id: "usr_paula", name: "Paula" });
    for (const owner_id of ["usr_gone", "usr_none"]) {
      const refused = await change({ owner_id });
      expect([refused.status, refused.body.code]).toEqual([404, "person_not_found"]);
    }
    expect((await change({ owner_id: null })).body.owner).toBeNull();
    const { body } = await app.ask("GET", "/api/v1/colleagues", undefined, SUPPORT);
    expect(body.data).toEqual([{ id: "usr_paula", name: "Paula" }]);
  });

  test("wakes from its snooze when the status changes", async () => {
    expect((await change({ snoozed_until: LATER }, SUPPORT, OTHER)).body.snoozed_until).toBe(LATER);
    await app.emulator.act({ action: "partner.remove", waba_id: OTHER, silent: true });
    const { body } = await app.ask("POST", `/api/v1/wabas/${OTHER}/check`, {});
    expect(body).toMatchObject({ status: "permission_removed", snoozed_until: null });
  });

  test("is changed by the first of two who read the same", async () => {
    const read = await app.ask("GET", `/api/v1/wabas/${WABA}`);
    const tag = { "If-Match": read.headers.get("etag") ?? "" };
    expect(tag["If-Match"]).toMatch(/^(W\/)?"\d+-/);
    const answers = await Promise.all(
      ["one", "two"].map((name) => change({ tags: [name] }, { ...SUPPORT, ...tag })),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 412]);
    expect(answers.find(({ status }) => status === 412)?.body.code).toBe("changed_meanwhile");
  });

  test("is not changed by a viewer, nor the terms by support, nor both at once", async () => {
    expect((await change({ tags: [] }, { "X-API-Key": "viewer" })).body.code).toBe("not_permitted");
    expect((await change({ mode: "observe" })).body.code).toBe("not_permitted");
    expect((await change({ mode: "observe", tags: [] })).body.detail).toContain("in two calls");
    const past = await change({ snoozed_until: "2020-01-01T00:00:00Z" });
    expect(past.body.detail).toContain("give an instant in the future");
    expect((await change({ tags: ["a,b"] })).body.detail).toContain("a tag holds no comma");
  });
});

describe("a note", () => {
  const write = (note: object, headers: Record<string, string> = SUPPORT) =>
    app.ask("POST", `/api/v1/wabas/${WABA}/notes`, note, headers);

  test("stands on the timeline with who wrote it, and is found by whom it mentions", async () => {
    expect((await write({ text: " Called the client. ", mentions: ["usr_paula"] })).status).toBe(204);
    const { body } = await app.ask("GET", `/api/v1/wabas/${WABA}/timeline`);
    expect(body.data[0]).toMatchObject({
      title: "Note",
      detail: "Called the client.",
      actor: "key_support",
      evidence: { mentions: [{ id: "usr_paula", name: "Paula" }] },
    });
    expect(await idsOf("mentions=usr_paula")).toEqual([WABA]);
    expect(await idsOf("mentions=me")).toEqual([]);
  });

  test("holds something, and mentions people who can sign in", async () => {
    expect((await write({ text: "  " })).body.code).toBe("invalid_request");
    expect((await write({ text: "a", mentions: ["usr_gone"] })).body.code).toBe("person_not_found");
    expect((await write({ text: "a" }, { "X-API-Key": "viewer" })).body.code).toBe("not_permitted");
  });
});
