/**
 * One app's fleet under the probe plan, in simulated time: the product's own plan and budget, Meta's limits,
 * no database and no network.
 */
import {
  admissionOf,
  BUDGET,
  flowOff,
  newBucket,
  type Admission,
  type Bucket,
} from "../src/sharing/budget/probe-budget.ts";
import { mustWrite, nextProbeAt } from "../src/sharing/rules/probe-plan.ts";
import { newShareRecord, newNumberRecord, type ShareRecord } from "../src/sharing/model/share-record.ts";
import { HOUR, MINUTE } from "../src/sharing/model/timings.ts";
import type { Random } from "../src/lib/random.ts";
import { DueQueue } from "./due-queue.ts";

export interface PlanInput {
  wabaCount: number;
  sweepPeriodMs: number;
  /** Probes under way at once, over all instances. */
  probesAtOnce: number;
  probeMs: number;
  /**
   * What Meta allows of questions about our own portfolio in an hour; null: it is not the app's limit that
   * binds.
   */
  appHourly: number | null;
  /** How long the import took: WABAs come in evenly over it. */
  importMs: number;
  random: Random;
}

export interface PlanResult {
  /** When every WABA was proven once, from the beginning of the import. */
  allProvenMs: number;
  /** The oldest proof that any WABA had just before its next probe, once all were proven. */
  oldestProofMs: number;
  probesPerS: number;
  /**
   * Of the WABA that used most of its bucket: that part of it, of those with the larger and with the smaller
   * limit.
   */
  bucketUsed: { registered: number; unregistered: number };
  postponedCount: number;
  /** The most that Meta's header said of the app, in percent. */
  appPercent: number;
}

/** Reads of one WABA in one probe, beside the control read of our own portfolio (probe-meta.ts). */
const READS = 4;
/** Every hundredth WABA has no registered number, and with it the smaller limit. */
const UNREGISTERED_EVERY = 100;
/** Rounds that are watched after all were proven once. */
const ROUNDS = 3;

const SWEEP = { urgent: false, byPerson: false };

/** What Meta counts in a rolling hour, by the minute. */
class RollingHour {
  readonly #minutes = new Float64Array(60);
  #minute = 0;
  #total = 0;

  count(now: number): number {
    for (const minute = Math.floor(now / MINUTE); this.#minute < minute;) {
      this.#minute += 1;
      this.#total -= this.#minutes[this.#minute % 60] ?? 0;
      this.#minutes[this.#minute % 60] = 0;
    }
    const at = this.#minute % 60;
    this.#minutes[at] = (this.#minutes[at] ?? 0) + 1;
    this.#total += 1;
    return this.#total;
  }
}

export class PlanWorld {
  readonly #input: PlanInput;
  readonly #queue: DueQueue;
  readonly #provenAt: Float64Array;
  readonly #writtenAt: Float64Array;
  readonly #buckets: Bucket[];
  readonly #hour = new RollingHour();
  #app = newBucket(0, 0);
  /**
   * When each of the probes under way ends; as all take equally long, the next to end is the one that began
   * first.
   */
  readonly #endsAt: Float64Array;
  #begun = 0;
  readonly #known: { registered: ShareRecord; unregistered: ShareRecord };
  readonly result: PlanResult = {
    allProvenMs: 0,
    oldestProofMs: 0,
    probesPerS: 0,
    bucketUsed: { registered: 0, unregistered: 0 },
    postponedCount: 0,
    appPercent: 0,
  };

  constructor(input: PlanInput) {
    const { wabaCount, sweepPeriodMs, random, importMs } = input;
    this.#input = input;
    this.#queue = new DueQueue(wabaCount);
    this.#provenAt = new Float64Array(wabaCount).fill(-1);
    this.#writtenAt = new Float64Array(wabaCount).fill(-Infinity);
    this.#endsAt = new Float64Array(input.probesAtOnce);
    this.#known = { registered: stableRecord(true), unregistered: stableRecord(false) };
    this.#buckets = Array.from({ length: wabaCount }, (_, id) =>
      newBucket(BUDGET.hourly[isRegistered(id) ? "registered" : "unregistered"], 0),
    );
    for (let id = 0; id < wabaCount; id += 1)
      this.#queue.push(id, (importMs * id) / wabaCount + random.next() * sweepPeriodMs);
  }

  /** Until every WABA was proven and then probed three times more, or as often as fits into `atMostMs`. */
  run(atMostMs: number): PlanResult {
    const { wabaCount } = this.#input;
    let unproven = wabaCount;
    let steadyProbes = 0;
    let now = 0;
    while (now < atMostMs && steadyProbes < ROUNDS * wabaCount) {
      const { id, dueAt } = this.#queue.pop();
      now = this.#openAt(Math.max(dueAt, this.#endsAt[this.#begun % this.#endsAt.length] ?? 0));
      const admission = this.#admit(id, now);
      if (!admission.ok) {
        this.result.postponedCount += 1;
        this.#queue.push(id, admission.at);
        continue;
      }
      const before = this.#provenAt[id] ?? -1;
      this.#probe(id, now);
      if (before < 0 && --unproven === 0) this.result.allProvenMs = now + this.#input.probeMs;
      if (unproven > 0) continue;
      steadyProbes += 1;
      // A gap that began before all were proven still belongs to the beginning.
      if (before >= this.result.allProvenMs)
        this.result.oldestProofMs = Math.max(this.result.oldestProofMs, now + this.#input.probeMs - before);
    }
    this.result.probesPerS = (1000 * steadyProbes) / (now - this.result.allProvenMs);
    return this.result;
  }

  /** While an app has no room its sweep waits as it is, in its order (sweep-shares.ts). */
  #openAt(now: number): number {
    const ofApp = admissionOf(this.#app, SWEEP, now);
    return ofApp.ok ? now : this.#openAt(ofApp.at);
  }

  #admit(id: number, now: number): Admission {
    this.#buckets[id] = flowOff(this.#bucketOf(id), now);
    return admissionOf(this.#bucketOf(id), SWEEP, now);
  }

  #probe(id: number, now: number): void {
    const { probeMs, sweepPeriodMs, appHourly, random } = this.#input;
    const record = this.#known[isRegistered(id) ? "registered" : "unregistered"];
    const write = { ...record.write, passedAt: this.#writtenAt[id] ?? 0 };
    const writes = mustWrite({ ...record, write }, now, "sweep");
    if (writes) this.#writtenAt[id] = now;
    this.#spend(id, READS + (writes ? 1 : 0));
    const count = this.#hour.count(now);
    if (appHourly !== null) this.#learn((100 * count) / appHourly, now);
    this.#endsAt[this.#begun % this.#endsAt.length] = now + probeMs;
    this.#begun += 1;
    this.#provenAt[id] = now;
    const nextAt = nextProbeAt({ ...record, probedAt: now }, now + probeMs, sweepPeriodMs, random.next());
    if (nextAt !== null) this.#queue.push(id, nextAt);
  }

  #spend(id: number, calls: number): void {
    const bucket = this.#bucketOf(id);
    bucket.spent += calls;
    const kind = isRegistered(id) ? "registered" : "unregistered";
    const part = bucket.spent / (bucket.hourly * BUDGET.used * BUDGET.burst);
    this.result.bucketUsed[kind] = Math.max(this.result.bucketUsed[kind], part);
  }

  #learn(percent: number, now: number): void {
    this.#app = { ...this.#app, at: now, percent, percentAt: now };
    this.result.appPercent = Math.max(this.result.appPercent, percent);
  }

  #bucketOf(id: number): Bucket {
    const bucket = this.#buckets[id];
    if (bucket === undefined) throw new Error(`No WABA ${id}`);
    return bucket;
  }
}

const isRegistered = (id: number): boolean => id % UNREGISTERED_EVERY !== 0;

/**
 * What is remembered of a WABA that stands and of which nothing is going on: the last row of the plan, or the
 * one for thrift.
 */
function stableRecord(registered: boolean): ShareRecord {
  const record = newShareRecord({ adoption: "adopted", origin: "import", now: -HOUR });
  record.dueProbes = [];
  record.write = { passedAt: null, mustPass: false, wanted: false };
  for (const fact of [record.facts.Shared, record.facts.FullControl]) fact.status = "True";
  const number = newNumberRecord("1", 0);
  number.facts.NumberConnected.status = registered ? "True" : "False";
  record.numbers = { number };
  return record;
}
