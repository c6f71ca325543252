import { expect, test } from "vitest";
import { StatusTally } from "./status-tally.ts";

test("a WABA counts once, with its current status", () => {
  const tally = new StatusTally();
  expect(tally.counts()).toEqual([]);
  tally.put("ast_1", { status: "live", whoMustAct: "nobody" });
  tally.put("ast_2", { status: "live", whoMustAct: "nobody" });
  tally.put("ast_1", { status: "live", whoMustAct: "nobody" });
  expect(tally.counts()).toEqual([{ status: "live", who: "nobody", count: 2 }]);
  tally.put("ast_1", { status: "permission_removed", whoMustAct: "client" });
  tally.put("ast_2", { status: "live", whoMustAct: "provider" });
  expect(tally.counts()).toEqual([
    { status: "permission_removed", who: "client", count: 1 },
    { status: "live", who: "provider", count: 1 },
  ]);
  expect(tally.assetCount()).toBe(2);
});

test("counts that were returned do not change later", () => {
  const tally = new StatusTally();
  tally.put("ast_1", { status: "live", whoMustAct: "nobody" });
  const reported = tally.counts();
  tally.put("ast_2", { status: "live", whoMustAct: "nobody" });
  expect(reported[0]?.count).toBe(1);
});
