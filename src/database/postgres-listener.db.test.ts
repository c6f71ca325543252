import { afterEach, beforeEach, expect, test } from "vitest";
import { testDatabase } from "../../test/support/database.ts";
import type { TestDatabase } from "../../test/support/database.ts";
import { systemClock } from "../lib/clock.ts";
import { openPostgresDatabase } from "./postgres-database.ts";

let own: TestDatabase;
beforeEach(async () => void (own = await testDatabase()));
afterEach(() => own.drop());

test.skipIf(!process.env.DATABASE_URL)("a listener whose connection broke gets notices again", async () => {
  const [here] = await own.db.query<{ name: string }>("select current_database() as name");
  const url = new URL(process.env.DATABASE_URL ?? "");
  url.pathname = `/${here?.name}`;
  const quick = { ...systemClock, pause: (ms: number, end?: AbortSignal) => systemClock.pause(ms / 50, end) };
  const db = await openPostgresDatabase(url.href, quick);
  let notifiedCount = 0;
  let resumedCount = 0;
  const count = (): void => void (notifiedCount += 1);
  await db.listen("box", count, () => (resumedCount += 1));
  expect(resumedCount).toBe(0);
  const broken = await own.db.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
      where query ilike 'listen%' and datname = current_database()`,
  );
  expect(broken).toHaveLength(1);
  for (let round = 0; round < 2_000 && notifiedCount === 0; round += 1) await own.db.query("notify box");
  expect(notifiedCount).toBeGreaterThan(0);
  expect(resumedCount).toBe(1);
  await db.close();
});
