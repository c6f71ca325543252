import { afterEach, beforeEach, expect, test } from "vitest";
import { emptyDatabase } from "../../test/support/database.ts";
import type { TestDatabase } from "../../test/support/database.ts";
import { systemClock } from "../lib/clock.ts";
import { StartError } from "../lib/start-error.ts";
import { migrate, readMigrations } from "./migrate.ts";
import { parseMigration } from "./migration-plan.ts";
import type { Migration } from "./migration-plan.ts";

let own: TestDatabase;
beforeEach(async () => void (own = await emptyDatabase()));
afterEach(() => own.drop());

const file = (number: number, sql: string): Migration =>
  parseMigration(`000${number}-step.sql`, sql) ?? expect.unreachable();

test("our own migrations apply once, also when two instances start together", async () => {
  const { db } = own;
  const counts = await Promise.all([migrate(db, systemClock), migrate(db, systemClock)]);
  expect(counts.reduce((sum, count) => sum + count)).toBe(readMigrations().length);
  expect(await migrate(db, systemClock)).toBe(0);
  expect(await db.query("select count(*) from journal")).toEqual([{ count: "0" }]);
});

test("each number is given once: two branches that met may both have taken the next", () => {
  const numbers = readMigrations().map((migration) => migration.number);
  expect(numbers.toSorted((one, other) => one - other)).toEqual(numbers.map((_, index) => index + 1));
});

test("each applied file is on record with its hash and instant", async () => {
  const clock = { ...systemClock, now: () => Date.parse("2026-11-22T10:00:00Z") };
  const first = file(1, "create table a (id int); create table b (id int);");
  await migrate(own.db, clock, [first]);
  expect(await own.db.query("select * from migration")).toEqual([
    { number: 1, name: "step", hash: first.hash, applied_at: new Date("2026-11-22T10:00:00Z") },
  ]);
});

test("a failing file is taken back whole; those before it stay", async () => {
  const files = [
    file(1, "create table a (id int)"),
    file(2, "create table b (id int); select nothing_there;"),
  ];
  const run = migrate(own.db, systemClock, files);
  await expect(run).rejects.toBeInstanceOf(StartError);
  await expect(run).rejects.toThrow(/Migration 2 \(step\) failed and was taken back/);
  const tables = await own.db.query("select to_regclass('a') is null as a, to_regclass('b') is null as b");
  expect(tables).toEqual([{ a: false, b: true }]);
});

test("a newer database is refused and left as it is", async () => {
  await migrate(own.db, systemClock, [file(1, "select 1"), file(2, "select 2")]);
  const older = [file(1, "select 1")];
  await expect(migrate(own.db, systemClock, older)).rejects.toThrow(/newer Sharekeeper/);
});
