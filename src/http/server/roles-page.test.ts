import { expect, test } from "vitest";
import { STAFF_ROLES } from "../../access/actor.ts";
import { ROUTES } from "./route-table.ts";
import { renderRoles } from "./roles-page.ts";

test("docs/reference/roles.md is made from the table (vitest -u writes it)", async () => {
  await expect(renderRoles(ROUTES)).toMatchFileSnapshot("../../../docs/reference/roles.md");
});

test("at least one write needs each role above viewer, and viewers change nothing but their own access", () => {
  const writes = ROUTES.filter(({ audit }) => audit !== null);
  for (const role of STAFF_ROLES.slice(1)) expect(writes.map(({ who }) => who)).toContain(role);
  const byViewers = writes.filter(({ who }) => who === "viewer");
  expect(
    byViewers.filter(({ group, confinedBy }) => group !== "Session" || confinedBy === undefined),
  ).toEqual([]);
});
