import { expect, test } from "vitest";
import { capWarningsOf, warningsOf } from "./connection-warnings.ts";

const NOW = Date.parse("2026-11-22T12:00:00Z");

test("no warning while Meta ends nothing within 90 days", () => {
  expect(warningsOf({ graph: "v25.0", signup: "v4" }, NOW)).toEqual([]);
});

test("a version that ends within 90 days or has ended gets a warning with its day", () => {
  const warnings = warningsOf({ graph: "v21.0", signup: "v3" }, NOW);
  expect(warnings.map(({ code, at }) => [code, at])).toEqual([
    ["graph_version_ends", "2027-01-21T00:00:00.000Z"],
    ["signup_version_ended", "2026-10-15T00:00:00.000Z"],
  ]);
  expect(warnings[0]?.text).toMatch(/v21\.0 .* on 2027-01-21\. Set META_GRAPH_VERSION/);
});

test.each([
  [159, 200, []],
  [160, 200, [/^160 of the 200 clients/]],
  [199, 200, [/^199 of the 200 clients/]],
  [200, 200, [/^200 clients came .* lets you onboard 200/]],
  [8, 10, [/^8 of the 10 clients/]],
])("%i clients of %i in seven days", (count, cap, texts) => {
  const warnings = capWarningsOf({ count, cap });
  expect(warnings.map(({ text }) => text)).toEqual(texts.map((text) => expect.stringMatching(text)));
  expect(warnings.every(({ code, at }) => code === "onboarding_cap" && at === null)).toBe(true);
});
