import type { Fact } from "../model/fact.ts";
import type { ShareRecord } from "../model/share-record.ts";
import { DAY, HOUR, SECOND, WRITE_EVERY } from "../model/timings.ts";

/** One row of the probe plan: how often a share in this situation is swept. */
export interface PlanRow {
  /** For the docs. */
  when: string;
  /** Of SWEEP_PERIOD_S, which is the upper bound that the docs publish: never more than 1. */
  share: number;
  matches(record: ShareRecord, now: number): boolean;
}

/** However short SWEEP_PERIOD_S is, only a rule starts probes more often than this. */
export const SWEEP_AT_MOST_EVERY = 15 * SECOND;
/**
 * The sweep comes up to a tenth of its period early, so that a fleet imported at once is not swept at once
 * every time.
 */
export const SWEEP_JITTER = 0.1;

/** The most probes of the sweep that one instance runs at once. */
export const SWEEPS_AT_ONCE = 12;
/**
 * After each reconciliation the next waits this many times as long as it took: both share Meta's limits with
 * the probes.
 */
export const LISTING_RESTS = 4;
/** WABAs on one page of Meta's listing: the most that Meta gives. */
export const LISTED_AT_ONCE = 100;

/**
 * The probe plan: the first row that matches says how often a share is swept when no rule asks for a probe
 * sooner (rules 4 to 6). A share that is long stable is swept once in SWEEP_PERIOD_S, one with recent events
 * sooner.
 */
export const PLAN: readonly PlanRow[] = [
  {
    when: "found, not adopted: nothing of it can be lost",
    share: 1,
    matches: (record) => record.adoption === "discovered",
  },
  {
    when: "none of its numbers is known to be registered: Meta then allows only 200 calls an hour",
    share: 1,
    matches: (record) => !hasRegisteredNumber(record),
  },
  {
    when: "permission lost in the last 24 h: a repair is likely",
    share: 1 / 4,
    matches: (record, now) => lossOf(record).some((fact) => now - fact.since < DAY),
  },
  {
    when: "permission lost for more than 24 h",
    share: 1,
    matches: (record) => lossOf(record).length > 0,
  },
  {
    when: "share or full control not known, or Meta did not answer the newest probe",
    share: 1 / 4,
    matches: (record) =>
      record.inconclusive !== null ||
      [record.facts.Shared, record.facts.FullControl].some((fact) => fact.status === "Unknown"),
  },
  {
    when: "within 1 h of an event, a refused send or a closing",
    share: 1 / 4,
    matches: (record, now) => record.alertAt !== null && now - record.alertAt < HOUR,
  },
  {
    when: "within 24 h of a repair other than an import",
    share: 1 / 2,
    matches: ({ repair }, now) => repair !== null && repair.how !== "import" && now - repair.at < DAY,
  },
  { when: "stable", share: 1, matches: () => true },
];

function lossOf(record: ShareRecord): Fact[] {
  return [record.facts.Shared, record.facts.FullControl].filter((fact) => fact.status === "False");
}

/**
 * Meta's limit follows from it: 5,000 calls an hour for a WABA with a registered number, else 200. Meta shows
 * no numbers of a WABA that is lost or does not answer. Then the last known state counts, because a removed
 * share registers and deregisters nothing.
 */
export function hasRegisteredNumber(record: ShareRecord): boolean {
  return Object.values(record.numbers).some(({ facts: { NumberConnected: connected } }) =>
    connected.status === "Unknown" ? connected.lastTrueAt !== null : connected.status === "True",
  );
}

/** How long a share in this situation waits for its next sweep. */
export function sweepEveryMs(record: ShareRecord, now: number, sweepPeriodMs: number): number {
  const row = PLAN.find((candidate) => candidate.matches(record, now));
  return planPeriodMs(row?.share ?? 1, sweepPeriodMs);
}

export function planPeriodMs(share: number, sweepPeriodMs: number): number {
  return Math.min(sweepPeriodMs, Math.max(SWEEP_AT_MOST_EVERY, sweepPeriodMs * share));
}

/**
 * When this WABA is probed next: what is due by the rules, and the sweep after that. Null: never by
 * ourselves.
 */
export function nextProbeAt(
  record: ShareRecord,
  now: number,
  sweepPeriodMs: number,
  jitter: number,
): number | null {
  const due = urgentProbeAt(record);
  if (record.adoption === "offboarded") return due;
  const periodMs = sweepEveryMs(record, now, sweepPeriodMs);
  const sweepAt = (record.probedAt ?? now) + periodMs * (1 - SWEEP_JITTER * jitter);
  return due === null ? sweepAt : Math.min(due, sweepAt);
}

/**
 * When the next probe is due that a rule asked for, or an operator's close ends. It does not queue behind the
 * sweep. Null: there is none.
 */
export function urgentProbeAt(record: ShareRecord): number | null {
  const due = record.adoption === "offboarded" ? Infinity : (record.dueProbes[0] ?? Infinity);
  const at = Math.min(due, record.operatorClosed?.until ?? Infinity);
  return at === Infinity ? null : at;
}

/** Rule 7: whether this probe writes MANAGE even when the read already shows it. */
export function mustWrite(record: ShareRecord, now: number, trigger: string): boolean {
  if (record.observing === true) return true;
  if (record.write.mustPass || record.write.wanted || trigger === "check") return true;
  return record.write.passedAt === null || now - record.write.passedAt >= WRITE_EVERY;
}
