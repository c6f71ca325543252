/**
 * What the figures of the overview and of /metrics cost with many WABAs and as many losses in one year: the
 * queries as the server asks them, on generated rows, freshly vacuumed and again after a tenth of the shares
 * was proven anew, as a sweep does. Nothing is asserted.
 *
 * DATABASE_URL=… node bench/figures.ts [rows]; on PostgreSQL, in a database of its own.
 */
import { readEpisodeFigures } from "../src/reports/episode-figures-store.ts";
import { createEpisodeTotals } from "../src/reports/create-episode-totals.ts";
import { findOldestLiveProof, readProofAges } from "../src/reports/share-figures-store.ts";
import { startStopwatch } from "../src/lib/stopwatch.ts";
import { StatusTally } from "../src/sharing/status/status-tally.ts";
import { testDatabase } from "../test/support/database.ts";

const ROWS = Number(process.argv[2] ?? 200_000);
const ROUNDS = 5;
const DAY_MS = 86_400_000;

const database = await testDatabase();
const { db } = database;
try {
  await generate();
  await db.query("vacuum analyze");
  await measure("vacuumed");
  await db.query("update share set last_proven_at = now(), version = version + 1 where random() < 0.1");
  await measure("a tenth proven anew");
  measureTally();
} finally {
  await database.drop();
}

async function generate(): Promise<void> {
  const fill = (text: string): Promise<unknown> => db.query(text.replaceAll("$ROWS", String(ROWS)));
  await fill("insert into connection values ('default','1','2','3','v25.0','{}',null,'enforce')");
  await fill("insert into client (id, connection_id, name) values ('cli_1','default','c')");
  await fill(`insert into asset (id, connection_id, client_id, name, created_at)
    select 'ast_'||i, 'default', 'cli_1', 'w', now() from generate_series(1, $ROWS) i`);
  await fill(`insert into share (asset_id, connection_id, record, kind, status, severity, who_must_act, since,
    last_proven_at, next_probe_at)
    select 'ast_'||i, 'default',
      jsonb_build_object('facts', (select jsonb_object_agg('Condition'||k, jsonb_build_object('status','True',
        'reason','proven','source','probe','at',1763800000000+i,
         'since',1763800000000+i*7,'probedAt',1763800000000+i*11))
        from generate_series(1,8) k)), 'platform', case when i%20=0 then 'permission_removed'
          else 'live' end, 8,
      case when i%20=0 then 'client' else 'nobody' end, now(), now() - random()*interval '1 day',
        now() + random()*interval '1 day'
    from generate_series(1, $ROWS) i`);
  await fill(`insert into episode (connection_id, asset_id, condition, reason, how, closed_at, detection_ms,
    receipt_ms, ended_at, outcome,
      resume_how, resume_ms)
    select 'default', 'ast_'||i, 'Shared', 'partner_removed', case when i%3=0 then 'probed'
      else 'announced' end, at, random()*20000,
      case when i%3=0 then null else 50 end, at + interval '1 hour', case when i%50=0 then 'refuted'
        else 'reopened' end,
      case when i%50=0 then null else 'announced' end, case when i%50=0 then null else random()*60000 end
    from (select i, now() - interval '1 hour' - random()*interval '365 days' as at
    from generate_series(1, $ROWS) i) losses`);
}

async function measure(state: string): Promise<void> {
  const now = Date.now();
  const month = { since: now - 30 * DAY_MS, until: now };
  const totals = createEpisodeTotals(db);
  const first = startStopwatch();
  await totals(now);
  report(state, "/metrics: all losses ever, first scrape", [first()]);
  await time(state, "/metrics: all losses ever, next scrapes", () => totals(now));
  await time(state, "losses and repairs of 30 days", () => readEpisodeFigures(db, month));
  await time(state, "oldest proof", () => findOldestLiveProof(db));
  await time(state, "age of proofs", () => readProofAges(db, { now, shareCount: ROWS }));
  await time(state, "what it replaced: the statuses counted in the table", () =>
    db.query("select status, who_must_act, count(*), min(last_proven_at) from share group by 1, 2"),
  );
}

async function time(state: string, what: string, work: () => Promise<unknown>): Promise<void> {
  const taken: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const watch = startStopwatch();
    await work();
    taken.push(watch());
  }
  report(state, what, taken);
}

function report(state: string, what: string, taken: number[]): void {
  const sorted = taken.sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  process.stdout.write(
    `| ${state} | ${what} | ${median.toFixed(1)} | ${(sorted.at(-1) ?? 0).toFixed(1)} |\n`,
  );
}

/** The statuses in memory: what they weigh, and what asking costs. */
function measureTally(): void {
  const heap = (): number => process.memoryUsage().heapUsed;
  const ids = Array.from({ length: ROWS }, (_, index) => `ast_${index}`);
  const before = heap();
  const tally = new StatusTally();
  for (const id of ids) tally.put(id, { status: "live", whoMustAct: "nobody" });
  const mb = (heap() - before) / 1e6;
  const watch = startStopwatch();
  tally.counts();
  report("in memory", `statuses counted as they change, ${mb.toFixed(0)} MB`, [watch()]);
}
