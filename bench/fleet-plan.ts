/**
 * The whole probe plan in simulated time: how long until each of N WABAs was proven once, how old the oldest
 * proof is from then on, what of Meta's limits is used, and how long an unannounced loss can stay undetected.
 * The plan, the budget and their numbers are the product's own pure functions; probes take a given time, and
 * the database costs nothing. `npm run bench:plan`
 */
import { loadavg } from "node:os";
import { seededRandom } from "../src/lib/random.ts";
import {
  LISTED_AT_ONCE,
  LISTING_RESTS,
  planPeriodMs,
  SWEEPS_AT_ONCE,
} from "../src/sharing/rules/probe-plan.ts";
import { spanOf } from "../src/reports/probe-plan-page.ts";
import {
  BAD_REPEAT,
  DAY,
  HOUR,
  PROBE_AT_MOST,
  MINUTE,
  SECOND,
  WRITE_EVERY,
} from "../src/sharing/model/timings.ts";
import { PlanWorld } from "./plan-world.ts";

/**
 * What is assumed of Meta: a probe is two rounds of questions at once (probe-meta.ts), a page of the listing
 * one.
 */
const ROUND_MS = 200;
const PROBE_MS = 2 * ROUND_MS;

interface Scenario {
  wabaCount: number;
  periodMs: number;
  instances: number;
  /** Of all apps together the fleet is split evenly; each has its own limit. */
  apps: number;
  appHourly: number | null;
}

const plain = { apps: 1, appHourly: null };
const SCENARIOS: Scenario[] = [
  { wabaCount: 10_000, periodMs: 300 * SECOND, instances: 1, ...plain },
  { wabaCount: 10_000, periodMs: 300 * SECOND, instances: 2, ...plain },
  { wabaCount: 100_000, periodMs: 300 * SECOND, instances: 1, ...plain },
  { wabaCount: 100_000, periodMs: 300 * SECOND, instances: 12, ...plain },
  { wabaCount: 100_000, periodMs: HOUR, instances: 1, ...plain },
  { wabaCount: 1_000_000, periodMs: 300 * SECOND, instances: 1, ...plain },
  { wabaCount: 1_000_000, periodMs: 300 * SECOND, instances: 120, ...plain },
  { wabaCount: 1_000_000, periodMs: HOUR, instances: 10, ...plain },
  { wabaCount: 1_000_000, periodMs: DAY, instances: 1, ...plain },
  { wabaCount: 1_000_000, periodMs: HOUR, instances: 10, apps: 1, appHourly: 1_000_000 },
  { wabaCount: 1_000_000, periodMs: HOUR, instances: 10, apps: 4, appHourly: 1_000_000 },
];

function simulate({ wabaCount, periodMs, instances, apps, appHourly }: Scenario): string[] {
  const listingMs = Math.ceil(wabaCount / apps / LISTED_AT_ONCE) * ROUND_MS;
  const world = new PlanWorld({
    wabaCount: Math.floor(wabaCount / apps),
    sweepPeriodMs: periodMs,
    probesAtOnce: Math.max(1, Math.floor((SWEEPS_AT_ONCE * instances) / apps)),
    probeMs: PROBE_MS,
    appHourly,
    importMs: listingMs,
    random: seededRandom(1),
  });
  const result = world.run(5 * DAY);
  const restMs = Math.max(planPeriodMs(1, periodMs), LISTING_RESTS * listingMs);
  const provenLost = BAD_REPEAT + 2 * PROBE_AT_MOST;
  const bySweepMs = result.oldestProofMs + provenLost;
  const byListingMs = 2 * listingMs + restMs + provenLost;
  const used = result.bucketUsed;
  return [
    wabaCount.toLocaleString("en-US"),
    spanOf(periodMs),
    String(instances),
    appHourly === null ? "none" : `${apps} × ${appHourly.toLocaleString("en-US")}`,
    reported(result.allProvenMs),
    reported(result.oldestProofMs),
    (result.probesPerS * apps).toFixed(0),
    `${percent(used.registered)} / ${percent(used.unregistered)}`,
    appHourly === null ? "" : `${result.appPercent.toFixed(0)} %`,
    reported(listingMs),
    `${reported(Math.min(bySweepMs, byListingMs))}, ${bySweepMs < byListingMs ? "sweep" : "listing"}`,
    reported(WRITE_EVERY + bySweepMs),
  ];
}

const percent = (part: number): string => `${(100 * part).toFixed(part < 0.1 ? 1 : 0)} %`;

/** To the second, above an hour to the minute. */
const reported = (ms: number): string => {
  const unit = ms < 2 * MINUTE ? SECOND / 10 : ms < HOUR ? SECOND : MINUTE;
  return spanOf(Math.round(ms / unit) * unit);
};

const HEAD = [
  "WABAs",
  "SWEEP_PERIOD_S",
  "instances",
  "limit of our own portfolio, calls an hour",
  "all proven once after",
  "oldest proof from then on",
  "probes a second",
  "most of a WABA's bucket, of 5,000 / of 200",
  "most of the app's limit",
  "one reading of the listing",
  "unannounced removal, at worst",
  "unannounced downgrade, at worst",
];

const load = loadavg().map((each) => each.toFixed(1));
console.log(`Node ${process.versions.node}, load ${load.join(" ")}\n`);
for (const cells of [HEAD, HEAD.map(() => "---")]) console.log(`| ${cells.join(" | ")} |`);
for (const scenario of SCENARIOS) console.log(`| ${simulate(scenario).join(" | ")} |`);
