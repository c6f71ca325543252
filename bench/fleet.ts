/**
 * How Sharekeeper scales with its fleet: import, reading of the listing, list and search, memory, and a burst
 * of removals, at several sizes. The whole run: `DATABASE_URL=postgres://… npm run bench:fleet -- --stages
 * 10000,100000,1000000`; without its burst `--burst 0`. It makes databases of its own and drops them.
 * Sharekeeper, Meta (emulated) and PostgreSQL share the machine: read the ratios between the sizes, not the
 * absolutes.
 */
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { openPostgresDatabase } from "../src/database/postgres-database.ts";
import { systemClock } from "../src/lib/clock.ts";
import { fleetIdOf } from "../test/support/fleet-seed.ts";
import { freshDatabase } from "../test/support/fresh-database.ts";
import { until } from "../test/support/until.ts";
import type { Usage, Reconciled } from "./fleet-child.ts";
import { measureClaims } from "./fleet-claims.ts";
import { at, growthOf, seconds, type Report } from "./fleet-figures.ts";
import { measureBurst, type Burst } from "./fleet-burst.ts";
import { call, liveThroughMonth, post, startMeta, startSharekeeper, type Process } from "./fleet-world.ts";

const { values } = parseArgs({
  options: {
    stages: { type: "string", default: "2000,10000" },
    burst: { type: "string", default: "10000" },
    seconds: { type: "string", default: "60" },
    probes: { type: "string", default: "100" },
    calls: { type: "string", default: "20" },
  },
});
const STAGES = values.stages.split(",").map(Number);
const MB = 2 ** 20;

type Row = Record<string, string>;
const columns: Row[] = [];

async function measure(count: number, report: Report): Promise<void> {
  const database = await freshDatabase();
  if (database === undefined) throw new Error("Set DATABASE_URL to a PostgreSQL server");
  const db = await openPostgresDatabase(database.url, systemClock);
  const meta = await startMeta(count);
  let one: Process | undefined;
  try {
    report(
      "load of the machine",
      loadavg()
        .map((each) => each.toFixed(1))
        .join(" "),
    );
    one = await importAll(count, database.url, meta, report);
    await one.stop();
    const lived = performance.now();
    await liveThroughMonth(db, systemClock.now());
    report("(making a month of probes, s)", seconds(performance.now() - lived));
    const [size] = await db.query<{ share: string; all: string; memory: number }>(
      `select pg_total_relation_size('share') as share, pg_database_size(current_database()) as all,
         (select avg(pg_column_size(record))::int
         from (select record from share limit 1000) as sample) as memory`,
    );
    report("database, MB per 100,000", perHundredThousand(Number(size?.all) / MB, count));
    report("of it the table share, MB per 100,000", perHundredThousand(Number(size?.share) / MB, count));
    report("one share's record, bytes", String(size?.memory));
    one = await startSharekeeper(database.url, meta.url);
    report("start, s", seconds(one.startMs));
    await measureMemory(one, count, report);
    await measureReconciliation(one, count, report);
    await measureCalls(one, count, report);
    await measureClaims(db, report);
    if (Number(values.burst) === 0) return;
    await measureBurst([one], meta, burstOf(count, 0), report);
    const two = await startSharekeeper(database.url, meta.url);
    try {
      await measureBurst([one, two], meta, burstOf(count, 1), report);
    } finally {
      await two.stop();
    }
  } finally {
    await one?.stop().catch(() => undefined);
    await meta.stop();
    await db.close();
    await database.drop();
  }
}

/** Every other WABA, from the first (0) or the second (1), as many as were asked for and at their pace. */
function burstOf(count: number, from: 0 | 1): Burst {
  const burstCount = Math.min(Number(values.burst), Math.floor(count / 2));
  const indexes = Array.from({ length: burstCount }, (_, nth) => 2 * nth + from);
  return { indexes, durationMs: (Number(values.seconds) * 1000 * burstCount) / Number(values.burst) };
}

/**
 * Over the API, as an operator does it. The listing at the start fails once: it would find the WABAs that the
 * import is to take in.
 */
async function importAll(
  count: number,
  databaseUrl: string,
  meta: Process,
  report: Report,
): Promise<Process> {
  const match = { path: "*/client_whatsapp_business_accounts" };
  await post(meta.pool, "/_emulator/faults", { match, respond: { status: 500 }, count: 1 });
  const one = await startSharekeeper(databaseUrl, meta.url);
  const before = await one.ask<Usage>({ what: "usage" });
  const from = performance.now();
  const begun = (await post(one.pool, "/api/v1/imports", {})).body as { id: string };
  const { value } = await until(
    "the import is over",
    async () => {
      const { body } = await call(one.pool, "GET", `/api/v1/imports/${begun.id}?result=invalid`);
      return body.ended_at === null ? undefined : body;
    },
    7_200_000,
  );
  const took = performance.now() - from;
  const after = await one.ask<Usage>({ what: "usage" });
  const { imported, adopted } = value.totals as { imported: number; adopted: number };
  if (value.state !== "done" || imported + adopted !== count) throw new Error(JSON.stringify(value.totals));
  report("import, s", seconds(took));
  report("import, s per 100,000", perHundredThousand(took / 1000, count));
  report("import, CPU s per 100,000", perHundredThousand((after.cpuMs - before.cpuMs) / 1000, count));
  report("import, RSS, MB", (after.rss / MB).toFixed(0));
  // What a probe costs, while the WABAs are still to be probed; the first one shows the others what a month
  // of probes writes.
  const probeMs = await one.ask<number>({ what: "probes", count: Number(values.probes) });
  report("one probe after the other, ms each", probeMs.toFixed(1));
  return one;
}

async function measureMemory(one: Process, count: number, report: Report): Promise<void> {
  const usage = await one.ask<Usage>({ what: "usage" });
  report("RSS after the start, MB", (usage.rss / MB).toFixed(0));
  report("heap after the start, MB per 100,000", perHundredThousand(usage.heap / MB, count));
  const gate = await one.ask<{ ms: number; heap: number }>({ what: "gate" });
  report("gate: loading, s per 100,000", perHundredThousand(gate.ms / 1000, count));
  report("gate: heap, MB per 100,000", perHundredThousand(gate.heap / MB, count));
}

async function measureReconciliation(one: Process, count: number, report: Report): Promise<void> {
  const { ms, cpuMs, peakBytes } = await one.ask<Reconciled>({ what: "reconcile" });
  report("reconciliation, s", seconds(ms));
  report("reconciliation, s per 100,000", perHundredThousand(ms / 1000, count));
  report("reconciliation, CPU s per 100,000", perHundredThousand(cpuMs / 1000, count));
  report("reconciliation, most that it holds, MB", (peakBytes / MB).toFixed(0));
}

/** Spread over the whole fleet, so that no cache of a few rows flatters the numbers. */
const spread = (nth: number, count: number): number => (nth * 7919) % count;

async function measureCalls(one: Process, count: number, report: Report): Promise<void> {
  const cursorOf = async (path: string): Promise<string> =>
    encodeURIComponent((await call(one.pool, "GET", path)).body.next_cursor);
  const deep = await cursorOf("/api/v1/wabas?limit=100");
  const calls: Record<string, (nth: number) => string> = {
    "list, first page": () => "/api/v1/wabas?limit=50",
    "list, next page": () => `/api/v1/wabas?limit=100&cursor=${deep}`,
    "list by name": () => "/api/v1/wabas?limit=50&sort=name",
    "list by last proof": () => "/api/v1/wabas?limit=50&sort=last_proven_at",
    "list, what is broken": () => "/api/v1/wabas?limit=50&broken=true",
    "list, one status": () => "/api/v1/wabas?limit=50&status=permission_removed",
    "list, one client's": (nth) => `/api/v1/wabas?limit=50&q=${fleetIdOf("51", spread(nth, count / 4))}`,
    "search: a WABA's id": (nth) => `/api/v1/wabas?limit=50&q=${fleetIdOf("10", spread(nth, count))}`,
    "search: a phone number": (nth) =>
      `/api/v1/wabas?limit=50&q=${encodeURIComponent(`+1 555 ${String(spread(nth, count)).padStart(7, "0")}`)}`,
    "search: a client's name": (nth) =>
      `/api/v1/wabas?limit=50&q=${encodeURIComponent(`Client ${spread(nth, count / 4) + 1}`)}`,
    "search: nothing found": (nth) => `/api/v1/wabas?limit=50&q=zebra${nth}`,
    "one WABA": (nth) => `/api/v1/wabas/${fleetIdOf("10", spread(nth, count))}`,
    overview: () => "/api/v1/overview",
    figures: () => "/api/v1/figures",
    clients: () => "/api/v1/clients?limit=50",
    "/metrics": () => "/metrics",
  };
  for (const [name, pathOf] of Object.entries(calls)) {
    const times: number[] = [];
    for (let nth = 0; nth < Number(values.calls); nth += 1) {
      times.push((await call(one.pool, "GET", pathOf(nth))).ms);
      if (times.reduce((sum, ms) => sum + ms, 0) > 30_000) break;
    }
    report(`${name}, p50 / p99 ms`, `${at(times, 0.5)} / ${at(times, 0.99)}`);
  }
}

const perHundredThousand = (amount: number, count: number): string => ((amount * 100_000) / count).toFixed(1);

function print(stages: readonly Row[]): void {
  const names = Object.keys(stages[0] ?? {});
  const head = ["what", ...STAGES.map((count) => `${count.toLocaleString("en-US")} WABAs`), "last / first"];
  console.log(`Node ${process.versions.node}, PostgreSQL, ${cpus().length} cores\n`);
  const lines = [
    head,
    head.map(() => "---"),
    ...names.map((name) => {
      const cells = stages.map((row) => row[name] ?? "");
      return [name, ...cells, growthOf(cells[0] ?? "", cells.at(-1) ?? "")];
    }),
  ];
  console.log(lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n"));
}

for (const count of STAGES) {
  const row: Row = {};
  columns.push(row);
  await measure(count, (name, value) => {
    row[name] = value;
    process.stderr.write(`${count}: ${name}: ${value}\n`);
  });
}
print(columns);
