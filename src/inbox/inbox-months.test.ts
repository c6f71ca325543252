import { expect, test } from "vitest";
import { inboxMonthsOf, parseInboxMonth } from "./inbox-months.ts";

test("this month and the next, in UTC, across the end of the year", () => {
  expect(inboxMonthsOf(Date.parse("2026-12-31T23:59:59.999Z"))).toEqual([
    { partition: "inbox_2026_12", fromAt: Date.UTC(2026, 11), toAt: Date.UTC(2027, 0) },
    { partition: "inbox_2027_01", fromAt: Date.UTC(2027, 0), toAt: Date.UTC(2027, 1) },
  ]);
});

test("a partition says its month by its name", () => {
  const partition = "inbox_2026_12";
  expect(parseInboxMonth(partition)).toEqual({
    partition,
    fromAt: Date.UTC(2026, 11),
    toAt: Date.UTC(2027, 0),
  });
  expect(parseInboxMonth("inbox_default")).toBeUndefined();
});
