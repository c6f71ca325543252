/** P11: the instants that the API's sentences name are found by the Hub, whatever they are. */
import { expect, test } from "vitest";
import fc from "fast-check";
import { splitInstants } from "../../hub/src/time/instants.ts";
import { spokenTimeOf } from "../../hub/src/time/format.ts";
import { instantOf } from "../../src/sharing/status/sentences.ts";

const LATEST = Date.UTC(2100, 0, 1);

test("every instant that the server writes is read back to the second", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: LATEST / 1000 }), (seconds) => {
      const ms = seconds * 1000;
      expect(splitInstants(`Last event from Meta: ${instantOf(ms)}.`)).toEqual([
        "Last event from Meta: ",
        { at: new Date(ms).toISOString(), timeOnly: false, exact: false },
        ".",
      ]);
    }),
  );
});

test("a second time of the same day takes the day before it", () => {
  expect(splitInstants("between 28 November 2026 at 23:59:03 UTC and 23:59:06 UTC")).toEqual([
    "between ",
    { at: "2026-11-28T23:59:03.000Z", timeOnly: false, exact: true },
    " and ",
    { at: "2026-11-28T23:59:06.000Z", timeOnly: true, exact: true },
  ]);
});

test("what is no instant stays as it is written", () => {
  for (const text of ["", "at 12:00:00 UTC", "28 Brumaire 2026 at 12:00:00 UTC? no"])
    expect(splitInstants(text).join("")).toBe(text);
});

test("today is named, and seconds are dropped where they add nothing", () => {
  const nowMs = Date.UTC(2026, 10, 28, 12);
  const spoken = (at: string, exact = false) => spokenTimeOf({ at, timeOnly: false, exact }, nowMs);
  expect(spoken("2026-11-28T11:05:09.000Z")).toMatch(/^today \d?\d:05(?!:09)/);
  expect(spoken("2026-11-28T11:05:09.000Z", true)).toContain(":05:09");
  expect(spoken("2026-11-12T11:05:09.000Z")).toContain("2026");
});
