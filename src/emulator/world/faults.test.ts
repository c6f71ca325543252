import { describe, expect, test } from "vitest";
import { seededRandom } from "../../lib/random.ts";
import { globOf, takeFault } from "./faults.ts";
import type { FaultRule, FaultTarget } from "./faults.ts";

const random = seededRandom(1);
const read: FaultTarget = { method: "GET", path: "/v25.0/100/phone_numbers", wabaId: "100" };

function rule(rest: Partial<FaultRule>): FaultRule {
  return { id: "fault_1", match: {}, respond: { status: 500 }, ...rest };
}

describe("takeFault", () => {
  test("an empty match is every request", () => {
    expect(takeFault([rule({})], read, random)?.id).toBe("fault_1");
  });

  test.each([
    [{ method: "get" }, true],
    [{ method: "POST" }, false],
    [{ waba_id: "100" }, true],
    [{ waba_id: "101" }, false],
    [{ path: "/*/phone_numbers" }, true],
    [{ path: "/100/phone_numbers" }, true],
    [{ path: "/v25.0/100" }, false],
    [{ path: "/v25.0/*", method: "GET", waba_id: "100" }, true],
  ])("match %j: %s", (match, applies) => {
    expect(takeFault([rule({ match })], read, random) !== undefined).toBe(applies);
  });

  test("a count is used up, and then the rule is gone", () => {
    const rules = [rule({ remaining: 2 })];
    const taken = [1, 2, 3].map(() => takeFault(rules, read, random) !== undefined);
    expect(taken).toEqual([true, true, false]);
    expect(rules).toEqual([]);
  });

  test("a probability lets about its share through, the same with the same seed", () => {
    const run = (): number => {
      const seeded = seededRandom(7);
      return Array.from({ length: 1000 }, () => takeFault([rule({ probability: 0.3 })], read, seeded)).filter(
        Boolean,
      ).length;
    };
    expect(run()).toBeGreaterThan(250);
    expect(run()).toBeLessThan(350);
    expect(run()).toBe(run());
  });
});

test("a glob takes dots as dots", () => {
  expect(globOf("/v25.0/*").test("/v25x0/1")).toBe(false);
});
