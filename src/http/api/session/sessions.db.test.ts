import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestApp, type Answer, type TestApp } from "../../../../test/support/create-test-app.ts";
import {
  auditedOf,
  browserOf,
  joinPerson,
  PASSWORD,
  standingOf,
  type Joined,
} from "../../../../test/support/people.ts";
import { saveTestKey } from "../../../../test/support/save-test-key.ts";

const PATH = "/api/v1/sessions";

let app: TestApp;
let olga: Joined;
let vera: Joined;
beforeAll(async () => {
  app = await createTestApp();
  olga = await joinPerson(app, "Olga");
  vera = await joinPerson(app, "Vera", "viewer");
});
afterAll(() => app?.stop());

interface Listed {
  id: string;
  actor: { id: string };
  is_current: boolean;
}

const signIn = async ({ email }: Joined, agent = "Firefox"): Promise<Joined["browser"]> =>
  browserOf(
    app,
    await app.ask("POST", "/api/v1/session", { email, password: PASSWORD }, { "User-Agent": agent }),
  );
const list = async (by: Joined["browser"], query = ""): Promise<Listed[]> =>
  (await app.ask("GET", `${PATH}${query}`, undefined, by)).body.data;
const currentOf = async (by: Joined["browser"]): Promise<string> =>
  (await list(by)).find(({ is_current }) => is_current)?.id ?? "none";
const end = (path: string, by?: Joined["browser"]): Promise<Answer> =>
  app.ask("DELETE", `${PATH}${path}`, undefined, by);

describe("the list", () => {
  test("has the own sessions, says from where, and which one asks", async () => {
    const browser = await signIn(olga, "Safari 26");
    const sessions = await list(browser);
    expect(new Set(sessions.map(({ actor }) => actor.id))).toEqual(new Set([olga.id]));
    const current = sessions.filter(({ is_current }) => is_current);
    expect(current).toMatchObject([
      {
        ...{ id: expect.stringMatching(/^ses_/), actor: { id: olga.id, name: "Olga" } },
        ...{ opened_with: "password", address: "127.0.0.1", agent: "Safari 26" },
      },
    ]);
    expect(JSON.stringify(sessions)).not.toContain(browser["Cookie"]?.split("=")[1]);
  });

  test("of everybody is for administrators without limits", async () => {
    const ids = (sessions: Listed[]) => new Set(sessions.map(({ actor }) => actor.id));
    const admin = await joinPerson(app, "Root", "admin");
    expect([...ids(await list(admin.browser, "?all=true"))]).toEqual(
      expect.arrayContaining([olga.id, vera.id, admin.id]),
    );
    expect(ids(await list(admin.browser))).toEqual(new Set([admin.id]));
    const refused = await app.ask("GET", `${PATH}?all=true`, undefined, vera.browser);
    expect([refused.status, refused.body.code]).toEqual([403, "not_permitted"]);
    await saveTestKey(app.database.db, "limited", { role: "admin", connectionId: "default" });
    const limited = await app.ask("GET", `${PATH}?all=true`, undefined, { "X-API-Key": "limited" });
    expect(limited.body.code).toBe("client_limited");
  });

  test("has no session that is over", async () => {
    const browser = await signIn(olga);
    const id = await currentOf(browser);
    await app.database.db.query("update session set last_used_at = now() - interval '1 day' where id = $1", [
      id,
    ]);
    expect((await list(olga.browser)).map((session) => session.id)).not.toContain(id);
  });
});

describe("ending a session", () => {
  test("of one's own signs that browser out, and no other", async () => {
    const [here, there] = [await signIn(olga), await signIn(olga)];
    const id = await currentOf(there);
    expect((await end(`/${id}`, here)).status).toBe(204);
    expect([await standingOf(app, here), await standingOf(app, there)]).toEqual([200, 401]);
    expect(await auditedOf(app, "session.ended", id)).toEqual(["done"]);
    const again = await end(`/${id}`, here);
    expect([again.status, again.body.code]).toEqual([404, "session_not_found"]);
    expect(await auditedOf(app, "session.ended", id)).toEqual(["done", "refused session_not_found"]);
  });

  test("of somebody else is for administrators; for others there is no such session", async () => {
    const browser = await signIn(olga);
    const id = await currentOf(browser);
    expect((await end(`/${id}`, vera.browser)).body.code).toBe("session_not_found");
    await saveTestKey(app.database.db, "limited admin", { role: "admin", connectionId: "default" });
    expect((await end(`/${id}`, { "X-API-Key": "limited admin" })).body.code).toBe("session_not_found");
    expect(await standingOf(app, browser)).toBe(200);
    expect((await end(`/${id}`)).status).toBe(204);
    expect(await standingOf(app, browser)).toBe(401);
    expect(await auditedOf(app, "session.ended", id)).toEqual([
      "refused session_not_found",
      "refused session_not_found",
      "done",
    ]);
  });

  test("from another site is refused", async () => {
    const browser = await signIn(olga);
    const id = await currentOf(browser);
    const refused = await end(`/${id}`, { ...browser, Origin: "https://evil.example" });
    expect(refused.body.code).toBe("foreign_origin");
    expect(await standingOf(app, browser)).toBe(200);
  });
});

test("ending all the others leaves the one that asks, and those of other people", async () => {
  const [here, there, elsewhere] = [await signIn(olga), await signIn(olga), await signIn(vera)];
  expect((await end("", here)).status).toBe(204);
  const standing = [];
  for (const browser of [here, there, elsewhere]) standing.push(await standingOf(app, browser));
  expect(standing).toEqual([200, 401, 200]);
  expect(await list(here)).toHaveLength(1);
});

test("a session that was opened with a key is listed for that key, and ends with all of it", async () => {
  const key = { "X-API-Key": "of-a-program" };
  await saveTestKey(app.database.db, "of-a-program", { role: "operator" });
  const opened = await app.ask("POST", "/api/v1/session", { api_key: "of-a-program" }, {});
  const browser = browserOf(app, opened);
  expect(await list(key)).toMatchObject([{ opened_with: "api_key", is_current: false }]);
  expect((await end("", key)).status).toBe(204);
  expect(await standingOf(app, browser)).toBe(401);
});
