import { isSpecific } from "./reason.ts";

/** A fact: what is known of one condition, since when, and how it was learnt. Instants are ms since the epoch. */
export interface Fact {
  status: Verdict;
  /** One word of `reason.ts`, always there; for True it says how it was proven (`proven`). */
  reason: string;
  source: Source;
  /** When the look that decided it was asked, or the hint that decided it was received. Answers asked earlier are ignored. */
  at: number;
  /** When `status` last changed. */
  since: number;
  /** When the newest look that answered for it was asked; null before the first. */
  probedAt: number | null;
  /** For a loss found by looking: the last proof before it. People are told "between A and B", never a made-up minute. */
  lastTrueAt: number | null;
  /** The first of two bad looks, which alone changes nothing: when it was asked. */
  badAt: number | null;
  /** When the newest look that found it missing was asked, whether or not it counted; absent: none ever did. */
  missedAt?: number;
  /** Looks in a row that got no answer. */
  failedCount: number;
  /** Meta's own words for it (a disconnection reason, a restriction, an error), for "Why is this so?". */
  words: string | null;
}

export type Verdict = "True" | "False" | "Unknown";

/** How a fact was learnt. */
export type Source = "event" | "probe" | "signup" | "send" | "operator" | "import" | "none";

/** Conditions of a WABA (docs/reference/rules.md), in the order in which people read them. */
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

/** Where every condition begins: nobody has looked yet. */
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
    words: null,
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
    words?: string | null;
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
    words: decided.words ?? null,
  };
}

/** Whether an event, or Meta's signup, has named the cause of this loss: neither a general word nor a later event replaces it. */
export function isNamed(fact: Pick<Fact, "source" | "reason">): boolean {
  return (fact.source === "event" || fact.source === "signup") && isSpecific(fact.reason);
}
