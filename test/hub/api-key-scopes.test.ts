import { expect, test } from "vitest";
import { OFFERED_SCOPES, offeredScopes, useOf } from "../../hub/src/features/settings/api-key.ts";
import { ROLES, STAFF_ROLES } from "../../src/access/actor.ts";
import { ROUTES } from "../../src/http/server/route-table.ts";

const rankOf = (role: string): number => ROLES.findIndex((known) => known === role);

test("the Hub offers each scope that a call asks for", () => {
  const asked = new Set(ROUTES.flatMap(({ scope }) => (scope === undefined ? [] : [scope])));
  expect([...asked].sort()).toEqual([...offeredScopes].sort());
  expect(Object.keys(OFFERED_SCOPES).sort()).toEqual([...offeredScopes].sort());
});

test.each(offeredScopes)("what a role can do with the scope %s is what the routes allow", (scope) => {
  const routes = ROUTES.filter((route) => route.scope === scope);
  for (const role of STAFF_ROLES) {
    const allowed = routes.filter(({ who }) => rankOf(role) >= rankOf(who));
    const use =
      allowed.length === routes.length
        ? "all"
        : allowed.some(({ audit }) => audit === null)
          ? "reads"
          : "none";
    expect([role, useOf(scope, role)]).toEqual([role, use]);
  }
});
