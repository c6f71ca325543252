/** One app's fleet under the probe plan, in simulated time: the product's own plan and budget, Meta's limits, no database and no network. */
import {
  admissionOf,
  BUDGET,
  flowOff,
  newBucket,
  type Admission,
  type Bucket,
} from "../src/sharing/budget/probe-budget.ts";
import { mustWrite, nextLookAt } from "../src/sharing/rules/probe-plan.ts";
import { newMemory, newNumberMemory, type ShareMemory } from "../src/sharing/model/share-record.ts";
import { HOUR, MINUTE } from "../src/sharing/model/timings.ts";
import type { Random } from "../src/lib/random.ts";
import { DueQueue } from "./due-queue.ts";

export interface PlanInput {
  wabaCount: number;
  sweepPeriodMs: number;
  /** Looks under way at once, over all instances. */
  looksAtOnce: number;
  lookMs: number;
  /** What Meta allows of questions about our own portfolio in an hour; null: it is not the app's limit that binds. */
  appHourly: number | null;
  /** How long the import took: WABAs come in evenly over it. */
  importMs: number;
  random: Random;
}

export interface PlanResult {
  /** When every WABA was proven once, from the beginning of the import. */
  allProvenMs: number;
  /** The oldest proof that any WABA had just before its next look, once all were proven. */
  oldestProofMs: number;
  looksPerS: number;
  /** Of the WABA that used most of its bucket: that part of it, of those with the larger and with the smaller limit. */
  bucketUsed: { registered: number; unregistered: number };
  postponedCount: number;
  /** The most that Meta's header said of the app, in percent. */
  appPercent: number;
}

/** Reads of one WABA in one look, beside the control read of our own portfolio (probe-meta.ts). */
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
  /** When each of the looks under way ends; as all take equally long, the next to end is the one that began first. */
  readonly #endsAt: Float64Array;
  #begun = 0;
  readonly #known: { registered: ShareMemory; unregistered: ShareMemory };
  readonly result: PlanResult = {
    allProvenMs: 0,
    oldestProofMs: 0,
    looksPerS: 0,
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
    this.#endsAt = new Float64Array(input.looksAtOnce);
    this.#known = { registered: stableMemory(true), unregistered: stableMemory(false) };
    this.#buckets = Array.from({ length: wabaCount }, (_, id) =>
      newBucket(BUDGET.hourly[isRegistered(id) ? "registered" : "unregistered"], 0),
    );
    for (let id = 0; id < wabaCount; id += 1)
      this.#queue.push(id, (importMs * id) / wabaCount + random.next() * sweepPeriodMs);
  }

  /** Until every WABA was proven and then looked at three times more, or as often as fits into `atMostMs`. */
  run(atMostMs: number): PlanResult {
    const { wabaCount } = this.#input;
    let unproven = wabaCount;
    let steadyLooks = 0;
    let now = 0;
    while (now < atMostMs && steadyLooks < ROUNDS * wabaCount) {
      const { id, dueAt } = this.#queue.pop();
      now = this.#openAt(Math.max(dueAt, this.#endsAt[this.#begun % this.#endsAt.length] ?? 0));
      const admission = this.#admit(id, now);
      if (!admission.ok) {
        this.result.postponedCount += 1;
        this.#queue.push(id, admission.at);
        continue;
      }
      const before = this.#provenAt[id] ?? -1;
      this.#look(id, now);
      if (before < 0 && --unproven === 0) this.result.allProvenMs = now + this.#input.lookMs;
      if (unproven > 0) continue;
      steadyLooks += 1;
      // A gap that began before all were proven still belongs to the beginning.
      if (before >= this.result.allProvenMs)
        this.result.oldestProofMs = Math.max(this.result.oldestProofMs, now + this.#input.lookMs - before);
    }
    this.result.looksPerS = (1000 * steadyLooks) / (now - this.result.allProvenMs);
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

  #look(id: number, now: number): void {
    const { lookMs, sweepPeriodMs, appHourly, random } = this.#input;
    const memory = this.#known[isRegistered(id) ? "registered" : "unregistered"];
    const write = { ...memory.write, passedAt: this.#writtenAt[id] ?? 0 };
    const writes = mustWrite({ ...memory, write }, now, "sweep");
    if (writes) this.#writtenAt[id] = now;
    this.#spend(id, READS + (writes ? 1 : 0));
    const count = this.#hour.count(now);
    if (appHourly !== null) this.#learn((100 * count) / appHourly, now);
    this.#endsAt[this.#begun % this.#endsAt.length] = now + lookMs;
    this.#begun += 1;
    this.#provenAt[id] = now;
    const nextAt = nextLookAt({ ...memory, lookedAt: now }, now + lookMs, sweepPeriodMs, random.next());
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

/** What is remembered of a WABA that stands and of which nothing is going on: the last row of the plan, or the one for thrift. */
function stableMemory(registered: boolean): ShareMemory {
  const memory = newMemory({ adoption: "adopted", origin: "import", now: -HOUR });
  memory.dueLooks = [];
  memory.write = { passedAt: null, mustPass: false, wanted: false };
  for (const fact of [memory.facts.Shared, memory.facts.FullControl]) fact.status = "True";
  const number = newNumberMemory("1", 0);
  number.facts.NumberConnected.status = registered ? "True" : "False";
  memory.numbers = { number };
  return memory;
}
