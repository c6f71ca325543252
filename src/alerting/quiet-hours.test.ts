import { expect, test } from "vitest";
import { isTimeZone, quietUntil } from "./quiet-hours.ts";

const NIGHT = { from: "22:00", to: "07:00", timeZone: "Europe/Berlin" };
const NOON = { from: "12:00", to: "13:30", timeZone: "Asia/Kolkata" };
/** 2026-03-29: Berlin's clocks skip 02:00 to 03:00. 2026-10-25: they show it twice. */
const SKIPPED = { from: "22:00", to: "02:30", timeZone: "Europe/Berlin" };

test.each([
  ["before they begin", NIGHT, "2026-11-29T20:59:59Z", null],
  ["from the first minute", NIGHT, "2026-11-29T21:00:00Z", "2026-11-30T06:00:00Z"],
  ["after midnight", NIGHT, "2026-11-30T03:12:34Z", "2026-11-30T06:00:00Z"],
  ["in the last second", NIGHT, "2026-11-30T05:59:59Z", "2026-11-30T06:00:00Z"],
  ["at their end", NIGHT, "2026-11-30T06:00:00Z", null],
  ["within a day", NOON, "2026-11-29T07:15:00Z", "2026-11-29T08:00:00Z"],
  ["a night that is an hour shorter", NIGHT, "2026-03-28T22:00:00Z", "2026-03-29T05:00:00Z"],
  ["a night that is an hour longer", NIGHT, "2026-10-24T22:00:00Z", "2026-10-25T06:00:00Z"],
  ["an end that the clocks skip", SKIPPED, "2026-03-28T22:00:00Z", "2026-03-29T01:00:00Z"],
  ["the end that comes first of two", SKIPPED, "2026-10-24T22:00:00Z", "2026-10-25T00:30:00Z"],
])("quiet hours: %s", (_name, hours, now, until) => {
  const found = quietUntil(hours, Date.parse(now));
  expect(found === null ? null : new Date(found).toISOString().replace(".000", "")).toBe(until);
});

test("names of time zones", () => {
  for (const name of ["Europe/Berlin", "Asia/Kolkata", "UTC"]) expect(isTimeZone(name)).toBe(true);
  for (const name of ["Europe/Berlyn", "", "berlin time"]) expect(isTimeZone(name)).toBe(false);
});
