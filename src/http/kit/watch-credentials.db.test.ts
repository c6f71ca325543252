import { pino } from "pino";
import { afterEach, beforeEach, expect, test } from "vitest";
import { saveTestKey } from "../../../test/support/save-test-key.ts";
import { testDatabase, type TestDatabase } from "../../../test/support/database.ts";
import { ADMIN_KEY_ACTOR, actorOf, type Actor } from "../../access/actor.ts";
import { keyHashOf } from "../../access/api-key.ts";
import { revokeApiKey, rotateApiKey } from "../../access/api-key-store.ts";
import { openSession } from "../../access/open-session.ts";
import { insertPerson } from "../../access/person-store.ts";
import type { Credential } from "../../access/session-store.ts";
import type { Database } from "../../database/database.ts";
import { systemClock, type Clock } from "../../lib/clock.ts";
import { systemRandom } from "../../lib/random.ts";
import { watchCredentials, type CredentialWatch } from "./watch-credentials.ts";

const START = Date.parse("2026-11-28T10:00:00Z");
const MINUTE = 60_000;
const IDLE_MS = 30 * MINUTE;
const RULES = { adminKeyHash: keyHashOf("the-admin-key"), idleMs: IDLE_MS, passwords: true };

/** A clock that only a test moves. */
class HandClock implements Clock {
  #now = START;
  #due: { atMs: number; run: () => void }[] = [];
  now = (): number => this.#now;
  at = (atMs: number, run: () => void) => {
    const entry = { atMs, run };
    this.#due.push(entry);
    return { cancel: () => void (this.#due = this.#due.filter((other) => other !== entry)) };
  };
  pause = systemClock.pause;
  get waiting(): number {
    return this.#due.length;
  }
  /** Moves on by `ms` and runs what is due then. */
  advance(ms: number): void {
    this.#now += ms;
    const due = this.#due.filter(({ atMs }) => atMs <= this.#now);
    this.#due = this.#due.filter(({ atMs }) => atMs > this.#now);
    for (const { run } of due) run();
  }
}

let own: TestDatabase;
let db: Database;
let clock: HandClock;
let watch: CredentialWatch;
let warned: string[];
const log = pino({ level: "warn" }, { write: (line: string) => void warned.push(line) });
beforeEach(async () => {
  own = await testDatabase();
  db = own.db;
  clock = new HandClock();
  warned = [];
  watch = await watchCredentials({ db, clock, rules: RULES, log });
});
afterEach(async () => {
  await watch.close();
  await own.drop();
});

const follow = (actor: Actor, key: string): AbortSignal =>
  watch.follow({ actor, hash: keyHashOf(key) }).ended;
const end = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve());
  });

/** The test's database with another query. */
const databaseWith = (query: Database["query"]): Database => ({
  kind: db.kind,
  query,
  transaction: (work) => db.transaction(work),
  listen: (channel, notify, onResumed) => db.listen(channel, notify, onResumed),
  close: () => db.close(),
});

/** Resolves once the check under way is complete and the next one is due. */
const armed = async (): Promise<void> => {
  while (clock.waiting === 0) await new Promise(setImmediate);
};

/** A key whose end shows that a check is complete: the check of all others was the same query. */
async function followDoomed(): Promise<AbortSignal> {
  const doomed = await saveTestKey(db, "doomed", { expiresAt: clock.now() + 1 });
  return follow(doomed, "doomed");
}

async function openOf(credential: Credential, sessionMs = 12 * 60 * MINUTE): Promise<string> {
  const sign = { credential, address: null, agent: null };
  return (await openSession({ db, clock, random: systemRandom, sessionMs }, sign)).token;
}

async function openPaula(sessionMs?: number): Promise<{ paula: Actor; token: string }> {
  const paula = { id: "usr_paula", email: "paula@example.com", name: "Paula", role: "operator" } as const;
  await insertPerson(db, { ...paula, clientId: null, state: "active", createdAt: START });
  const token = await openOf({ with: "password", personId: paula.id, personVersion: 1 }, sessionMs);
  return { paula: actorOf(paula.id, paula.name, paula.role), token };
}

test("a change that gave no notice ends the stream after 4 s; streams of others go on", async () => {
  const { paula, token } = await openPaula();
  const olga = await saveTestKey(db, "olga");
  const [hers, keys, root] = [
    follow(paula, token),
    follow(olga, "olga"),
    follow(ADMIN_KEY_ACTOR, "the-admin-key"),
  ];
  await db.query("update person set role = 'viewer'");
  clock.advance(3_999);
  expect(clock.waiting).toBe(1);
  clock.advance(1);
  await end(hers);
  expect([keys.aborted, root.aborted]).toEqual([false, false]);
});

test("a session that goes idle or expires under its stream ends it; the stream is no use of the session", async () => {
  const { paula, token } = await openPaula();
  const short = await openOf({ with: "password", personId: paula.id, personVersion: 1 }, 10 * MINUTE);
  const [hers, shorter] = [follow(paula, token), follow(paula, short)];
  clock.advance(10 * MINUTE);
  await end(shorter);
  expect(hers.aborted).toBe(false);
  await armed();
  const doomed = await followDoomed();
  clock.advance(IDLE_MS - 10 * MINUTE - 1);
  await end(doomed);
  expect(hers.aborted).toBe(false);
  await armed();
  clock.advance(4_000);
  await end(hers);
});

test("a revoked key ends its streams and those of its sessions at the notice, without the clock", async () => {
  const olga = await saveTestKey(db, "olga");
  const token = await openOf({ with: "api_key", keyId: olga.id, keyHash: keyHashOf("olga") });
  const other = follow(await saveTestKey(db, "other"), "other");
  const ended = [follow(olga, "olga"), follow(olga, "olga"), follow(olga, token)];
  await revokeApiKey(db, olga.id, START);
  await Promise.all(ended.map(end));
  expect(other.aborted).toBe(false);
});

test("a rotated key's streams end when its overlap is over, and those of the new key go on", async () => {
  const olga = await saveTestKey(db, "olga");
  await rotateApiKey(db, olga.id, { hash: keyHashOf("new"), previousUntil: START + MINUTE, at: START });
  const [old, renewed] = [follow(olga, "olga"), follow(olga, "new")];
  const doomed = await followDoomed();
  clock.advance(MINUTE - 1);
  await end(doomed);
  expect(old.aborted).toBe(false);
  await armed();
  clock.advance(4_000);
  await end(old);
  expect(renewed.aborted).toBe(false);
});

test("other limits or another role end a stream; another name does not", async () => {
  const { paula, token } = await openPaula();
  const named = { ...(await saveTestKey(db, "renamed")), name: "Before" };
  const limited = { ...(await saveTestKey(db, "limited")), clientId: "cli_1" };
  const scoped = { ...(await saveTestKey(db, "scoped")), scopes: ["messages"] as const };
  const kept = follow(named, "renamed");
  const ended = [
    follow({ ...paula, role: "admin" }, token),
    follow(limited, "limited"),
    follow(scoped, "scoped"),
  ];
  clock.advance(4_000);
  await Promise.all(ended.map(end));
  expect(kept.aborted).toBe(false);
});

test("what is left is not asked about, and without open streams nothing is asked", async () => {
  const queries: unknown[] = [];
  const counted = databaseWith((text, values) => (queries.push(values), db.query(text, values)));
  const counting = await watchCredentials({ db: counted, clock, rules: RULES, log });
  const olga = await saveTestKey(db, "olga");
  const { ended, leave } = counting.follow({ actor: olga, hash: keyHashOf("olga") });
  leave();
  leave();
  clock.advance(4_000);
  await revokeApiKey(db, olga.id, START);
  await new Promise(setImmediate);
  expect([queries, ended.aborted, clock.waiting]).toEqual([[], false, 0]);
  await counting.close();
});

test("500 open streams are one query", async () => {
  const queries: string[] = [];
  const counted = databaseWith((text, values) => (queries.push(text), db.query(text, values)));
  const counting = await watchCredentials({ db: counted, clock, rules: RULES, log });
  const olga = await saveTestKey(db, "olga", { expiresAt: START + 1 });
  const opened = Array.from({ length: 500 }, () => counting.follow({ actor: olga, hash: keyHashOf("olga") }));
  clock.advance(4_000);
  await Promise.all(opened.map(({ ended }) => end(ended)));
  expect(queries).toHaveLength(1);
  await counting.close();
});

test("while the database does not answer a stream goes on for 5 s at most, with one line in the log", async () => {
  let answers = false;
  const broken = databaseWith((text, values) =>
    answers ? db.query(text, values) : Promise.reject(new Error("gone")),
  );
  const breaking = await watchCredentials({ db: broken, clock, rules: RULES, log });
  const olga = await saveTestKey(db, "olga");
  const followOlga = () => breaking.follow({ actor: olga, hash: keyHashOf("olga") }).ended;
  const first = followOlga();
  clock.advance(4_000);
  await armed();
  expect(first.aborted).toBe(false);
  const second = followOlga();
  clock.advance(1_000);
  await end(first);
  expect([second.aborted, warned.length]).toEqual([false, 1]);
  await armed();
  answers = true;
  clock.advance(1_000);
  await armed();
  clock.advance(4_000);
  await armed();
  expect([second.aborted, warned.length]).toEqual([false, 1]);
  await breaking.close();
});
