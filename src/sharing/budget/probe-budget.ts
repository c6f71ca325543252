import { isMetaError } from "../../meta/error-code.ts";
import type { GraphReply, GraphUsage, UsageFigure } from "../../meta/graph-reply.ts";
import { hasRegisteredNumber } from "../rules/probe-plan.ts";
import type { ShareRecord } from "../model/share-record.ts";
import { HOUR, MINUTE, SECOND } from "../model/timings.ts";

/**
 * The budget of our probes, as one table. Calls about one WABA count in a rolling hour, per app and WABA
 * ("About the platform", rate limits, September 2026). The smaller limit for a WABA without a registered
 * number is inferred from it.
 */
export const BUDGET = {
  /** Calls an hour for a WABA with a registered number, and without one. */
  hourly: { registered: 5000, unregistered: 200 },
  /**
   * The part that our own probes may use. The rest is for checks by people: other programs may share the app,
   * and several instances count separately.
   */
  used: 0.9,
  /**
   * As a bucket: the part that may be spent at once. The rest becomes free evenly over the hour, so that no
   * rolling hour exceeds `used`.
   */
  burst: 0.25,
  /** The part of the bucket that the sweep leaves for urgent probes. */
  reserve: 0.4,
  /**
   * The most calls about the WABA in one probe: id, details, users, subscription, numbers, a write, a repair.
   */
  callsOfProbe: 7,
  /**
   * By Meta's own usage header, in percent of its limit: the sweep waits from the first value on, urgent
   * probes from the second.
   */
  sweepsWaitAt: 75,
  urgentWaitAt: 95,
  /**
   * A refusal for too many calls closes for this long, each further one for twice as long: up to a sweep
   * period, or as long as Meta says.
   */
  backOffFirstMs: 5 * SECOND,
  backOffMostMs: HOUR,
  /** Below this part of the bucket, the spending on a WABA is not written for other instances. */
  notable: 0.1,
} as const;

/**
 * What was spent on one WABA, or by the app (`hourly` 0: its limit is not known, only Meta's headers show
 * it). Instants are ms.
 */
export interface Bucket {
  hourly: number;
  /** Calls that still count, as of `at`; `answered`: those of them that Meta answered with success. */
  spent: number;
  answered: number;
  at: number;
  percent: number | null;
  percentAt: number;
  strikes: number;
  closedUntil: number;
}

export type Admission =
  | { ok: true }
  /** `at`: when there is room again. */
  | { ok: false; at: number; why: "spent" | "usage" | "throttled" };

export function newBucket(hourly: number, now: number): Bucket {
  return {
    hourly,
    spent: 0,
    answered: 0,
    at: now,
    percent: null,
    percentAt: now,
    strikes: 0,
    closedUntil: 0,
  };
}

export function hourlyOf(record: ShareRecord): number {
  const { registered, unregistered } = BUDGET.hourly;
  return hasRegisteredNumber(record) ? registered : unregistered;
}

/** How much the bucket holds, and how fast spent calls become free, in calls and calls per ms. */
export function sizeOf(hourly: number): { holds: number; perMs: number } {
  const holds = hourly * BUDGET.used * BUDGET.burst;
  return { holds, perMs: (hourly * BUDGET.used - holds) / HOUR };
}

/**
 * The same bucket later. After a clock was set back no call becomes free until the clock has caught up, an
 * hour at the most.
 */
export function flowOff(bucket: Bucket, now: number): Bucket {
  const elapsedMs = Math.max(0, now - bucket.at);
  const { perMs } = sizeOf(bucket.hourly);
  const later = (calls: number): number => Math.max(0, calls - perMs * elapsedMs);
  const isOfAnotherTime = bucket.closedUntil > now + BUDGET.backOffMostMs;
  return {
    ...bucket,
    spent: later(bucket.spent),
    answered: later(bucket.answered),
    at: now,
    closedUntil: isOfAnotherTime ? 0 : bucket.closedUntil,
    percent: bucket.percentAt > now || now - bucket.percentAt > HOUR ? null : bucket.percent,
  };
}

/**
 * Merges two views of one WABA: what this instance has not written yet, and what all of them wrote. The
 * newest usage by Meta and the longest closing count.
 */
export function mergeBuckets(own: Bucket, reported: Bucket | undefined, now: number): Bucket {
  const mine = flowOff(own, now);
  if (reported === undefined) return mine;
  const theirs = flowOff({ ...reported, hourly: own.hourly }, now);
  const newest = theirs.percent !== null && theirs.percentAt > mine.percentAt ? theirs : mine;
  return {
    ...mine,
    spent: mine.spent + theirs.spent,
    strikes: Math.max(mine.strikes, theirs.strikes),
    closedUntil: Math.max(mine.closedUntil, theirs.closedUntil),
    percent: newest.percent,
    percentAt: newest.percentAt,
  };
}

/**
 * Whether a probe may ask now. A person's `check` waits for no back-off: it asks once, and Meta may refuse.
 * It may also use the part of Meta's limit that we leave otherwise, so that it is possible when our own
 * probes have used up theirs.
 */
export function admissionOf(
  bucket: Bucket,
  ask: { urgent: boolean; byPerson: boolean },
  now: number,
): Admission {
  if (!ask.byPerson && bucket.closedUntil > now)
    return { ok: false, at: bucket.closedUntil, why: "throttled" };
  const waitAt = ask.urgent ? BUDGET.urgentWaitAt : BUDGET.sweepsWaitAt;
  if (!ask.byPerson && bucket.percent !== null && bucket.percent >= waitAt) {
    // Meta's count decreases over an hour. Five percent below the limit at which we began to wait, some
    // probes fit.
    const at = bucket.percentAt + ((bucket.percent - waitAt + 5) / 100) * HOUR;
    if (at > now) return { ok: false, at, why: "usage" };
  }
  if (bucket.hourly === 0) return { ok: true };
  const { holds, perMs } = sizeOf(bucket.hourly);
  const room = ask.byPerson
    ? holds + bucket.hourly * (1 - BUDGET.used)
    : holds * (ask.urgent ? 1 : 1 - BUDGET.reserve);
  const over = bucket.spent + BUDGET.callsOfProbe - room;
  return over <= 0 ? { ok: true } : { ok: false, at: now + over / perMs, why: "spent" };
}

export function spendCall(bucket: Bucket): Bucket {
  return { ...bucket, spent: bucket.spent + 1 };
}

/** What one answer says about a limit: Meta's usage header, and whether it refused for too many calls. */
export function learnReply(
  bucket: Bucket,
  reply: GraphReply,
  figure: UsageFigure | null,
  sweepPeriodMs: number,
): Bucket {
  const now = reply.answeredAt;
  const learnt = { ...bucket };
  if (figure !== null) Object.assign(learnt, { percent: figure.percent, percentAt: now });
  const regainUntil = now + Math.min((figure?.regainAccessMin ?? 0) * MINUTE, BUDGET.backOffMostMs);
  if (reply.kind === "success") {
    learnt.answered += 1;
    learnt.strikes = 0;
    // This answer was asked while we took the limit as closed, or before, so the limit is open.
    learnt.closedUntil = regainUntil > now ? regainUntil : 0;
    return withKnownLimit(learnt);
  }
  if (!isThrottled(reply)) return learnt;
  const most = Math.max(BUDGET.backOffFirstMs, Math.min(sweepPeriodMs, BUDGET.backOffMostMs));
  const backOffMs = Math.min(BUDGET.backOffFirstMs * 2 ** Math.min(learnt.strikes, 20), most);
  learnt.closedUntil = Math.max(learnt.closedUntil, regainUntil, now + backOffMs);
  learnt.strikes += 1;
  return learnt;
}

/**
 * Meta does not say which limit a WABA has, but its header can refute the smaller one: of 200 calls an hour,
 * the answered ones would be a larger part than the header says. Five percent are left for answers that
 * crossed.
 */
export function withKnownLimit(bucket: Bucket): Bucket {
  const { registered, unregistered } = BUDGET.hourly;
  if (bucket.hourly !== unregistered || bucket.percent === null) return bucket;
  const isRefuted = bucket.percent + 5 < (100 * bucket.answered) / unregistered;
  return isRefuted ? { ...bucket, hourly: registered } : bucket;
}

function isThrottled(reply: GraphReply): boolean {
  return throttledLimitOf(reply) !== null;
}

/**
 * Whose limit a refusal names. HTTP 429 without a known code counts for the WABA, the narrower of the two.
 */
export function throttledLimitOf(reply: GraphReply): "app" | "waba" | null {
  if (reply.kind !== "refusal") return null;
  if (isMetaError(reply.fault, "app_throttled")) return "app";
  return isMetaError(reply.fault, "waba_throttled") || reply.status === 429 ? "waba" : null;
}

export function usageOf(reply: GraphReply): GraphUsage | null {
  return reply.kind === "no_answer" ? null : (reply.usage ?? null);
}

/** Whether other instances need to know it. */
export function isNotable(bucket: Bucket, now: number): boolean {
  const { holds } = sizeOf(bucket.hourly);
  if (bucket.strikes > 0 || bucket.closedUntil > now || (bucket.percent ?? 0) >= 50) return true;
  return bucket.hourly > 0 && bucket.spent >= holds * BUDGET.notable;
}
