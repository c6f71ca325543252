import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { testDatabase } from "../../test/support/database.ts";
import type { TestDatabase } from "../../test/support/database.ts";
import type { Database } from "../database/database.ts";
import { systemClock } from "../lib/clock.ts";
import { systemRandom } from "../lib/random.ts";
import type { Actor } from "./actor.ts";
import { keyHashOf } from "./api-key.ts";
import { readApiKeys, revokeApiKey, saveApiKey } from "./api-key-store.ts";
import { appendAudit, readAudit } from "./audit-store.ts";
import { findActor } from "./find-actor.ts";
import type { Credentials } from "./find-actor.ts";
import { openSession, SESSION_LASTS_MS } from "./open-session.ts";
import { deleteSession } from "./session-store.ts";

const START = Date.parse("2026-11-22T10:00:00Z");
const OLGA: Actor = { id: "key_olga", name: "Olga", role: "operator" };

let own: TestDatabase;
let db: Database;
let now: number;
const clock = { ...systemClock, now: () => now };
beforeEach(async () => {
  now = START;
  own = await testDatabase();
  db = own.db;
});
afterEach(() => own.drop());

const find = (credentials: Credentials): Promise<Actor | undefined> =>
  findActor({ db, clock, adminKeyHash: keyHashOf("the-admin-key") }, credentials);
const open = (actor = OLGA): ReturnType<typeof openSession> =>
  openSession({ db, clock, random: systemRandom }, actor);

describe("an API key", () => {
  beforeEach(() => saveApiKey(db, { ...OLGA, connectionId: null, createdAt: START }, keyHashOf("sk_olga")));

  test("identifies the caller; the admin key needs no row", async () => {
    expect(await find({ apiKey: "sk_olga" })).toEqual(OLGA);
    expect(await find({ apiKey: "the-admin-key" })).toMatchObject({ role: "admin" });
    expect(await find({ apiKey: "sk_other" })).toBeUndefined();
    expect(await find({ apiKey: "" })).toBeUndefined();
    expect(await find({})).toBeUndefined();
  });

  test("that is wrong is not replaced by a valid cookie", async () => {
    const { token } = await open();
    expect(await find({ apiKey: "sk_other", sessionToken: token })).toBeUndefined();
  });

  test("once revoked opens nothing, nor do the sessions opened with it", async () => {
    const { token } = await open();
    expect(await revokeApiKey(db, OLGA.id, START + 1)).toBe(true);
    expect(await revokeApiKey(db, OLGA.id, START + 2)).toBe(false);
    expect(await find({ apiKey: "sk_olga" })).toBeUndefined();
    expect(await find({ sessionToken: token })).toBeUndefined();
    expect(await readApiKeys(db)).toEqual([
      { ...OLGA, connectionId: null, createdAt: START, revokedAt: START + 1 },
    ]);
  });
});

describe("a session", () => {
  test("lasts twelve hours, and its token is kept nowhere", async () => {
    const { token, expiresAt } = await open();
    expect(expiresAt).toBe(START + 12 * 3_600_000);
    const [row] = await db.query<{ hash: Buffer }>("select * from session");
    expect(JSON.stringify({ ...row, hash: row?.hash.toString() })).not.toContain(token);
    now = START + SESSION_LASTS_MS - 1;
    expect(await find({ sessionToken: token })).toEqual(OLGA);
    now = START + SESSION_LASTS_MS;
    expect(await find({ sessionToken: token })).toBeUndefined();
  });

  test("ends when one signs out, alone", async () => {
    const [one, two] = [await open(), await open()];
    await deleteSession(db, keyHashOf(one.token));
    expect(await find({ sessionToken: one.token })).toBeUndefined();
    expect(await find({ sessionToken: two.token })).toEqual(OLGA);
  });

  test("that is over is forgotten when another is opened", async () => {
    await open();
    now = START + SESSION_LASTS_MS + 1;
    await open();
    expect(await db.query("select count(*) from session")).toEqual([{ count: "1" }]);
  });
});

test("audit lines are read back newest first, of their target alone", async () => {
  await appendAudit(db, {
    at: START,
    actor: OLGA.id,
    action: "key.create",
    target: "num_1",
    detail: { label: "shop" },
  });
  await appendAudit(db, { at: START, actor: "sweep", action: "waba.check", target: "num_2" });
  await appendAudit(db, {
    at: START + 1,
    actor: OLGA.id,
    requestId: "req_1",
    action: "key.revoke",
    target: "num_1",
  });
  const lines = await readAudit(db, "num_1", 10);
  expect(lines.map(({ action, at, requestId, detail }) => ({ action, at, requestId, detail }))).toEqual([
    { action: "key.revoke", at: START + 1, requestId: "req_1", detail: {} },
    { action: "key.create", at: START, requestId: null, detail: { label: "shop" } },
  ]);
});
