import { expect, test } from "vitest";
import { durationOf } from "../../hub/src/time/duration.ts";

test.each([
  [0, "0 ms"],
  [40, "40 ms"],
  [250, "0.25 s"],
  [1000, "1 s"],
  [1001, "1.1 s"],
  [9999, "10 s"],
  [12_345, "13 s"],
  [60_000, "1 min"],
  [61_000, "61 s"],
  [300_000, "5 min"],
  [3_600_000, "1 h"],
  [5_400_001, "1.6 h"],
  [86_400_000, "1 day"],
  [86_400_001, "25 h"],
  [604_800_000, "7 days"],
])("%d ms is shown as %s: never shorter than it was", (ms, text) => expect(durationOf(ms)).toBe(text));
