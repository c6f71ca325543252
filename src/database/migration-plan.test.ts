import { expect, test } from "vitest";
import { StartError } from "../lib/start-error.ts";
import { parseMigration, planMigrations } from "./migration-plan.ts";
import type { Migration } from "./migration-plan.ts";

function migration(number: number, sql = `select ${number}`): Migration {
  const parsed = parseMigration(`${String(number).padStart(4, "0")}-step.sql`, sql);
  if (!parsed) throw new Error("not a migration");
  return parsed;
}

test("a file's name gives number and name; others are not migrations", () => {
  expect(migration(12)).toMatchObject({ number: 12, name: "step", sql: "select 12" });
  expect(parseMigration("README.md", "")).toBeUndefined();
});

test("other line ends do not count as an edit", () => {
  expect(migration(1, "select\r\n1").hash).toBe(migration(1, "select\n1").hash);
});

test("pending migrations are planned in order", () => {
  const plan = planMigrations([migration(3), migration(1), migration(2)], [migration(1)]);
  expect(plan.map(({ number }) => number)).toEqual([2, 3]);
});

test("a newer database is refused in one line that says what to do", () => {
  const plan = (): unknown => planMigrations([migration(1)], [migration(1), migration(2)]);
  expect(plan).toThrow(StartError);
  expect(plan).toThrow(
    /newer Sharekeeper \(it has migration 2, this version knows 1\)\. Start that version[^\n]*$/,
  );
});

test("an edited file is refused", () => {
  const plan = (): unknown => planMigrations([migration(1, "select 2")], [migration(1)]);
  expect(plan).toThrow(StartError);
  expect(plan).toThrow(/Migration 1 \(step\) was changed after it was applied/);
});
