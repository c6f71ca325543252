import { afterAll, beforeAll, expect, test } from "vitest";
import { mayAct, SCOPES, STAFF_ROLES, type Actor } from "../../access/actor.ts";
import { call, pathOf, readOperations } from "../../../test/support/api-calls.ts";
import { createTestApp, type TestApp } from "../../../test/support/create-test-app.ts";
import { saveTestKey } from "../../../test/support/save-test-key.ts";

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.stop());

const REFUSALS = ["not_permitted", "scope_missing", "unauthenticated", "client_limited"];

/** What every call answers to a key: "allowed", or the code of the refusal. */
async function rightsOf(key: string | null, limits: Partial<Actor> = {}): Promise<Record<string, string>> {
  if (key !== null) await saveTestKey(app.database.db, key, limits);
  const rights: Record<string, string> = {};
  for (const route of await readOperations(app)) {
    const headers: Record<string, string> = key === null ? {} : { "X-API-Key": key };
    const { status, code } = await call(app.url, route, pathOf(route), headers);
    const isRefused = code !== null && REFUSALS.includes(code);
    expect([route.name, status < 500, status === 401 && !isRefused && route.who !== "anyone"]).toEqual([
      ...[route.name, true, false],
    ]);
    rights[route.name] = isRefused ? code : "allowed";
  }
  return rights;
}

test.each(STAFF_ROLES)(
  "a key of role %s may call what docs/reference/roles.md says, call by call",
  async (role) => {
    const routes = await readOperations(app);
    const expected = routes.map((route) => [
      route.name,
      route.who === "anyone" || mayAct({ role }, route.who) ? "allowed" : "not_permitted",
    ]);
    expect(await rightsOf(`role-${role}`, { role })).toEqual(Object.fromEntries(expected));
  },
);

test("without a key, only what is for anyone", async () => {
  const routes = await readOperations(app);
  const expected = routes.map(({ name, who }) => [name, who === "anyone" ? "allowed" : "unauthenticated"]);
  expect(await rightsOf(null)).toEqual(Object.fromEntries(expected));
});

test.each(SCOPES)("an admin's key of the scope %s may call only the calls of that scope", async (scope) => {
  const routes = await readOperations(app);
  const expected = routes.map((route) => [
    route.name,
    route.who === "anyone" || route.scope === scope ? "allowed" : "scope_missing",
  ]);
  expect(await rightsOf(`scope-${scope}`, { role: "admin", scopes: [scope] })).toEqual(
    Object.fromEntries(expected),
  );
});
