/**
 * 100,000 deliveries to 1,000 endpoints, once with all of them healthy and once with 5 % that are dead and
 * 5 % that are slow. All events of a round happen at one moment, as in an outage at Meta. What is read off:
 * how much later the healthy endpoints have their events because of the sick. The rounds are interleaved. The
 * deliverer is the product's, with its loop, its database and its rendering; the receivers are one process.
 * Nothing is asserted.
 *
 * DATABASE_URL=… npm run bench:delivery [-- --deliveries 100000 --rounds 2]; without it, embedded.
 */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cpus, loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { pino } from "pino";
import { createTestApp, type TestApp } from "../test/support/create-test-app.ts";
import { openAllowedNetworks } from "../src/delivery/allowed-networks.ts";
import { createDeliverer } from "../src/delivery/deliver-webhooks.ts";
import { insertEndpoint } from "../src/delivery/endpoint-store.ts";
import { openWebhookWire } from "../src/delivery/open-webhook-wire.ts";
import { newSecret } from "../src/delivery/webhook-signature.ts";
import { renderOutbound } from "../src/http/api/events/render-outbound.ts";
import { contextOf } from "../src/http/api/wabas/get-waba.ts";
import { httpSettingsOf } from "../src/http/server/http-settings.ts";
import { systemClock } from "../src/lib/clock.ts";
import { startLoop } from "../src/lib/loop.ts";
import { systemRandom } from "../src/lib/random.ts";
import { startStopwatch } from "../src/lib/stopwatch.ts";
import { ENDPOINTS, SICK_COUNT, type Order, type Report } from "./delivery-plan.ts";

const { values } = parseArgs({
  options: {
    deliveries: { type: "string", default: "100000" },
    rounds: { type: "string", default: "2" },
  },
});
const ROUNDS = Number(values.rounds);
/** The deliveries of one way over all rounds are the ones that were asked for. */
const LINES = Math.max(1, Math.round(Number(values.deliveries) / ENDPOINTS / ROUNDS));
const HEALTHY = LINES * (ENDPOINTS - SICK_COUNT);
const PATIENCE_MS = 300_000;
const MB = 1_048_576;

interface Round {
  delays: number[];
  perSecond: number;
  rss: number;
  heap: number;
}

const load = (): string =>
  loadavg()
    .map((each) => each.toFixed(2))
    .join(" ");

const loadBefore = load();
const app = await createTestApp();
const { child, ports } = await openReceivers();
const rssBefore = Math.round(process.memoryUsage().rss / MB);
const rounds = { healthy: [] as Round[], sick: [] as Round[] };
try {
  await openEndpoints(app, ports);
  // One short round of each warms up.
  await measure(false, 2);
  for (let nth = 1; nth <= ROUNDS; nth += 1) {
    rounds.healthy.push(await measure(false, LINES));
    rounds.sick.push(await measure(true, LINES));
    process.stderr.write(`\r${nth}/${ROUNDS}`);
  }
  process.stderr.write("\n");
  await print();
} finally {
  child.disconnect();
  await app.stop();
}

async function openReceivers(): Promise<{ child: ChildProcess; ports: number[] }> {
  const receivers = fork(fileURLToPath(new URL("delivery-receiver.ts", import.meta.url)));
  const [opened] = (await once(receivers, "message")) as [{ ports: number[] }];
  return { child: receivers, ports: opened.ports };
}

async function ask(order: Order): Promise<Report> {
  child.send(order);
  const [report] = (await once(child, "message")) as [Report];
  return report;
}

async function openEndpoints({ database: { db }, deps }: TestApp, at: readonly number[]): Promise<void> {
  for (const [nth, each] of at.entries()) {
    const current = newSecret("hmac-sha256", systemRandom);
    const endpoint = {
      ...{ id: `whe_bench${String(nth).padStart(4, "0")}`, url: `http://127.0.0.1:${each}/` },
      ...{ description: "", eventTypes: ["waba.share.lost"], clientIds: null, tags: null },
      ...({ algorithm: "hmac-sha256", state: "enabled", disabledWhy: null, failingSince: null } as const),
      ...{ version: 1, createdAt: Date.now(), createdBy: "bench" },
    };
    const secrets = { current, previous: null, previousUntil: null, headers: {} };
    await insertEndpoint(db, deps.keyring, endpoint, secrets);
  }
}

/** As many lines of the journal as wanted, all at this moment, each of one of the seeded WABAs. */
async function happen({ database: { db } }: TestApp, count: number): Promise<void> {
  await db.query(
    `with line as (select distinct on (asset_id) * from journal order by asset_id, seq desc)
     insert into journal (seq, connection_id, asset_id, type, at, sequence, actor, data)
     select nextval('journal_seq'), connection_id, asset_id, 'waba.share.lost', $1, sequence + n, 'system',
       data
     from (select n, (select count(*) from line) as wabas from generate_series(0, $2::int - 1) n) numbered
     join (select *, row_number() over (order by asset_id) - 1 as nth from line) line on nth = n % wabas`,
    [new Date(), count],
  );
}

async function measure(areSick: boolean, lines: number): Promise<Round> {
  const { db } = app.database;
  await db.query("delete from webhook_delivery");
  await db.query("update webhook_endpoint set failing_since = null, warned_percent = 0");
  await db.query(db.kind === "embedded" ? "analyze" : "vacuum analyze");
  await ask({ areSick });
  const wire = openWebhookWire({ clock: systemClock, networks: openAllowedNetworks(["127.0.0.1"]) });
  const settings = httpSettingsOf(app.config, { version: "0.0.0", hubDir: "", sandbox: null });
  const log = pino({ level: "error" });
  const deliverer = createDeliverer({
    ...{ db, clock: systemClock, random: systemRandom, log, keyring: app.deps.keyring, wire },
    renderEvents: renderOutbound(
      db,
      () => contextOf({ settings, clock: systemClock }),
      () => Promise.resolve(new Map()),
    ),
    wake: () => loop.wake(),
  });
  await happen(app, lines);
  const elapsedMs = startStopwatch();
  const loop = startLoop(systemClock, {
    ...{ name: "deliveries", everyMs: 30_000, run: () => deliverer.turn() },
    failed: (error) => log.error({ err: error }, "a turn failed"),
  });
  try {
    const { rss, heap } = await untilDelivered(lines * (ENDPOINTS - SICK_COUNT), elapsedMs);
    const seconds = elapsedMs() / 1000;
    const { delays = [], sickCount } = await ask({ isEnd: true });
    return { delays, perSecond: (delays.length + (areSick ? 0 : sickCount)) / seconds, rss, heap };
  } finally {
    await loop.stop();
    await deliverer.drain();
    await wire.close();
  }
}

/** Samples the memory meanwhile. @throws when it takes too long */
async function untilDelivered(
  count: number,
  elapsedMs: () => number,
): Promise<{ rss: number; heap: number }> {
  const most = { rss: 0, heap: 0 };
  while ((await ask({})).healthyCount < count) {
    if (elapsedMs() > PATIENCE_MS) throw new Error(`Not delivered after ${PATIENCE_MS / 1000} s`);
    const { rss, heapUsed } = process.memoryUsage();
    most.rss = Math.max(most.rss, rss);
    most.heap = Math.max(most.heap, heapUsed);
    await systemClock.pause(50);
  }
  return most;
}

async function print(): Promise<void> {
  const [row] = await app.database.db.query<{ version: string }>(
    "select current_setting('server_version') as version",
  );
  const database = app.database.db.kind === "embedded" ? "embedded" : `PostgreSQL ${row?.version ?? ""}`;
  console.log(
    `${database}, ${LINES * ROUNDS * ENDPOINTS} deliveries each way to ${ENDPOINTS} endpoints, ` +
      `${ROUNDS} interleaved rounds of ${LINES * ENDPOINTS}, ` +
      `Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model ?? ""}), load before ${loadBefore}, after ${load()}\n`,
  );
  console.log("| endpoints | deliveries/s | p50 delay | p99 delay | most | most RSS | most heap |");
  console.log("| --- | --- | --- | --- | --- | --- | --- |");
  const p99 = { healthy: [] as number[], sick: [] as number[] };
  for (const [name, label] of [
    ["healthy", "all healthy"],
    ["sick", "5 % dead, 5 % slow: the healthy ones"],
  ] as const) {
    const all = rounds[name].flatMap(({ delays }) => delays).sort((a, b) => a - b);
    p99[name] = rounds[name].map(({ delays }) =>
      at(
        delays.toSorted((a, b) => a - b),
        0.99,
      ),
    );
    const seconds = [0.5, 0.99, 1].map((part) => `${(at(all, part) / 1000).toFixed(2)} s`);
    const perSecond = Math.round(median(rounds[name].map((round) => round.perSecond)));
    const memory = (["rss", "heap"] as const).map(
      (what) => `${Math.round(Math.max(...rounds[name].map((round) => round[what])) / MB)} MB`,
    );
    console.log(`| ${[label, perSecond.toLocaleString("en"), ...seconds, ...memory].join(" | ")} |`);
  }
  const ratios = p99.sick.map((ms, nth) => ms / (p99.healthy[nth] ?? ms));
  console.log(
    `\np99 with the sick to p99 without, by round: ${ratios.map((ratio) => ratio.toFixed(2)).join(", ")}; ` +
      `median ${median(ratios).toFixed(2)}; deliveries to healthy endpoints each round: ${HEALTHY}; ` +
      `RSS before the first ${rssBefore} MB`,
  );
}

function at(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}

function median(values_: readonly number[]): number {
  return at(
    values_.toSorted((a, b) => a - b),
    0.5,
  );
}
