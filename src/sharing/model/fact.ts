import { isSpecific } from "./reason.ts";

/**
 * A fact: what is known of one condition, since when, and from which source. Instants are ms since the epoch.
 */
export interface Fact {
  status: Verdict;
  /** One reason of `reason.ts`, always present. For True it says how it was proven (`proven`). */
  reason: string;
  source: Source;
  /**
   * When the deciding probe was sent, or the deciding hint received. Answers that were asked earlier are
   * ignored.
   */
  at: number;
  /** When `status` last changed. */
  since: number;
  /** When the newest probe that answered for it was sent; null before the first. */
  probedAt: number | null;
  /**
   * For a loss found by probing: the last proof before it. People read "between A and B", never an invented
   * minute.
   */
  lastTrueAt: number | null;
  /** When the first of two bad probes was sent. One bad probe alone changes nothing. */
  badAt: number | null;
  /**
   * When the newest probe that found it missing was sent, whether or not it counted. Absent: no probe did.
   */
  missedAt?: number;
  /** Probes in a row that were inconclusive. */
  failedCount: number;
  /** Meta's text for it (a disconnection reason, a restriction, an error), for "Why is this so?". */
  metaMessage: string | null;
}

export type Verdict = "True" | "False" | "Unknown";

/** Where a fact comes from. */
export type Source = "event" | "probe" | "signup" | "send" | "operator" | "import" | "none";

/** Conditions of a WABA (docs/reference/rules.md), in the order in which pages show them. */
export const WABA_CONDITIONS = [
  "Shared",
  "FullControl",
  "TokenValid",
  "WebhookSubscribed",
  "AppInstalled",
  "MessagingAllowed",
] as const;
export type WabaCondition = (typeof WABA_CONDITIONS)[number];

/** Conditions of a number; CompanionLinked only for a coexistence number. */
export const NUMBER_CONDITIONS = ["NumberConnected", "CompanionLinked"] as const;
export type NumberCondition = (typeof NUMBER_CONDITIONS)[number];

/** The first fact of every condition: nothing was probed yet. */
export function unknownFact(now: number): Fact {
  return {
    status: "Unknown",
    reason: "not_yet_proven",
    source: "none",
    at: 0,
    since: now,
    probedAt: null,
    lastTrueAt: null,
    badAt: null,
    failedCount: 0,
    metaMessage: null,
  };
}

/** The same fact with another verdict; `since` moves only when the verdict does. */
export function decideFact(
  fact: Fact,
  decided: {
    status: Verdict;
    reason: string;
    source: Source;
    at: number;
    now: number;
    metaMessage?: string | null;
  },
): Fact {
  return {
    ...fact,
    status: decided.status,
    reason: decided.reason,
    source: decided.source,
    at: decided.at,
    since: fact.status === decided.status ? fact.since : decided.now,
    lastTrueAt: decided.status === "True" ? decided.at : fact.lastTrueAt,
    badAt: null,
    failedCount: decided.status === "Unknown" ? fact.failedCount : 0,
    metaMessage: decided.metaMessage ?? null,
  };
}

/**
 * Whether an event or Meta's signup has named the cause of this loss. Neither a general reason nor a later
 * event replaces it.
 */
export function isNamed(fact: Pick<Fact, "source" | "reason">): boolean {
  return (fact.source === "event" || fact.source === "signup") && isSpecific(fact.reason);
}
