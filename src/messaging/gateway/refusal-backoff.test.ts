import { expect, test } from "vitest";
import { RefusalBackoff } from "./refusal-backoff.ts";

const SWEEP_MS = 15_000;

/** The seconds at which one refusal a second, for `seconds`, starts a probe. */
function probesOf(refusalBackoff: RefusalBackoff, about: string, seconds: number, from = 0): number[] {
  const instants = Array.from({ length: seconds }, (_, second) => from + second);
  return instants.filter((second) => refusalBackoff.isNews(about, second * 1000));
}

test("the first refusal starts a probe at once, and repetitions start ever fewer, down to one per sweep", () => {
  expect(probesOf(new RefusalBackoff(SWEEP_MS), "num_1 131026", 60)).toEqual([0, 2, 6, 14, 29, 44, 59]);
});

test("another code or another number starts a probe at once", () => {
  const refusalBackoff = new RefusalBackoff(SWEEP_MS);
  probesOf(refusalBackoff, "num_1 131026", 10);
  expect(refusalBackoff.isNews("num_1 131005", 10_000)).toBe(true);
  expect(refusalBackoff.isNews("num_2 131026", 10_000)).toBe(true);
});

test("after a pause it starts anew, and a clock that was set back suppresses nothing", () => {
  const refusalBackoff = new RefusalBackoff(SWEEP_MS);
  probesOf(refusalBackoff, "num_1 10", 20);
  expect(probesOf(refusalBackoff, "num_1 10", 7, 100)).toEqual([100, 102, 106]);
  expect(refusalBackoff.isNews("num_1 10", 5000)).toBe(true);
});
