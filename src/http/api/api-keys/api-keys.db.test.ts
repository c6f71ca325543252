import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApp, type Answer, type TestApp } from "../../../../test/support/create-test-app.ts";
import { saveTestKey } from "../../../../test/support/save-test-key.ts";

const PATH = "/api/v1/api-keys";
const HOUR_MS = 3_600_000;

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.stop());

const create = (wish: object, headers?: Record<string, string>): Promise<Answer> =>
  app.ask("POST", PATH, { name: "CRM", role: "viewer", ...wish }, headers);

/** Keys go by the wall clock, so that a test moves their instants and not the clock. */
const isoIn = (ms: number): string => new Date(Date.now() + ms).toISOString();
const moveBack = (id: string, column: "expires_at" | "previous_until" | "last_used_at", ms: number) =>
  app.database.db.query(
    `update api_key set ${column} = ${column} - $2 * interval '1 millisecond' where id = $1`,
    [id, ms],
  );
/** Whether the instant is that of `ms` from now, to some seconds. */
const isAbout = (instant: string, ms: number): boolean =>
  Math.abs(Date.parse(instant) - Date.now() - ms) < 20_000;

const listed = async (id: string): Promise<Answer["body"]> =>
  (await app.ask("GET", PATH)).body.data.find((key: { id: string }) => key.id === id);

/** The status and code of what `key` gets when it reads. */
async function use(key: string): Promise<unknown[]> {
  const { status, body } = await app.ask("GET", "/api/v1/overview", undefined, { "X-API-Key": key });
  return [status, body.code];
}

const OPEN = [200, undefined];
const CLOSED = [401, "wrong_api_key"];

test("a key is shown once, begins with its prefix, and is kept as a hash", async () => {
  const { status, body } = await create({ scopes: ["can-send", "can-send"] });
  expect(status).toBe(201);
  const { key, ...rest } = body;
  expect(rest).toMatchObject({
    ...{ name: "CRM", role: "viewer", scopes: ["can-send"], client_id: null, connection_id: null },
    ...{ expires_at: null, last_used_at: null, created_by: "key_admin" },
  });
  expect(rest.prefix).toMatch(/^shk_[2-9a-z]{8}$/);
  expect(key).toMatch(new RegExp(`^${rest.prefix}_[\\w-]{43}$`));
  expect(await listed(rest.id)).toEqual(rest);
  const list = JSON.stringify((await app.ask("GET", PATH)).body);
  const rows = JSON.stringify(await app.database.db.query("select * from api_key"));
  const audited = JSON.stringify(await app.database.db.query("select * from audit"));
  for (const text of [list, rows, audited, app.logged()]) expect(text).not.toContain(key);
  expect(audited).toContain("api_key.created");
});

test("only an admin makes keys, so that nobody makes one above their own role", async () => {
  for (const role of ["viewer", "support", "operator"]) {
    const own = { "X-API-Key": (await create({ role })).body.key };
    for (const wished of [role, "admin"]) {
      const refused = await create({ role: wished }, own);
      expect([refused.status, refused.body.code]).toEqual([403, "not_permitted"]);
    }
  }
  const admin = { "X-API-Key": (await create({ role: "admin" })).body.key };
  expect((await create({ role: "admin" }, admin)).status).toBe(201);
  expect((await create({ role: "client" })).body.code).toBe("invalid_request");
});

test.each([
  [{ expires_at: "2020-01-01T00:00:00Z" }, "invalid_request"],
  [{ client_id: "cli_none" }, "client_not_found"],
  [{ connection_id: "con_none" }, "invalid_request"],
  [{ scopes: [] }, "invalid_request"],
  [{ scopes: ["everything"] }, "invalid_request"],
  [{ name: "  " }, "invalid_request"],
])("the wish %j is refused", async (wish, code) => {
  expect((await create(wish)).body.code).toBe(code);
});

test("a key with scopes may call what they name, as far as its role may, and nothing else", async () => {
  const { key } = (await create({ scopes: ["can-send"] })).body;
  expect(await use(key)).toEqual([403, "scope_missing"]);
  const own = { "X-API-Key": key };
  const numbers = { numbers: ["200000000000001"] };
  expect((await app.ask("POST", "/api/v1/can-send", numbers, own)).status).toBe(200);
  const viewer = (await create({ scopes: ["keys"] })).body.key;
  const channelKeys = await app.ask(
    "POST",
    "/api/v1/numbers/200000000000001/keys",
    {},
    { "X-API-Key": viewer },
  );
  expect([channelKeys.status, channelKeys.body.code]).toEqual([403, "not_permitted"]);
});

test("a key ends when it expires", async () => {
  const end = isoIn(HOUR_MS);
  const { key, id, expires_at } = (await create({ expires_at: end })).body;
  expect(expires_at).toBe(end);
  expect(await use(key)).toEqual(OPEN);
  await moveBack(id, "expires_at", HOUR_MS);
  expect(await use(key)).toEqual(CLOSED);
  expect((await app.ask("POST", `${PATH}/${id}/rotate`, {})).body.code).toBe("api_key_not_found");
});

test("rotated with an overlap, the old key works until it ends, and the new one at once", async () => {
  const old = (await create({})).body;
  const { status, body } = await app.ask("POST", `${PATH}/${old.id}/rotate`, { overlap_s: 60 });
  expect([status, body.prefix, isAbout(body.previous_until, 60_000)]).toEqual([200, old.prefix, true]);
  expect(body.key).not.toBe(old.key);
  expect([await use(old.key), await use(body.key)]).toEqual([OPEN, OPEN]);
  await moveBack(old.id, "previous_until", 60_000);
  expect([await use(old.key), await use(body.key)]).toEqual([CLOSED, OPEN]);
  expect(await listed(old.id)).not.toHaveProperty("previous_until");
});

test("rotated without an overlap, the old key ends at once, and so does the one before it", async () => {
  const first = (await create({})).body;
  const second = (await app.ask("POST", `${PATH}/${first.id}/rotate`, {})).body;
  expect(isAbout(second.previous_until, 24 * HOUR_MS)).toBe(true);
  const third = (await app.ask("POST", `${PATH}/${first.id}/rotate`, { overlap_s: 0 })).body;
  expect(third).not.toHaveProperty("previous_until");
  expect(await Promise.all([first, second, third].map(({ key }) => use(key)))).toEqual([
    CLOSED,
    CLOSED,
    OPEN,
  ]);
});

test("a revoked key ends at once, with the session that was opened with it", async () => {
  const { id, key } = (await create({})).body;
  const signedIn = await app.ask("POST", "/api/v1/session", { api_key: key }, {});
  const cookie = { Cookie: signedIn.headers.get("set-cookie")?.split(";")[0] ?? "" };
  expect((await app.ask("GET", "/api/v1/session", undefined, cookie)).body.actor.id).toBe(id);
  expect((await app.ask("DELETE", `${PATH}/${id}`)).status).toBe(204);
  expect(await use(key)).toEqual(CLOSED);
  expect((await app.ask("GET", "/api/v1/session", undefined, cookie)).status).toBe(401);
  expect(isAbout((await listed(id)).revoked_at, 0)).toBe(true);
  for (const again of [`${PATH}/${id}`, `${PATH}/key_none`])
    expect((await app.ask("DELETE", again)).body.code).toBe("api_key_not_found");
});

test("a key that was found is told by its prefix; a whole key is refused, because addresses are logged", async () => {
  const { id, key, prefix } = (await create({})).body;
  const found = (text: string) => app.ask("GET", `${PATH}?prefix=${encodeURIComponent(text)}`);
  for (const text of [prefix, ` ${prefix} `, `${prefix}_`])
    expect((await found(text)).body.data.map((each: { id: string }) => each.id)).toEqual([id]);
  expect((await found("shk_none")).body.data).toEqual([]);
  const refused = await found(key);
  expect([refused.status, refused.body.code]).toEqual([400, "key_in_query"]);
  expect(JSON.stringify(refused.body) + app.logged()).not.toContain(key);
});

test("the last use is noted to the minute", async () => {
  const { id, key } = (await create({})).body;
  await use(key);
  const first = (await listed(id)).last_used_at;
  expect(isAbout(first, 0)).toBe(true);
  await use(key);
  expect((await listed(id)).last_used_at).toBe(first);
  await moveBack(id, "last_used_at", 60_000);
  await use(key);
  expect(isAbout((await listed(id)).last_used_at, 0)).toBe(true);
});

test("a key in the query string is refused and not repeated", async () => {
  await saveTestKey(app.database.db, "in-the-address");
  for (const name of ["api_key", "key"]) {
    const answer = await app.ask("GET", `/api/v1/overview?${name}=in-the-address`, undefined, {
      "X-API-Key": "in-the-address",
    });
    expect([answer.status, answer.body.code]).toEqual([400, "key_in_query"]);
    expect(JSON.stringify(answer.body)).not.toContain("in-the-address");
  }
  expect(app.logged()).not.toContain("in-the-address");
});
