import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { testDatabase } from "../../test/support/database.ts";
import type { TestDatabase } from "../../test/support/database.ts";
import { saveTestKey } from "../../test/support/save-test-key.ts";
import type { Database } from "../database/database.ts";
import { systemClock } from "../lib/clock.ts";
import { systemRandom } from "../lib/random.ts";
import { ADMIN_KEY_ACTOR, actorOf, type Actor } from "./actor.ts";
import { keyHashOf } from "./api-key.ts";
import { readApiKeys, revokeApiKey, rotateApiKey } from "./api-key-store.ts";
import { findCaller, type Credentials } from "./find-caller.ts";
import { openSession } from "./open-session.ts";
import { insertPerson } from "./person-store.ts";
import { deleteSession, readStandingActors, type Credential, type SessionRules } from "./session-store.ts";

let idleMs: number;
const START = Date.parse("2026-11-22T10:00:00Z");
const HOUR = 3_600_000;
const IDLE_MS = HOUR / 2;

let own: TestDatabase;
let db: Database;
let now: number;
let adminKey: string;
let olga: Actor;
const clock = { ...systemClock, now: () => now };
beforeEach(async () => {
  now = START;
  idleMs = IDLE_MS;
  adminKey = "the-admin-key";
  own = await testDatabase();
  db = own.db;
  olga = await saveTestKey(db, "olga", { role: "operator" });
});
afterEach(() => own.drop());

const rules = (): SessionRules => ({
  adminKeyHash: keyHashOf(adminKey),
  idleMs,
  passwords: true,
});
const find = async (credentials: Credentials, notesUse = true): Promise<Actor | undefined> =>
  (await findCaller({ db, clock, rules: rules(), notesUse }, credentials))?.actor;
const open = (credential: Credential): ReturnType<typeof openSession> =>
  openSession(
    { db, clock, random: systemRandom, sessionMs: 12 * HOUR },
    { credential, address: "203.0.113.9", agent: "Firefox" },
  );
const restingOn = (keyId: string, key: string): Credential => ({
  with: "api_key",
  keyId,
  keyHash: keyHashOf(key),
});
const openOlga = (): ReturnType<typeof openSession> => open(restingOn(olga.id, "olga"));

describe("an API key", () => {
  test("identifies the caller; the admin key needs no row", async () => {
    expect(await find({ apiKey: "olga" })).toEqual(olga);
    expect(await find({ apiKey: "the-admin-key" })).toEqual(ADMIN_KEY_ACTOR);
    expect(await find({ apiKey: "other" })).toBeUndefined();
    expect(await find({ apiKey: "" })).toBeUndefined();
    expect(await find({})).toBeUndefined();
  });

  test("that is wrong is not replaced by a valid cookie", async () => {
    const { token } = await openOlga();
    expect(await find({ apiKey: "other", sessionToken: token })).toBeUndefined();
  });

  test("once revoked opens nothing, nor do the sessions opened with it", async () => {
    const { token } = await openOlga();
    expect(await revokeApiKey(db, olga.id, START + 1)).toBe(true);
    expect(await revokeApiKey(db, olga.id, START + 2)).toBe(false);
    expect(await find({ apiKey: "olga" })).toBeUndefined();
    expect(await find({ sessionToken: token })).toBeUndefined();
    expect(await readApiKeys(db)).toMatchObject([{ id: olga.id, revokedAt: START + 1 }]);
  });

  test("opens nothing once it has expired, nor do its sessions", async () => {
    const late = await saveTestKey(db, "late", { expiresAt: START + 1000 });
    const { token } = await open(restingOn(late.id, "late"));
    now = START + 999;
    expect(await find({ apiKey: "late" })).toEqual(late);
    expect(await find({ sessionToken: token })).toEqual(late);
    now = START + 1000;
    expect(await find({ apiKey: "late" })).toBeUndefined();
    expect(await find({ sessionToken: token })).toBeUndefined();
  });

  test("shows when it was last used, to the minute", async () => {
    await find({ apiKey: "olga" });
    now = START + 59_000;
    await find({ apiKey: "olga" });
    expect(await readApiKeys(db)).toMatchObject([{ lastUsedAt: START }]);
    now = START + 60_000;
    await find({ apiKey: "olga" });
    expect(await readApiKeys(db)).toMatchObject([{ lastUsedAt: START + 60_000 }]);
  });
});

describe("a session", () => {
  test("lasts twelve hours of use, and its token is kept nowhere", async () => {
    const { token, expiresAt } = await openOlga();
    expect(expiresAt).toBe(START + 12 * HOUR);
    const [row] = await db.query<{ hash: Buffer }>("select * from session");
    expect(JSON.stringify({ ...row, hash: row?.hash.toString() })).not.toContain(token);
    for (; now < expiresAt; now += IDLE_MS / 2) expect(await find({ sessionToken: token })).toEqual(olga);
    expect(await find({ sessionToken: token })).toBeUndefined();
  });

  test("is over when nobody has used it for half an hour", async () => {
    const { token } = await openOlga();
    now = START + IDLE_MS;
    expect(await find({ sessionToken: token })).toBeUndefined();
  });

  test("with the shortest idle time of a minute stays open while it is used", async () => {
    idleMs = 60_000;
    const { token } = await openOlga();
    for (const at of [29_000, 58_000, 87_000, 116_000]) {
      now = START + at;
      expect(await find({ sessionToken: token })).toEqual(olga);
    }
    now = START + 176_000;
    expect(await find({ sessionToken: token })).toBeUndefined();
  });

  test("goes idle under uses that are not to be noted", async () => {
    const { token } = await openOlga();
    now = START + IDLE_MS - 1;
    expect(await find({ sessionToken: token }, false)).toEqual(olga);
    now = START + IDLE_MS;
    expect(await find({ sessionToken: token })).toBeUndefined();
  });

  test("S2: of the admin key ends when ADMIN_API_KEY is another one", async () => {
    const { token } = await open(restingOn(ADMIN_KEY_ACTOR.id, adminKey));
    expect(await find({ sessionToken: token })).toEqual(ADMIN_KEY_ACTOR);
    adminKey = "the-next-admin-key";
    expect(await find({ sessionToken: token })).toBeUndefined();
  });

  test("of a person has the role that the person has now, and ends with the person", async () => {
    const paula = { id: "usr_paula", email: "paula@example.com", name: "Paula", role: "admin" } as const;
    await insertPerson(db, { ...paula, clientId: null, state: "active", createdAt: START });
    const { token } = await open({ with: "password", personId: paula.id, personVersion: 1 });
    expect(await find({ sessionToken: token })).toEqual(actorOf(paula.id, "Paula", "admin"));
    await db.query("update person set role = 'viewer'");
    expect(await find({ sessionToken: token })).toEqual(actorOf(paula.id, "Paula", "viewer"));
    await db.query("update person set state = 'suspended'");
    expect(await find({ sessionToken: token })).toBeUndefined();
    await db.query("update person set state = 'active'");
    expect(await find({ sessionToken: token })).toBeDefined();
    await db.query("update person set credential_version = 2");
    expect(await find({ sessionToken: token })).toBeUndefined();
  });

  test("ends when one signs out, alone", async () => {
    const [one, two] = [await openOlga(), await openOlga()];
    await deleteSession(db, keyHashOf(one.token));
    expect(await find({ sessionToken: one.token })).toBeUndefined();
    expect(await find({ sessionToken: two.token })).toEqual(olga);
  });

  test("that is over is forgotten when another is opened", async () => {
    await openOlga();
    now = START + 12 * HOUR + 1;
    await openOlga();
    expect(await db.query("select count(*) from session")).toEqual([{ count: "1" }]);
  });
});

describe("S4: the standing actors", () => {
  const hexOf = (key: string): string => keyHashOf(key).toString("hex");
  const read = (...keys: string[]): Promise<Map<string, Actor>> =>
    readStandingActors(db, rules(), keys.map(hexOf), now);

  test("are found by the hashes of keys and sessions together, each as a use would find it", async () => {
    const { token } = await openOlga();
    const paula = { id: "usr_paula", email: "paula@example.com", name: "Paula", role: "viewer" } as const;
    await insertPerson(db, { ...paula, clientId: null, state: "active", createdAt: START });
    const hers = await open({ with: "password", personId: paula.id, personVersion: 1 });
    const root = await open(restingOn(ADMIN_KEY_ACTOR.id, adminKey));
    expect(await read("olga", token, hers.token, adminKey, root.token, "other")).toEqual(
      new Map([
        [hexOf("olga"), olga],
        [hexOf(token), olga],
        [hexOf(hers.token), actorOf(paula.id, "Paula", "viewer")],
        [hexOf(adminKey), ADMIN_KEY_ACTOR],
        [hexOf(root.token), ADMIN_KEY_ACTOR],
      ]),
    );
    expect(await read()).toEqual(new Map());
  });

  test("of a rotated key stand until its overlap is over", async () => {
    const rotation = { hash: keyHashOf("olga-2"), previousUntil: START + 1000, at: START };
    await rotateApiKey(db, olga.id, rotation);
    now = START + 999;
    expect([...(await read("olga", "olga-2")).keys()].sort()).toEqual(
      [hexOf("olga"), hexOf("olga-2")].sort(),
    );
    now = START + 1000;
    expect([...(await read("olga", "olga-2")).keys()]).toEqual([hexOf("olga-2")]);
  });

  test("are read without noting a use", async () => {
    const { token } = await openOlga();
    now = START + IDLE_MS - 1;
    expect((await read("olga", token)).size).toBe(2);
    expect(await readApiKeys(db)).toMatchObject([{ lastUsedAt: null }]);
    now = START + IDLE_MS;
    expect([...(await read("olga", token)).keys()]).toEqual([hexOf("olga")]);
  });
});
