import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { PERMISSION_ROWS } from "../../src/recovery/plan-permission.ts";
import * as timings from "../../src/sharing/model/timings.ts";
import { STATUS_ROWS } from "../../src/sharing/status/status.ts";

const PAGE = readFileSync(new URL("../../docs/reference/rules.md", import.meta.url), "utf8");

/** The cells of the first table below a heading, without its head. */
function tableBelow(heading: string): string[][] {
  const [, section = ""] = PAGE.split(`${heading}\n`);
  const lines = section.split("\n");
  const start = lines.findIndex((line) => line.startsWith("|"));
  const end = lines.findIndex((line, index) => index > start && !line.startsWith("|"));
  return lines.slice(start + 2, end).map((line) =>
    line
      .slice(1, -1)
      .split("|")
      .map((cell) => cell.trim()),
  );
}

const UNITS: Record<string, number> = { s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 };

function durationsOf(text: string): number[] {
  return text.split(", ").map((duration) => {
    const [count, unit = ""] = duration.split(" ");
    return Math.round(Number(count) * (UNITS[unit] ?? NaN));
  });
}

describe("docs/reference/rules.md says what the code does", () => {
  test("each duration of the rules", () => {
    const rows = tableBelow("### Durations");
    expect(rows.length).toBeGreaterThan(15);
    for (const [name = "", value = ""] of rows) {
      const key = name.replaceAll("`", "") as keyof typeof timings;
      expect([name, [timings[key]].flat()]).toEqual([name, durationsOf(value)]);
    }
  });

  test("each row of the status table", () => {
    const printed = tableBelow("## Status table").map(([row, , ...cells]) => [Number(row), ...cells]);
    const coded = STATUS_ROWS.map(({ number, status, label, lamp, gate, refusal, who }) => [
      number,
      `\`${status}\``,
      label,
      lamp,
      gate,
      `${refusal.status}/${refusal.code}`,
      refusal.retryable ? "yes" : "no",
      who === "reason" ? "by the reason" : who,
    ]);
    expect(printed).toEqual(coded);
  });

  test("each row of the recovery table", () => {
    const printed = tableBelow("## Recovery table").map(([when, , signup]) => [when, signup]);
    expect(printed).toEqual(
      PERMISSION_ROWS.map(({ when, signupBar }) => [when, signupBar === null ? "yes" : "no"]),
    );
  });
});
