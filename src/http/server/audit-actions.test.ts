import { expect, test } from "vitest";
import labels from "../../messages/en/labels.json" with { type: "json" };
import { ROUTES } from "./route-table.ts";

test("docs/reference/audit-actions.md is made from the table of routes (vitest -u writes it)", async () => {
  const rows = ROUTES.flatMap(({ audit, method, path, who, summary }) =>
    audit === null ? [] : [`| \`${audit}\` | \`${method} ${path}\` | ${who} | ${summary} |`],
  );
  const page = [
    "# Actions in the audit",
    "",
    "Each call of the API that changes something, and its action. Generated from the table of routes;",
    "[audit.md](audit.md) explains the lines.",
    "",
    "| action | call | least role | what |",
    "|---|---|---|---|",
    ...rows.toSorted(),
    "",
  ].join("\n");
  await expect(page).toMatchFileSnapshot("../../../docs/reference/audit-actions.md");
});

test("every action has a label", () => {
  const actions = ROUTES.flatMap(({ audit }) => (audit === null ? [] : [audit]));
  expect(actions.filter((action) => !Object.hasOwn(labels.audit_action, action))).toEqual([]);
});

test("no read has an action", () => {
  const faults = ROUTES.filter(({ method, audit }) => method === "GET" && audit !== null);
  expect(faults.map(({ path }) => path)).toEqual([]);
});
