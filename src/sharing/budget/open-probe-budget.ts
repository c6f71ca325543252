import type { Database } from "../../database/database.ts";
import type { Clock } from "../../lib/clock.ts";
import type { GraphClient } from "../../meta/graph-client.ts";
import type { GraphReply } from "../../meta/graph-reply.ts";
import {
  admissionOf,
  BUDGET,
  flowOff,
  isNotable,
  learnReply,
  mergeBuckets,
  newBucket,
  spendCall,
  throttledLimitOf,
  usageOf,
  withKnownLimit,
  type Admission,
  type Bucket,
} from "./probe-budget.ts";
import { findBuckets, saveSpent } from "./probe-budget-store.ts";

/** The budget of our probes' calls to Meta, shared by all instances on the database. */
export interface ProbeBudget {
  /** Whether a probe of this WABA may ask now. */
  admit(
    waba: { appId: string; wabaId: string; hourly: number },
    ask: { urgent: boolean; byPerson: boolean },
  ): Promise<Admission>;
  /** Admits one call about a WABA for a person, beside its probes, and counts it when there is room. */
  claimCall(waba: { appId: string; wabaId: string }): Promise<Admission>;
  /** After a probe: writes what is notable for the other instances. */
  settle(waba: { appId: string; wabaId: string }): Promise<void>;
  /** The same Graph client, which counts every call about a WABA and reads Meta's usage headers. */
  countedGraph(
    graph: GraphClient,
    own: { appId: string; businessId: string; systemUserId: string },
  ): GraphClient;
  /**
   * Until when the sweep has no room at any app, so that it need not ask for each share; null: there is room.
   */
  sweepsClosedUntil(): number | null;
  /** Probes that were not admitted since the start, by reason. */
  postponedCounts(): Readonly<Record<Refusal, number>>;
  /**
   * By app: the last usage that Meta reported, in percent (null before the first), and until when the app is
   * closed (ms; 0: it is open).
   */
  appLimits(): AppLimit[];
}

export type AppLimit = Pick<Bucket, "percent" | "percentAt" | "strikes" | "closedUntil"> & { appId: string };

type Refusal = (Admission & { ok: false })["why"];

/** The app's own bucket, beside those of its WABAs. */
const APP = "";
/** Buckets in memory before the empty ones are dropped. */
const KEPT = 10_000;

export function openProbeBudget(deps: { db: Database; clock: Clock; sweepPeriodMs: number }): ProbeBudget {
  return new Budget(deps);
}

class Budget implements ProbeBudget {
  readonly #deps: { db: Database; clock: Clock; sweepPeriodMs: number };
  /** By app and WABA: what this instance spent and has not written yet. */
  readonly #own = new Map<string, Bucket>();
  /** What all instances wrote, as last read: for each app, and for the WABAs that are being probed. */
  readonly #reported = new Map<string, Bucket>();
  readonly #apps = new Set<string>();
  readonly #postponed: Record<Refusal, number> = { spent: 0, usage: 0, throttled: 0 };

  constructor(deps: { db: Database; clock: Clock; sweepPeriodMs: number }) {
    this.#deps = deps;
  }

  async admit(
    waba: { appId: string; wabaId: string; hourly: number },
    ask: { urgent: boolean; byPerson: boolean },
  ): Promise<Admission> {
    const { appId, wabaId } = waba;
    const reported = await findBuckets(this.#deps.db, appId, [APP, wabaId]);
    for (const id of [APP, wabaId]) {
      const bucket = reported.get(id);
      if (bucket === undefined) this.#reported.delete(keyOf(appId, id));
      else this.#reported.set(keyOf(appId, id), bucket);
    }
    const now = this.#deps.clock.now();
    const own = this.#bucketOf(appId, wabaId);
    // The state of its numbers decides its limit, unless Meta's header shows the larger one.
    this.#own.set(keyOf(appId, wabaId), withKnownLimit({ ...own, hourly: waba.hourly }));
    const ofApp = admissionOf(this.#ofApp(appId, now), ask, now);
    if (!ofApp.ok) return this.#refuse(ofApp);
    const admission = admissionOf(
      mergeBuckets(this.#bucketOf(appId, wabaId), reported.get(wabaId), now),
      ask,
      now,
    );
    // Nothing was asked, so there is nothing to settle.
    if (admission.ok) return admission;
    this.#reported.delete(keyOf(appId, wabaId));
    return this.#refuse(admission);
  }

  async claimCall({ appId, wabaId }: { appId: string; wabaId: string }): Promise<Admission> {
    const { hourly } = this.#bucketOf(appId, wabaId);
    const admission = await this.admit({ appId, wabaId, hourly }, { urgent: false, byPerson: true });
    if (admission.ok) this.#change(appId, wabaId, spendCall);
    return admission;
  }

  postponedCounts(): Readonly<Record<Refusal, number>> {
    return this.#postponed;
  }

  #refuse(refused: Admission & { ok: false }): Admission {
    this.#postponed[refused.why] += 1;
    return refused;
  }

  async settle({ appId, wabaId }: { appId: string; wabaId: string }): Promise<void> {
    for (const id of [APP, wabaId]) await this.#tell(appId, id);
    this.#reported.delete(keyOf(appId, wabaId));
    this.#forgetEmpty();
  }

  countedGraph(
    graph: GraphClient,
    own: { appId: string; businessId: string; systemUserId: string },
  ): GraphClient {
    const ours = new Set([own.appId, own.businessId, own.systemUserId]);
    this.#apps.add(own.appId);
    return {
      close: () => graph.close(),
      ask: async (request) => {
        const node = /^\/(\d+)(?:\/|$)/.exec(request.path)?.[1];
        const wabaId = node === undefined || ours.has(node) ? null : node;
        if (wabaId !== null) this.#change(own.appId, wabaId, spendCall);
        const reply = await graph.ask(request);
        this.#learn(own.appId, wabaId, reply);
        return reply;
      },
    };
  }

  sweepsClosedUntil(): number | null {
    const now = this.#deps.clock.now();
    const closings = [...this.#apps].map((appId) =>
      admissionOf(this.#ofApp(appId, now), { urgent: false, byPerson: false }, now),
    );
    const waits = closings.map((closing) => (closing.ok ? null : closing.at));
    return waits.length === 0 || waits.includes(null) ? null : Math.min(...waits.filter((at) => at !== null));
  }

  appLimits(): AppLimit[] {
    const now = this.#deps.clock.now();
    return [...this.#apps].map((appId) => {
      const { percent, percentAt, strikes, closedUntil } = this.#ofApp(appId, now);
      return { appId, percent, percentAt, strikes, closedUntil };
    });
  }

  #learn(appId: string, wabaId: string | null, reply: GraphReply): void {
    const usage = usageOf(reply);
    const { sweepPeriodMs } = this.#deps;
    const limit = throttledLimitOf(reply);
    if (limit !== "waba")
      this.#change(appId, APP, (bucket) => learnReply(bucket, reply, usage?.app ?? null, sweepPeriodMs));
    if (wabaId !== null && limit !== "app")
      this.#change(appId, wabaId, (bucket) =>
        learnReply(bucket, reply, usage?.byId[wabaId] ?? null, sweepPeriodMs),
      );
  }

  async #tell(appId: string, wabaId: string): Promise<void> {
    const { db, clock } = this.#deps;
    const now = clock.now();
    const own = flowOff(this.#bucketOf(appId, wabaId), now);
    // A refusal that another instance wrote ends with the answer that followed it.
    const isClosed = (this.#reported.get(keyOf(appId, wabaId))?.strikes ?? 0) > 0;
    if (!isNotable(own, now) && !isClosed) return;
    // What is spent during the write belongs to the next write.
    this.#change(appId, wabaId, (bucket) => ({ ...bucket, spent: Math.max(0, bucket.spent - own.spent) }));
    await saveSpent(db, { appId, wabaId }, own, now);
  }

  #ofApp(appId: string, now: number): Bucket {
    const own = this.#bucketOf(appId, APP);
    const reported = this.#reported.get(keyOf(appId, APP));
    // A success that this instance saw since ends a closing that another instance wrote.
    const isOutdated =
      reported !== undefined && own.strikes === 0 && own.answered > 0 && own.at > reported.at;
    return mergeBuckets(own, isOutdated ? undefined : reported, now);
  }

  #bucketOf(appId: string, wabaId: string): Bucket {
    const hourly = wabaId === APP ? 0 : BUDGET.hourly.unregistered;
    return this.#own.get(keyOf(appId, wabaId)) ?? newBucket(hourly, this.#deps.clock.now());
  }

  #change(appId: string, wabaId: string, to: (bucket: Bucket, now: number) => Bucket): void {
    const now = this.#deps.clock.now();
    this.#own.set(keyOf(appId, wabaId), to(flowOff(this.#bucketOf(appId, wabaId), now), now));
  }

  #forgetEmpty(): void {
    if (this.#own.size <= KEPT) return;
    const now = this.#deps.clock.now();
    for (const [key, bucket] of this.#own) {
      const { spent, strikes, closedUntil, percent } = flowOff(bucket, now);
      if (spent < 1 && strikes === 0 && closedUntil <= now && (percent ?? 0) < 50) this.#own.delete(key);
    }
  }
}

const keyOf = (appId: string, wabaId: string): string => `${appId} ${wabaId}`;
