import { expect, test } from "vitest";
import { renderAlertRules } from "./alert-rules-page.ts";
import { INHIBITED_BY, type RuleId } from "./rules.ts";

test("docs/reference/alerts.md is made from the table (vitest -u writes it)", async () => {
  await expect(renderAlertRules()).toMatchFileSnapshot("../../docs/reference/alerts.md");
});

test("no rule that explains others is itself explained by one of them", () => {
  for (const [rule, others] of Object.entries(INHIBITED_BY))
    for (const other of others) expect(INHIBITED_BY[other] ?? []).not.toContain(rule as RuleId);
});
