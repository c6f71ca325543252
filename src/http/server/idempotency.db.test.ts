import { tmpdir } from "node:os";
import { join } from "node:path";
import { SignJWT } from "jose";
import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import {
  ADMIN,
  createTestApp,
  OURS,
  type Answer,
  type TestApp,
} from "../../../test/support/create-test-app.ts";
import { saveTestKey } from "../../../test/support/save-test-key.ts";
import { startApp, type App } from "../../app.ts";
import { openSession } from "../../access/open-session.ts";
import { insertPerson } from "../../access/person-store.ts";
import type { Tx } from "../../database/database.ts";
import { systemClock } from "../../lib/clock.ts";
import { systemRandom } from "../../lib/random.ts";
import { Problem } from "../../problems.ts";
import { ANSWERS_KEPT_MS, IdempotentCall } from "../kit/idempotent-call.ts";
import { dropOldIdempotencyKeys } from "../kit/idempotency-key-store.ts";

const PATH = "/api/v1/api-keys";
const SECRET = "a-secret-of-the-site-with-40-characters!";
const ISSUER = "https://app.example.com";
const ATLAS = "100000000000004";

let app: TestApp;
let other: App;
const log = pino({ level: "silent" });
beforeAll(async () => {
  app = await createTestApp({ PORTAL_KEY: SECRET, PORTAL_ISSUER: ISSUER });
  other = await startApp(app.config, {
    clock: app.emulator.clock,
    ...{ random: systemRandom, log, version: "0.0.0", hubDir: join(tmpdir(), "no-hub-here") },
    ...{ sandbox: { apiKey: ADMIN, emulatorUrl: app.emulator.url } },
    ...{ db: app.database.db, background: "none" },
  });
});
beforeEach(() => app.database.db.query("delete from idempotency_key"));
afterAll(async () => {
  await other.stop();
  await app.stop();
});

const WISH = { name: "CRM", role: "viewer" };
const send = (key: string, body: object = WISH, more: Record<string, string> = OURS): Promise<Answer> =>
  app.ask("POST", PATH, body, { ...more, "Idempotency-Key": key });
const codeOf = ({ status, body }: Answer): unknown[] => [status, body.code];
const isReplay = ({ headers }: Answer): boolean => headers.get("idempotency-replayed") === "true";

async function count(table: "api_key" | "idempotency_key" | "audit"): Promise<number> {
  const rows = await app.database.db.query<{ count: number }>(`select count(*)::int as count from ${table}`);
  return rows[0]?.count ?? 0;
}
const moveBack = (column: "claimed_until" | "created_at", ms: number) =>
  app.database.db.query(`update idempotency_key set ${column} = ${column} - $1 * interval '1 millisecond'`, [
    ms,
  ]);

/** The same request as `send(key)`, on an instance whose steps a test takes one by one. */
class Instance {
  acted: (tx: Tx) => Promise<void> = () => expect.unreachable();
  readonly call = new IdempotentCall({ ...app.deps, wallClock: systemClock, log });

  begin(key: string): Promise<Response | undefined> {
    const request = new Request(app.url + PATH, { method: "POST", headers: { "Idempotency-Key": key } });
    const act = {
      alongside: (write: typeof this.acted) => void (this.acted = write),
      repeats: () => undefined,
    };
    return this.call.begin({ request, actorId: "key_admin", body: WISH }, act);
  }

  act(): Promise<void> {
    return app.database.db.transaction((tx) => this.acted(tx));
  }
}

test("a repeated request gets the first answer, with the same API key, and nothing is done twice", async () => {
  const first = await send("k1");
  expect([first.status, isReplay(first)]).toEqual([201, false]);
  const [keys, lines] = [await count("api_key"), await count("audit")];
  const again = await send("k1", { role: "viewer", name: "CRM" });
  expect([again.status, again.body, isReplay(again)]).toEqual([201, first.body, true]);
  expect(again.headers.get("content-type")).toBe(first.headers.get("content-type"));
  expect([await count("api_key"), await count("audit")]).toEqual([keys, lines]);
});

test("the kept answer is sealed", async () => {
  const { body } = await send("order-17");
  const row = (await app.database.db.query<{ sealed: Buffer }>("select * from idempotency_key"))[0];
  for (const hidden of [body.key, "order-17", "CRM"])
    expect([JSON.stringify(row), row?.sealed.toString("latin1")].join("")).not.toContain(hidden);
});

test("another body, path or query under the same key is refused with 422, and does nothing", async () => {
  const { body } = await send("k1");
  const keys = await count("api_key");
  expect(codeOf(await send("k1", { ...WISH, name: "ERP" }))).toEqual([422, "idempotency_key_reused"]);
  const elsewhere = await app.ask("POST", `${PATH}/${body.id}/rotate`, WISH, {
    ...OURS,
    "Idempotency-Key": "k1",
  });
  expect(codeOf(elsewhere)).toEqual([400, "invalid_request"]);
  const rotated = await app.ask(
    "POST",
    `${PATH}/${body.id}/rotate`,
    {},
    { ...OURS, "Idempotency-Key": "k1" },
  );
  expect(codeOf(rotated)).toEqual([422, "idempotency_key_reused"]);
  expect(await count("api_key")).toBe(keys);
});

test("the key of another actor is another key, also when its text is the same", async () => {
  await saveTestKey(app.database.db, "second-admin", { role: "admin" });
  const first = await send("k1");
  const second = await send("k1", { ...WISH, name: "ERP" }, { "X-API-Key": "second-admin" });
  expect([second.status, isReplay(second), second.body.id === first.body.id]).toEqual([201, false, false]);
});

test("a request that is refused before it runs leaves nothing, so that it can be corrected", async () => {
  await saveTestKey(app.database.db, "a-viewer");
  expect((await send("k1", WISH, { "X-API-Key": "a-viewer" })).status).toBe(403);
  expect((await send("k1", WISH, { "X-API-Key": "nobody's" })).status).toBe(401);
  expect((await send("k1", { ...WISH, role: "king" })).status).toBe(400);
  expect(codeOf(await send("k1", { ...WISH, expires_at: "2020-01-01T00:00:00Z" }))).toEqual([
    ...[400, "invalid_request"],
  ]);
  expect(await count("idempotency_key")).toBe(0);
  expect((await send("k1")).status).toBe(201);
});

test("a refusal by what was found is kept like any answer", async () => {
  const wish = { ...WISH, client_id: "cli_none" };
  const first = await send("k1", wish);
  expect(codeOf(first)).toEqual([404, "client_not_found"]);
  const again = await send("k1", wish);
  expect([again.status, again.body, isReplay(again)]).toEqual([404, first.body, true]);
  expect(again.headers.get("content-type")).toBe("application/problem+json");
});

test.each([
  [new Error("the database is gone"), 0],
  [new Problem("unavailable"), 0],
  [new Problem("too_many_checks", { seconds: "1" }), 0],
  [new Problem("unauthenticated"), 0],
  [new Problem("invalid_request", { faults: "" }), 0],
  [new Problem("email_taken", { email: "" }), 1],
  [new Problem("person_not_found", { id: "" }), 1],
])("after %s the key has %i rows", async (error, rows) => {
  const instance = new Instance();
  await instance.begin("k1");
  await instance.call.keepRefusal(error, "req_1");
  expect(await count("idempotency_key")).toBe(rows);
});

test("while the first request runs, another one is told when to come back", async () => {
  const first = new Instance();
  expect(await first.begin("k1")).toBeUndefined();
  const early = await send("k1");
  expect(codeOf(early)).toEqual([409, "idempotency_in_progress"]);
  expect(early.headers.get("retry-after")).toBe("2");
  expect(codeOf(await send("k1", { ...WISH, name: "ERP" }))).toEqual([422, "idempotency_key_reused"]);
  await first.act();
  await first.call.keep(Response.json({ id: "key_1" }, { status: 201 }));
  const late = await send("k1");
  expect([late.status, late.body, isReplay(late)]).toEqual([201, { id: "key_1" }, true]);
});

test("an instance that dies before it acted blocks for the time of its claim only", async () => {
  await new Instance().begin("k1");
  await moveBack("claimed_until", 119_000);
  expect((await send("k1")).status).toBe(409);
  await moveBack("claimed_until", 1_000);
  const next = await send("k1");
  expect([next.status, isReplay(next)]).toEqual([201, false]);
  expect((await send("k1")).body).toEqual(next.body);
});

test("an instance that dies between act and answer leaves 409: nobody knows the answer, and nothing is done twice", async () => {
  const dying = new Instance();
  await dying.begin("k1");
  await dying.act();
  await moveBack("claimed_until", 120_000);
  const keys = await count("api_key");
  expect(codeOf(await send("k1"))).toEqual([409, "idempotency_answer_lost"]);
  expect(await count("api_key")).toBe(keys);
});

test("an error that nobody expected, after the act, is such a death too: the act is not done twice", async () => {
  const failing = new Instance();
  await failing.begin("k1");
  await failing.act();
  await failing.call.keepRefusal(new Error("the database is gone"), "req_1");
  expect(codeOf(await send("k1"))).toEqual([409, "idempotency_answer_lost"]);
});

test("after a refusal by Meta, which the call itself reports, the same key tries again", async () => {
  const refused = new Instance();
  await refused.begin("k1");
  await refused.act();
  await refused.call.keepRefusal(new Problem("meta_unreachable"), "req_1");
  expect((await send("k1")).status).toBe(201);
});

test("a request that was only slow cannot act after another one has taken its key over", async () => {
  const slow = new Instance();
  await slow.begin("k1");
  await moveBack("claimed_until", 120_000);
  const next = await send("k1");
  expect(next.status).toBe(201);
  await expect(slow.act()).rejects.toMatchObject({ code: "idempotency_in_progress" });
  await slow.call.keepRefusal(new Error("too late"), "req_1");
  expect((await send("k1")).body).toEqual(next.body);
});

test("a claim from before the clock was set back is void", async () => {
  await new Instance().begin("k1");
  await moveBack("claimed_until", -241_000);
  expect((await send("k1")).status).toBe(201);
});

test("of many equal requests at once on two instances, one acts", async () => {
  const keys = await count("api_key");
  const urls = [app.url, `http://127.0.0.1:${other.port}`];
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, n) =>
      fetch(`${urls[n % 2]}${PATH}`, {
        method: "POST",
        headers: { ...OURS, "Content-Type": "application/json", "Idempotency-Key": "k1" },
        body: JSON.stringify(WISH),
      }),
    ),
  );
  const acted = answers.filter(
    ({ status, headers }) => status === 201 && headers.get("idempotency-replayed") === null,
  );
  expect(acted).toHaveLength(1);
  expect(answers.filter(({ status }) => status !== 201 && status !== 409)).toEqual([]);
  expect(await count("api_key")).toBe(keys + 1);
  expect((await send("k1")).body).toEqual(await acted[0]?.json());
});

test("an answer that is too large to keep is not given twice, and the act is not done twice", async () => {
  const first = new Instance();
  await first.begin("k1");
  await first.call.keep(new Response("x".repeat(256 * 1024 + 1)));
  expect(codeOf(await send("k1"))).toEqual([409, "idempotency_answer_lost"]);
});

test("after 24 hours the key is forgotten, also before the job has dropped it", async () => {
  const first = await send("k1");
  await moveBack("created_at", ANSWERS_KEPT_MS - 60_000);
  expect(isReplay(await send("k1"))).toBe(true);
  await moveBack("created_at", 60_000);
  const next = await send("k1", { ...WISH, name: "ERP" });
  expect([next.status, isReplay(next), next.body.id === first.body.id]).toEqual([201, false, false]);
  await send("k2");
  await app.database.db.query(
    "update idempotency_key set created_at = now() - interval '1 day' where claim = (select claim from idempotency_key limit 1)",
  );
  expect(await dropOldIdempotencyKeys(app.database, systemClock.now() - ANSWERS_KEPT_MS)).toBe(1);
  expect(await count("idempotency_key")).toBe(1);
});

test.each([
  ["", "has 0 characters"],
  ["k".repeat(256), "has 256 characters; use 1 to 255"],
  ["clé", "not printable ASCII"],
])("the key %j is refused", async (key, fault) => {
  const { status, body } = await send(key);
  expect([status, body.code]).toEqual([400, "invalid_request"]);
  expect(body.detail).toContain(fault);
});

test("a key of 255 characters is compared in full", async () => {
  const first = await send(`${"k".repeat(254)}1`);
  const second = await send(`${"k".repeat(254)}2`);
  expect([first.status, second.status, first.body.id === second.body.id]).toEqual([201, 201, false]);
});

test("other methods, and calls that anyone may make, ignore the header", async () => {
  const signIn = { api_key: ADMIN };
  const key = { "Idempotency-Key": "k".repeat(300) };
  expect((await app.ask("POST", "/api/v1/session", signIn, key)).status).toBe(200);
  expect((await app.ask("GET", PATH, undefined, { ...OURS, ...key })).status).toBe(200);
  expect(await count("idempotency_key")).toBe(0);
});

test("a session repeats what its API key has sent", async () => {
  const signedIn = await app.ask("POST", "/api/v1/session", { api_key: ADMIN }, {});
  const Cookie = signedIn.headers.get("set-cookie")?.split(";")[0] ?? "";
  const first = await send("k1");
  const again = await send("k1", WISH, { Cookie, Origin: app.url });
  expect([again.body, isReplay(again)]).toEqual([first.body, true]);
});

test("what is open only just after a sign-in is not given out of a kept answer later", async () => {
  const { db } = app.database;
  const eve = { id: "usr_eve", email: "eve@example.com", name: "Eve", role: "viewer" } as const;
  await insertPerson(db, { ...eve, clientId: null, state: "active", createdAt: 0 });
  const { token } = await openSession(
    { db, clock: systemClock, random: systemRandom, sessionMs: ANSWERS_KEPT_MS },
    { credential: { with: "password", personId: eve.id, personVersion: 1 }, address: null, agent: null },
  );
  const session = { Cookie: `sharekeeper_session=${token}`, Origin: app.url, "Idempotency-Key": "k1" };
  const begin = (): Promise<Answer> => app.ask("POST", "/api/v1/session/totp", {}, session);
  const first = await begin();
  expect([first.status, (await begin()).body]).toEqual([201, first.body]);
  await db.query("update session set created_at = created_at - interval '11 minutes'");
  expect(codeOf(await begin())).toEqual([403, "sign_in_again"]);
});

test("a client's person in the portal repeats its own act, and no other person's", async () => {
  await app.database.db.query(
    `update client set external_id = 'crm-7' from meta_id join asset on asset.id = meta_id.owner_id
     where meta_id.meta_id = $1 and client.id = asset.client_id`,
    [ATLAS],
  );
  const comeIn = async (jti: string, email: string): Promise<Record<string, string>> => {
    const token = await new SignJWT({ jti, email })
      .setProtectedHeader({ alg: "HS256" })
      .setIssuer(ISSUER)
      .setAudience(app.url)
      .setSubject("crm-7")
      .setExpirationTime(Math.floor(Date.now() / 1000) + 100)
      .sign(new TextEncoder().encode(SECRET));
    const entered = await fetch(`${app.url}/portal/enter?token=${token}`);
    const cookies = entered.headers.getSetCookie().filter((line) => line.startsWith("sharekeeper_session"));
    return { Cookie: cookies[0]?.split(";")[0] ?? "", Origin: app.url };
  };
  const open = (session: Record<string, string>): Promise<Answer> =>
    app.ask("POST", `/api/v1/portal/wabas/${ATLAS}/reshare-link`, undefined, {
      ...{ ...session, "Content-Type": "application/json", "Idempotency-Key": "k1" },
    });
  const [ann, ben] = [await comeIn("one", "ann@atlas.example"), await comeIn("two", "ben@atlas.example")];
  const first = await open(ann);
  expect([first.status, isReplay(first)]).toEqual([200, false]);
  const again = await open(ann);
  expect([again.body, isReplay(again)]).toEqual([first.body, true]);
  expect(isReplay(await open(ben))).toBe(false);
});
