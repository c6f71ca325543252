import { expect, it } from "vitest";
import { RefusalStreaks } from "./refusal-streaks.ts";

it("field case 4: is a row from the third refusal on, since the first; an end begins it anew, each number by itself", () => {
  const streaks = new RefusalStreaks();
  expect([1, 2, 3, 4].map((now) => streaks.refused("a", now))).toEqual([null, null, 1, 1]);
  expect(streaks.refused("b", 5)).toBeNull();
  streaks.end("a");
  expect([6, 7, 8].map((now) => streaks.refused("a", now))).toEqual([null, null, 6]);
});
