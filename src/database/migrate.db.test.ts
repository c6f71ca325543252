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

test("0018: the words of an earlier version become the public ones, in every place that keeps them", async () => {
  const { db } = own;
  const known = readMigrations();
  await migrate(
    db,
    systemClock,
    known.filter(({ number }) => number < 18),
  );
  await db.query(`insert into connection (id, business_id, app_id, system_user_id, graph_version, mode, created_at, updated_at)
    values ('default', '1', '2', '3', 'v25.0', 'enforce', now(), now())`);
  await db.query(
    `insert into client (id, connection_id, name, created_at) values ('c', 'default', 'us', now())`,
  );
  await db.query(`insert into asset (id, connection_id, client_id, name, created_at)
    values ('old', 'default', 'c', 'own_token', now()), ('other', 'default', 'c', 'Other', now())`);
  const memory = { facts: { TokenValid: { reason: "own_token" } }, note: "own_token_x" };
  await db.query(
    `insert into share (asset_id, connection_id, memory, kind, status, severity, reason, who_must_act, since)
     values ('old', 'default', $1::jsonb, 'platform', 'unknown', 2, 'own_token', 'us', now()),
       ('other', 'default', '{"facts":{}}'::jsonb, 'platform', 'live', 9, null, 'client', now())`,
    [JSON.stringify(memory)],
  );
  await db.query(`insert into episode (connection_id, asset_id, condition, reason, how, closed_at)
    values ('default', 'old', 'TokenValid', 'own_token', 'probed', now())`);
  await db.query(`insert into incident (id, connection_id, about, reason, opened_at, probed, troubled, most_troubled)
    values ('inc', 'default', 'us', 'own_token', now(), 9, 9, 9)`);
  await migrate(db, systemClock);
  expect(
    await db.query("select asset_id, reason, who_must_act, memory from share order by asset_id"),
  ).toEqual([
    {
      ...{ asset_id: "old", reason: "provider_token_invalid", who_must_act: "provider" },
      memory: { facts: { TokenValid: { reason: "provider_token_invalid" } }, note: "own_token_x" },
    },
    { asset_id: "other", reason: null, who_must_act: "client", memory: { facts: {} } },
  ]);
  expect(await db.query("select about, reason from incident")).toEqual([
    { about: "provider", reason: "provider_token_invalid" },
  ]);
  expect(await db.query("select reason from episode")).toEqual([{ reason: "provider_token_invalid" }]);
  // Names that people gave stay, and the old word is no longer taken.
  expect(await db.query("select name from asset where id = 'old'")).toEqual([{ name: "own_token" }]);
  await expect(db.query("update incident set about = 'us'")).rejects.toThrow();
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
