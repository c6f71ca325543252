import { expect, test } from "vitest";
import { cutOffOf, newestOf } from "./cut-off-dates.ts";

const at = (day: string): number => Date.parse(`${day}T12:00:00Z`);

test.each([
  ["2026-10-22", "far"],
  ["2026-10-24", "near"],
  ["2027-01-20", "near"],
  ["2027-01-21", "passed"],
  ["2029-01-01", "passed"],
])("on %s the end of v21.0 (21 January 2027) is %s", (day, kind) => {
  expect(cutOffOf("graph", "v21.0", at(day)).kind).toBe(kind);
});

test("the days that are left are counted from the instant, and the last one counts", () => {
  expect(cutOffOf("graph", "v21.0", at("2027-01-20"))).toMatchObject({ kind: "near", days: 1 });
});

test("a version without a day has none, and older versions than the table ended long ago", () => {
  expect(cutOffOf("graph", "v26.0", at("2030-01-01"))).toEqual({ kind: "far", endsAt: null });
  expect(cutOffOf("graph", "v9.0", at("2026-11-22")).kind).toBe("passed");
  expect(cutOffOf("graph", "v27.0", at("2026-11-22")).kind).toBe("unknown");
});

test("Embedded Signup v2 and v3 ended on 15 October 2026; v4 goes on", () => {
  for (const version of ["v2", "v3", "v3-public-preview"]) {
    expect(cutOffOf("signup", version, at("2026-10-14")).kind).toBe("near");
    expect(cutOffOf("signup", version, at("2026-10-15")).kind).toBe("passed");
  }
  expect(cutOffOf("signup", "v4", at("2026-10-15")).kind).toBe("far");
  expect(cutOffOf("signup", "v5", at("2026-10-15")).kind).toBe("unknown");
  expect([newestOf("graph"), newestOf("signup")]).toEqual(["v26.0", "v4"]);
});
