import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApp, OURS, type Answer, type TestApp } from "../../../test/support/create-test-app.ts";
import { saveTestKey } from "../../../test/support/save-test-key.ts";

const PATH = "/api/v1/session";

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({ API_RATE_LIMIT: "3" });
});
afterAll(() => app.stop());

const read = (headers: Record<string, string>, path = PATH): Promise<Answer> =>
  app.ask("GET", path, undefined, headers);
const headersOf = ({ headers }: Answer): (string | null)[] =>
  ["ratelimit-policy", "ratelimit", "retry-after"].map((name) => headers.get(name));
const freshKey = async (name: string): Promise<Record<string, string>> => {
  await saveTestKey(app.database.db, name);
  return { "X-API-Key": name };
};

test("a key may send API_RATE_LIMIT requests a minute, and each answer says how many are left", async () => {
  const key = await freshKey("busy");
  for (const left of [2, 1, 0]) {
    const answer = await read(key);
    expect(answer.status).toBe(200);
    expect(headersOf(answer)).toEqual([
      '"default";q=3;w=60',
      expect.stringMatching(new RegExp(`^"default";r=${left};t=\\d+$`)),
      null,
    ]);
  }
  const refused = await read(key);
  expect([refused.status, refused.body.code]).toEqual([429, "rate_limited"]);
  const [, limit, wait] = headersOf(refused);
  expect(limit).toBe(`"default";r=0;t=${wait}`);
  expect(refused.body.detail).toContain(`in ${wait} s`);
});

test("a refused call counts, and says what is left like any answer", async () => {
  const key = await freshKey("forbidden");
  const refused = await read(key, "/api/v1/audit");
  expect([refused.status, headersOf(refused)[1]?.slice(0, 13)]).toEqual([403, '"default";r=2']);
});

test("another key has a quota of its own; a session shares that of its key", async () => {
  const key = await freshKey("quiet");
  const signedIn = await app.ask("POST", PATH, { api_key: "quiet" }, {});
  const session = { Cookie: signedIn.headers.get("set-cookie")?.split(";")[0] ?? "" };
  expect(headersOf(await read(key))[1]).toContain("r=2;");
  expect(headersOf(await read(session))[1]).toContain("r=1;");
});

test("calls that need no key, and wrong keys, have no quota", async () => {
  expect(headersOf(await read({}, "/api/v1/about"))).toEqual([null, null, null]);
  const wrong = await read({ "X-API-Key": "nobody's" });
  expect([wrong.status, headersOf(wrong)[1]]).toEqual([401, null]);
});

test("API_RATE_LIMIT=0 is no limit", async () => {
  const free = await createTestApp({ API_RATE_LIMIT: "0" });
  try {
    expect(headersOf(await free.ask("GET", PATH, undefined, OURS))).toEqual([null, null, null]);
  } finally {
    await free.stop();
  }
});
