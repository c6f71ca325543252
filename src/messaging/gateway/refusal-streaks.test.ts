import { expect, it } from "vitest";
import { RefusalStreaks } from "./refusal-streaks.ts";

const HOUR = 60 * 60_000;

it("field case 4: the third refusal makes a streak, counted from the first; an end resets it, for each number separately", () => {
  const streaks = new RefusalStreaks();
  expect([1, 2, 3, 4].map((now) => streaks.refused("a", now, 0))).toEqual([null, null, 1, 1]);
  expect(streaks.refused("b", 5, 0)).toBeNull();
  streaks.end("a");
  expect([6, 7, 8].map((now) => streaks.refused("a", now, 0))).toEqual([null, null, 6]);
});

it("field case 4: refusals more than an hour apart are no streak", () => {
  const streaks = new RefusalStreaks();
  const at = [0, HOUR, 2 * HOUR + 1, 2 * HOUR + 2, 3 * HOUR + 2];
  expect(at.map((now) => streaks.refused("a", now, 0))).toEqual([null, null, null, null, 2 * HOUR + 1]);
});

it("field case 4: a streak from before the gate opened does not count after it", () => {
  const streaks = new RefusalStreaks();
  for (const now of [1, 2, 3]) streaks.refused("a", now, 0);
  expect([6, 7, 8].map((now) => streaks.refused("a", now, 5))).toEqual([null, null, 6]);
  // The clock was set back.
  expect([1, 2, 3].map((now) => streaks.refused("b", now, 5))).toEqual([null, null, 1]);
});
