import { afterEach, beforeEach, expect, test } from "vitest";
import { testDatabase, type TestDatabase } from "../../test/support/database.ts";
import { until } from "../../test/support/until.ts";
import { systemClock } from "../lib/clock.ts";
import { openJobs, startJobs, type Jobs } from "./jobs.ts";

let database: TestDatabase;
const open: Jobs[] = [];
const failures: unknown[] = [];
beforeEach(async () => {
  failures.length = 0;
  database = await testDatabase();
});
afterEach(async () => {
  for (const jobs of open.splice(0)) await jobs.stop();
  await database.drop();
});

async function instance(): Promise<Jobs> {
  const failed = (error: unknown): void => void failures.push(error);
  const jobs = await openJobs({ db: database.db, failed, pollS: 0.5 });
  open.push(jobs);
  return jobs;
}

const rowsOf = (sql: string): Promise<{ state?: string; name?: string }[]> => database.db.query(sql);

test("one of several instances runs a job, once", async () => {
  const done: string[] = [];
  const [left, right] = [await instance(), await instance()];
  await left.work("tidy", async () => void done.push("left"));
  await right.work("tidy", async () => void done.push("right"));
  await left.send("tidy");
  const states = () => rowsOf("select state from pgboss.job where name = 'tidy'");
  await until("it is done", async () => (await states())[0]?.state === "completed" || undefined);
  expect(await states()).toHaveLength(1);
  expect(done).toHaveLength(1);
  expect(failures).toEqual([]);
});

test("a failed job is reported and kept for another try", async () => {
  const jobs = await instance();
  await jobs.work("tidy", () => Promise.reject(new Error("no room")));
  await jobs.send("tidy");
  await until("the failure is reported", async () => failures[0] ?? undefined);
  expect(failures).toMatchObject([{ message: "no room" }]);
  const state = async () => (await rowsOf("select state from pgboss.job where name = 'tidy'"))[0]?.state;
  await until("it waits again", async () => (await state()) === "retry" || undefined);
});

test("a schedule of every instance exists once, and survives a restart", async () => {
  for (const jobs of [await instance(), await instance()]) {
    await jobs.work("tidy", () => Promise.resolve());
    await jobs.schedule("tidy", "7 * * * *");
  }
  for (const jobs of open.splice(0)) await jobs.stop();
  await instance();
  expect(await rowsOf("select name from pgboss.schedule")).toEqual([{ name: "tidy" }]);
});

test("a transaction of pg-boss that fails leaves no connection inside of it", async () => {
  const jobs = await instance();
  await database.db.query("alter table pgboss.queue rename column policy to gone");
  await expect(jobs.work("tidy", () => Promise.resolve())).rejects.toThrow();
  // As many as the pool has: a connection left inside would refuse (25P02).
  for (let count = 0; count < 12; count += 1) expect(await rowsOf("select 1 as name")).toEqual([{ name: 1 }]);
  await database.db.query("alter table pgboss.queue rename column gone to policy");
});

test("planned jobs begin after the start; stopped before, they leave nothing", async () => {
  const planned = [{ name: "tidy", cron: "7 * * * *", run: () => Promise.resolve() }];
  const deps = { db: database.db, clock: systemClock, failed: (error: unknown) => void failures.push(error) };
  const never = startJobs(deps, planned);
  await never.stop();
  expect(await rowsOf("select nspname as name from pg_namespace where nspname = 'pgboss'")).toEqual([]);
  const begun = startJobs(deps, planned, 0);
  const isPlanned = async () =>
    (await rowsOf("select to_regclass('pgboss.schedule') as name"))[0]?.name
      ? (await rowsOf("select name from pgboss.schedule"))[0]
      : undefined;
  await until("it is planned", isPlanned);
  await begun.stop();
  expect(failures).toEqual([]);
});
