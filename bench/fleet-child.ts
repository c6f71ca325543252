/** The measured process: a whole Sharekeeper, and the internal figures that the bench reads. */
import { join } from "node:path";
import { tmpdir } from "node:os";
import { pino } from "pino";
import { startApp } from "../src/app.ts";
import { parseConfig } from "../src/config/parse-config.ts";
import { openPostgresDatabase } from "../src/database/postgres-database.ts";
import { systemClock } from "../src/lib/clock.ts";
import { systemRandom } from "../src/lib/random.ts";
import { GateCache } from "../src/sharing/gate/gate-cache.ts";
import { readGatedShares } from "../src/sharing/gate/gate-store.ts";
import { verifyShare } from "../src/sharing/probe/verify-share.ts";
import { reconcileShared } from "../src/sharing/reconcile/reconcile-shared.ts";

export type Ask =
  | { what: "usage" }
  | { what: "reconcile" }
  | { what: "probes"; count: number }
  | { what: "watch"; phoneNumberIds: string[]; decision: "open" | "closed" }
  | { what: "seen" };

export interface Usage {
  cpuMs: number;
  rss: number;
  heap: number;
}

const startedAt = performance.now();
// The sweep is so rare that no probe runs while something else is measured: of a million in a day, the
// longest that the setting admits, there would be twelve a second.
const config = { ...parseConfig(process.env, "sandbox"), sweepPeriodMs: 100 * 86_400_000 };
const log = pino({ name: "bench", level: "error" }, pino.destination(2));
const app = await startApp(config, {
  clock: systemClock,
  random: systemRandom,
  log,
  version: "0.0.0",
  hubDir: join(tmpdir(), "no-hub"),
  sandbox: null,
});
/** When each watched gate was first seen as it was to be, wall clock; polled every 5 ms. */
const seenAt = new Map<string, number>();
let waiting = new Set<string>();
let wanted: "open" | "closed" = "closed";
let watching: NodeJS.Timeout | undefined;

function usage(): Usage {
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  return { cpuMs: cpuMsNow(), rss, heap: heapUsed };
}

async function answer(ask: Ask): Promise<unknown> {
  switch (ask.what) {
    case "usage":
      return usage();
    case "reconcile":
      return measureReconciliation();
    case "probes": {
      const shares = await readGatedShares(app.deps.db, "", ask.count);
      const from = performance.now();
      for (const { assetId } of shares) await verifyShare(app.deps, { assetId, trigger: "sweep" });
      return (performance.now() - from) / shares.length;
    }
    case "watch":
      waiting = new Set(ask.phoneNumberIds);
      wanted = ask.decision;
      seenAt.clear();
      clearInterval(watching);
      watching = setInterval(sample, 5).unref();
      return null;
    case "seen":
      return [...seenAt];
  }
}

/**
 * Asking for ten thousand gates every 5 ms would be a load of its own: the next two hundred in the order of
 * the burst are enough.
 */
const SAMPLED_AT_ONCE = 200;

function sample(): void {
  const now = performance.timeOrigin + performance.now();
  let sampledCount = 0;
  for (const id of waiting) {
    if (++sampledCount > SAMPLED_AT_ONCE) return;
    if (app.gate.findByPhone(id)?.verdict.decision !== wanted) continue;
    seenAt.set(id, now);
    waiting.delete(id);
  }
}

/**
 * The collector runs at each sample, so that what is found is what is held; its cost does not count for the
 * reading of the listing.
 */
const HEAP_SAMPLE_MS = 5000;

export interface Reconciled {
  ms: number;
  cpuMs: number;
  /** The most that was held beside what was held before, heap and typed arrays. */
  peakBytes: number;
}

async function measureReconciliation(): Promise<Reconciled> {
  const before = held();
  const sampled = { ms: 0, cpuMs: 0, peak: before };
  const timer = setInterval(() => {
    const [from, cpuFrom] = [performance.now(), cpuMsNow()];
    sampled.peak = Math.max(sampled.peak, held());
    sampled.ms += performance.now() - from;
    sampled.cpuMs += cpuMsNow() - cpuFrom;
  }, HEAP_SAMPLE_MS);
  const [from, cpuFrom] = [performance.now(), cpuMsNow()];
  await reconcileShared(app.deps, app.account);
  const took = { ms: performance.now() - from - sampled.ms, cpuMs: cpuMsNow() - cpuFrom - sampled.cpuMs };
  clearInterval(timer);
  return { ...took, peakBytes: sampled.peak - before };
}

function held(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function cpuMsNow(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** What the gate's memory alone takes and how long it loads: beside the app's own, in the same process. */
async function gateCost(): Promise<{ ms: number; heap: number }> {
  const { databaseUrl } = config;
  if (databaseUrl === undefined) throw new Error("The bench runs on PostgreSQL");
  const db = await openPostgresDatabase(databaseUrl, systemClock);
  const before = usage().heap;
  const from = performance.now();
  const cache = new GateCache(db, systemClock, config.partnerName);
  await cache.load();
  const ms = performance.now() - from;
  const heap = usage().heap - before;
  await db.close();
  // Held until it was weighed.
  return { ms, heap: cache.shareCount() > 0 ? heap : 0 };
}

process.on("message", (ask: Ask | { what: "gate" } | { what: "stop" }) => {
  if (ask.what === "stop") return void app.stop().then(() => process.exit(0));
  const answered = ask.what === "gate" ? gateCost() : answer(ask);
  answered.then(
    (value) => process.send?.({ value }),
    (error: unknown) => process.send?.({ error: String((error as Error).stack) }),
  );
});
process.on("disconnect", () => process.exit(0));
process.send?.({ value: { startMs: performance.now() - startedAt, port: app.port } });
