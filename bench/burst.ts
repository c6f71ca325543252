/**
 * A burst of removals, at any size: `DATABASE_URL=postgres://… npm run bench:burst -- --wabas 20000
 * --removals 10000 --seconds 60 --instances 1,2`. Each burst removes other WABAs. Afterwards the losses are
 * counted: one open loss for each removal, and none elsewhere. With `--reopen N`, N of the clients share
 * again, and their gates must open.
 */
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import type { Database } from "../src/database/database.ts";
import { openPostgresDatabase } from "../src/database/postgres-database.ts";
import { systemClock } from "../src/lib/clock.ts";
import { freshDatabase } from "../test/support/fresh-database.ts";
import { until } from "../test/support/until.ts";
import { measureReturn, measureBurst, type Burst } from "./fleet-burst.ts";
import { call, liveThroughMonth, post, startMeta, startSharekeeper, type Process } from "./fleet-world.ts";

const { values } = parseArgs({
  options: {
    wabas: { type: "string", default: "2000" },
    removals: { type: "string", default: "500" },
    seconds: { type: "string", default: "3" },
    instances: { type: "string", default: "1,2" },
    reopen: { type: "string", default: "0" },
  },
});
const WABAS = Number(values.wabas);
const REMOVALS = Number(values.removals);
const INSTANCES = values.instances.split(",").map(Number);
if (REMOVALS * INSTANCES.length > WABAS)
  throw new Error(
    `${INSTANCES.length} bursts of ${REMOVALS} removals need more than ${WABAS} WABAs: raise --wabas`,
  );

const report = (name: string, value: string): void => console.log(`| ${name} | ${value} |`);
const load = (): string =>
  loadavg()
    .map((each) => each.toFixed(1))
    .join(" ");

async function measure(databaseUrl: string, db: Database): Promise<void> {
  const meta = await startMeta(WABAS);
  const instances: Process[] = [];
  try {
    await importAll(databaseUrl, meta);
    await liveThroughMonth(db, systemClock.now());
    await forgetRecentRepairs(db);
    for (const [turn, instanceCount] of INSTANCES.entries()) {
      while (instances.length > instanceCount) await instances.pop()?.stop();
      while (instances.length < instanceCount) instances.push(await startSharekeeper(databaseUrl, meta.url));
      report("load of the machine", load());
      const burst = burstOf(turn);
      await measureBurst(instances, meta, burst, report);
      await requireOneLossEach(db, (turn + 1) * REMOVALS - turn * Number(values.reopen));
      // A coexistence account comes back by a signup only.
      const returning = {
        ...burst,
        indexes: burst.indexes.filter((index) => index % 10 !== 9).slice(0, Number(values.reopen)),
      };
      if (returning.indexes.length > 0) await measureReturn(instances, meta, returning, report);
    }
  } finally {
    for (const app of instances) await app.stop().catch(() => undefined);
    await meta.stop();
  }
}

/** Spread evenly over the fleet, other WABAs in each run. */
function burstOf(turn: number): Burst {
  const every = Math.floor(WABAS / REMOVALS);
  const apart = Math.floor(every / INSTANCES.length);
  const indexes = Array.from({ length: REMOVALS }, (_, nth) => nth * every + turn * apart);
  return { indexes, durationMs: Number(values.seconds) * 1000 };
}

/** The listing at the start fails once: it would find the WABAs that the import is to take in. */
async function importAll(databaseUrl: string, meta: Process): Promise<void> {
  const match = { path: "*/client_whatsapp_business_accounts" };
  await post(meta.pool, "/_emulator/faults", { match, respond: { status: 500 }, count: 1 });
  const one = await startSharekeeper(databaseUrl, meta.url);
  const begun = (await post(one.pool, "/api/v1/imports", {})).body as { id: string };
  const isOver = async (): Promise<true | undefined> =>
    (await call(one.pool, "GET", `/api/v1/imports/${begun.id}?result=invalid`)).body.ended_at === null
      ? undefined
      : true;
  await until("the import is over", isOver, 7_200_000);
  // What a probe writes, for the past month of the others.
  await one.ask({ what: "probes", count: 20 });
  await one.stop();
}

/**
 * Within a week of a repair a notice closes only after a probe: the probed WABAs get a past month as well.
 */
async function forgetRecentRepairs(db: Database): Promise<void> {
  await db.query(
    `update share set record = jsonb_set(record, '{repair,at}', to_jsonb($1::bigint))
      where (record #>> '{repair,at}')::bigint > $1`,
    [systemClock.now() - 30 * 86_400_000],
  );
}

async function requireOneLossEach(db: Database, expected: number): Promise<void> {
  const [found] = await db.query<{ open: number; all: number; assets: number }>(
    `select count(*) filter (where ended_at is null)::int as open, count(*)::int as all,
      count(distinct asset_id)::int as assets
     from episode`,
  );
  const waiting = await db.query("select 1 from inbox where processed_at is null limit 1");
  report("losses: open, all, WABAs", `${found?.open} ${found?.all} ${found?.assets}`);
  if (found?.open !== expected || found.all !== found.assets || waiting.length > 0)
    throw new Error(`${expected} open losses were expected, one for each WABA, and an empty inbox`);
}

const database = await freshDatabase();
if (database === undefined) throw new Error("Set DATABASE_URL to a PostgreSQL server");
const db = await openPostgresDatabase(database.url, systemClock);
console.log(`${WABAS} WABAs, Node ${process.versions.node}, PostgreSQL, ${cpus().length} cores\n`);
try {
  await measure(database.url, db);
} finally {
  await db.close();
  await database.drop();
}
