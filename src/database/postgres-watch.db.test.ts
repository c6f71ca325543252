import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openDatabaseLine, type DatabaseLine } from "../../test/instances/database-line.ts";
import { testDatabase, type TestDatabase } from "../../test/support/database.ts";
import { until } from "../../test/support/until.ts";
import { systemClock, type Clock } from "../lib/clock.ts";
import type { Database } from "./database.ts";
import { openPostgresDatabase } from "./postgres-database.ts";
import { answersInTime } from "./postgres-watch.ts";

/** The time limits suit networks: in this test a second of them takes 20 ms. */
const QUICK: Clock = { ...systemClock, pause: (ms, signal) => systemClock.pause(ms / 50, signal) };

describe.skipIf(!process.env.DATABASE_URL)("a database connection that stops answering", () => {
  let own: TestDatabase;
  let line: DatabaseLine;
  let db: Database;

  beforeEach(async () => {
    own = await testDatabase();
    const [here] = await own.db.query<{ name: string }>("select current_database() as name");
    const url = new URL(process.env.DATABASE_URL ?? "");
    url.pathname = `/${here?.name}`;
    line = await openDatabaseLine(url.href);
    db = await openPostgresDatabase(line.url, QUICK);
  });
  afterEach(async () => {
    line.cut();
    await db.close();
    await line.close();
    await own.drop();
  });

  test("a listener gets notices again, over a new connection", async () => {
    let notifiedCount = 0;
    await db.listen("box", () => (notifiedCount += 1));
    line.hush();
    line.repair();
    await until("a notice arrives", async () => {
      await own.db.query("notify box");
      return notifiedCount > 0 ? true : undefined;
    });
  });

  test("open queries end as unavailable, and no earlier connection is used again", async () => {
    await db.listen("box", () => undefined);
    // Several idle connections in the pool.
    await Promise.all([1, 2, 3].map(() => db.query("select pg_sleep(0.05)")));
    line.hush();
    const asked = [db.query("select 1"), db.transaction((tx) => tx.query("select 1"))];
    for (const ended of await Promise.allSettled(asked))
      expect(ended).toMatchObject({ status: "rejected", reason: { code: "unavailable" } });
    line.repair();
    await until("the database answers", () =>
      db.query<{ one: number }>("select 1 as one").then(
        ([row]) => (row?.one === 1 ? true : undefined),
        () => undefined,
      ),
    );
    for (let count = 0; count < 4; count += 1) await db.query("select 1");
  });
});

describe("whether a connection answers in time", () => {
  const over = new AbortController().signal;
  const never = (): Promise<never> => new Promise(() => undefined);

  test("a result and a refusal are answers; a timeout is not", async () => {
    const clock = { pause: () => Promise.resolve() };
    const patient = { pause: never };
    expect(await answersInTime({ query: () => Promise.resolve() } as never, patient, over)).toBe(true);
    expect(
      await answersInTime({ query: () => Promise.reject(new Error("no")) } as never, patient, over),
    ).toBe(true);
    expect(await answersInTime({ query: never } as never, clock, over)).toBe(false);
  });
});
