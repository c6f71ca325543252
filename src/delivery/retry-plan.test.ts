import { expect, test } from "vitest";
import { ATTEMPTS, DISABLED_AFTER_MS, waitAfter, warningOf } from "./retry-plan.ts";

const HOUR = 3_600_000;
const waits = (chance: number): (number | null)[] =>
  Array.from({ length: ATTEMPTS }, (_, nth) => waitAfter(nth + 1, chance));

test("ten attempts go over about three days, each wait longer than the one before", () => {
  const without = waits(0);
  expect(ATTEMPTS).toBe(10);
  expect(without.at(-1)).toBeNull();
  const known = without.flatMap((wait) => wait ?? []);
  expect(known).toEqual([...known].sort((a, b) => a - b));
  const hours = known.reduce((sum, wait) => sum + wait, 0) / HOUR;
  expect(Math.round(hours)).toBe(76);
});

test("chance adds up to a fifth, so that what failed together does not come back together", () => {
  expect(waitAfter(3, 1)).toBe(1.2 * (waitAfter(3, 0) ?? 0));
});

test("a receiver may ask for a longer wait, not for a shorter one, and not for more than a day", () => {
  expect(waitAfter(1, 0, 60_000)).toBe(60_000);
  expect(waitAfter(5, 0, 60_000)).toBe(5 * HOUR);
  expect(waitAfter(1, 0, 99 * HOUR)).toBe(24 * HOUR);
  expect(waitAfter(10, 0, 60_000)).toBeNull();
});

test.each([
  [0, 0],
  [0.49, 0],
  [0.5, 50],
  [0.69, 50],
  [0.7, 70],
  [0.9, 90],
])("after %f of the time the warning is of %i per cent", (share, percent) => {
  expect(warningOf(share * DISABLED_AFTER_MS)).toBe(percent);
});
