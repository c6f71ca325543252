import { expect, test } from "vitest";
import { affectedOf, alertSnoozeEndOf, isSnoozed, lampOfAlert } from "./alert.ts";

test.each([
  ["firing", "critical", "red"],
  ["acknowledged", "critical", "red"],
  ["firing", "warning", "amber"],
  ["firing", "info", "grey"],
  ["resolved", "critical", "green"],
] as const)("an alert that is %s and %s has a lamp of %s", (state, severity, lamp) =>
  expect(lampOfAlert({ state, severity })).toBe(lamp),
);

const wabas = ["Ada", "Bo", "Cy", "Di"].map((name) => ({ id: name, name }));

test.each([
  [1, ["Ada"], 0],
  [3, ["Ada", "Bo", "Cy"], 0],
  [4, ["Ada", "Bo"], 2],
  [201, ["Ada", "Bo"], 199],
])("of %i WABAs %j are named, and %i counted", (count, names, moreCount) => {
  const { named, ...rest } = affectedOf({ wabas: wabas.slice(0, count), waba_count: count });
  expect([named.map(({ name }) => name), rest.moreCount]).toEqual([names, moreCount]);
});

test("a snooze lasts an hour, or until eight in the morning of the next day", () => {
  const now = new Date(2026, 10, 28, 23, 30).getTime();
  expect(alertSnoozeEndOf("hour", now)).toBe(now + 3_600_000);
  expect(new Date(alertSnoozeEndOf("tomorrow", now))).toEqual(new Date(2026, 10, 29, 8));
  expect(new Date(alertSnoozeEndOf("tomorrow", new Date(2026, 10, 28, 3).getTime()))).toEqual(
    new Date(2026, 10, 29, 8),
  );
});

test("an alert is snoozed until its time, or until it gets worse", () => {
  const at = "2026-11-28T10:00:00Z";
  const until = { snoozed_until: at, snoozed_until_worse: false };
  expect(isSnoozed(until, Date.parse(at) - 1)).toBe(true);
  expect(isSnoozed(until, Date.parse(at))).toBe(false);
  expect(isSnoozed({ snoozed_until: null, snoozed_until_worse: true }, 0)).toBe(true);
});
