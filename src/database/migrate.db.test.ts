import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { emptyDatabase } from "../../test/support/database.ts";
import type { TestDatabase } from "../../test/support/database.ts";
import { systemClock } from "../lib/clock.ts";
import { StartError } from "../lib/start-error.ts";
import { migrate, readMigrations, readPending } from "./migrate.ts";
import { parseMigration } from "./migration-plan.ts";
import type { Migration } from "./migration-plan.ts";

let own: TestDatabase;
beforeEach(async () => void (own = await emptyDatabase()));
afterEach(() => own.drop());

const OURS = new URL("./migrations/", import.meta.url);

const file = (number: number, sql: string): Migration =>
  parseMigration(`000${number}-step.sql`, sql) ?? expect.unreachable();

test("our own migrations apply once, also when two instances start together", async () => {
  const { db } = own;
  const counts = await Promise.all([migrate(db, systemClock), migrate(db, systemClock)]);
  expect(counts.reduce((sum, count) => sum + count)).toBe(readMigrations().length);
  expect(await migrate(db, systemClock)).toBe(0);
  expect(await db.query("select count(*) from journal")).toEqual([{ count: "0" }]);
});

test("a later migration is applied to an existing database and keeps its rows", async () => {
  const { db } = own;
  const folder = mkdtempSync(join(tmpdir(), "migrations-"));
  const url = pathToFileURL(`${folder}/`);
  const plant = (name: string, sql: string): void => writeFileSync(join(folder, name), sql);
  try {
    for (const name of readdirSync(OURS)) copyFileSync(new URL(name, OURS), join(folder, name));
    await migrate(db, systemClock, readMigrations(url));
    await db.query("insert into data_key (id, wrapped, created_at) values ('key_1', 'x', now())");

    plant("9001-key-notes.sql", "alter table data_key add column note text not null default 'none'");
    plant("9002-key-notes-index.sql", "create index data_key_note on data_key (note)");
    const appliedCount = readMigrations().length;
    expect(await readPending(db, readMigrations(url))).toEqual({ appliedCount, pendingCount: 2 });
    expect(await migrate(db, systemClock, readMigrations(url))).toBe(2);
    expect(await db.query("select id, note from data_key")).toEqual([{ id: "key_1", note: "none" }]);
    expect(await migrate(db, systemClock, readMigrations(url))).toBe(0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("each number is used once, also when two branches took the same next number", () => {
  const numbers = readMigrations().map((migration) => migration.number);
  expect(numbers.toSorted((one, other) => one - other)).toEqual(numbers.map((_, index) => index + 1));
});

test("each applied file is recorded with its hash and instant", async () => {
  const clock = { ...systemClock, now: () => Date.parse("2026-11-22T10:00:00Z") };
  const first = file(1, "create table a (id int); create table b (id int);");
  await migrate(own.db, clock, [first]);
  expect(await own.db.query("select * from migration")).toEqual([
    { number: 1, name: "step", hash: first.hash, applied_at: new Date("2026-11-22T10:00:00Z") },
  ]);
});

test("a failing file is rolled back as a whole; the files before it stay", async () => {
  const files = [
    file(1, "create table a (id int)"),
    file(2, "create table b (id int); select nothing_there;"),
  ];
  const run = migrate(own.db, systemClock, files);
  await expect(run).rejects.toBeInstanceOf(StartError);
  await expect(run).rejects.toThrow(/Migration 2 \(step\) failed and was rolled back/);
  const tables = await own.db.query("select to_regclass('a') is null as a, to_regclass('b') is null as b");
  expect(tables).toEqual([{ a: false, b: true }]);
});

test("a newer database is refused and not changed", async () => {
  await migrate(own.db, systemClock, [file(1, "select 1"), file(2, "select 2")]);
  const older = [file(1, "select 1")];
  await expect(migrate(own.db, systemClock, older)).rejects.toThrow(/newer Sharekeeper/);
});
