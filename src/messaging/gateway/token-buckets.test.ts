import { expect, it } from "vitest";
import { TokenBuckets } from "./token-buckets.ts";

it("lets the messages of one second pass at once, then one at a time, for each number separately", () => {
  const buckets = new TokenBuckets();
  const burst = Array.from({ length: 80 }, () => buckets.take("a", 80, 5000));
  expect(new Set(burst)).toEqual(new Set([0]));
  expect(buckets.take("a", 80, 5000)).toBe(13);
  expect(buckets.take("a", 80, 5012)).toBe(1);
  expect(buckets.take("b", 20, 5000)).toBe(0);
  expect(buckets.take("a", 80, 5013)).toBe(0);
  expect(buckets.take("a", 80, 5013)).toBe(12);
});

it("never holds more than the messages of one second, and loses nothing when the clock is set back", () => {
  const buckets = new TokenBuckets();
  buckets.take("a", 20, 0);
  const later = Array.from({ length: 21 }, () => buckets.take("a", 20, 60_000));
  expect(later.filter((waitMs) => waitMs === 0)).toHaveLength(20);
  expect(buckets.take("a", 20, 0)).toBe(50);
  expect(buckets.take("a", 20, 50)).toBe(0);
});

it("forgets only buckets that are full again", () => {
  const buckets = new TokenBuckets();
  for (let number = 0; number < 900; number += 1) buckets.take(`old ${number}`, 20, 0);
  for (let sent = 0; sent < 20; sent += 1) buckets.take("busy", 20, 10_000);
  for (let number = 0; number < 900; number += 1) buckets.take(`new ${number}`, 20, 10_000);
  expect(buckets.take("busy", 20, 10_000)).toBe(50);
});
