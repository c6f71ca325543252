import { decideFact, type Fact, isNamed } from "../model/fact.ts";
import type { ProbeResult } from "../model/probe-result.ts";
import type { ClosingHint, ShareRecord } from "../model/share-record.ts";
import {
  AFTER_REPAIR,
  BAD_REPEAT,
  BAD_REPEAT_AFTER_REPAIR,
  CHECK_DISTRUSTS_FOR,
  FAILED_PROBES,
} from "../model/timings.ts";

/** The hint that a bad probe confirms. The loss takes its cause. */
function causeOf(draft: ShareRecord, fact: Fact): ClosingHint | undefined {
  return draft.hints.findLast((hint) => draft.facts[hint.condition] === fact);
}

/** Rule 6: with a young admitted hint one bad probe is enough; otherwise two in a row, some time apart. */
export function judgeBad(
  draft: ShareRecord,
  fact: Fact,
  answer: { reason: string; metaMessage: string | null },
  probe: ProbeResult,
  now: number,
  { hinted, isHeld }: { hinted: boolean; isHeld: boolean },
): { fact: Fact; repeatAt: number | null } {
  const seen: Fact = { ...fact, probedAt: probe.askedAt, missedAt: probe.askedAt, failedCount: 0 };
  if (fact.status === "False")
    return { fact: { ...seen, ...reasonWhileFalse(draft, fact, answer, probe.askedAt) }, repeatAt: null };
  const gapMs = badGapMs(draft, probe);
  // A bad probe from before a repair is not the first of two: its answer is outdated.
  const firstAt = fact.badAt !== null && fact.badAt >= (draft.repair?.at ?? 0) ? fact.badAt : null;
  const isSecond =
    !isHeld &&
    firstAt !== null &&
    (probe.askedAt - firstAt >= gapMs || (probe.waited && gapMs <= BAD_REPEAT));
  if (!hinted && !isSecond) {
    const repeatAt = probe.askedAt + (gapMs === Infinity ? BAD_REPEAT_AFTER_REPAIR : gapMs);
    return {
      fact: { ...seen, badAt: firstAt ?? probe.askedAt },
      repeatAt: firstAt === null || isHeld ? repeatAt : null,
    };
  }
  const hint = hinted ? causeOf(draft, fact) : undefined;
  if (hint !== undefined) hint.closed = true;
  const decided = decideFact(seen, {
    status: "False",
    reason: hint?.reason ?? answer.reason,
    source: hint === undefined ? "probe" : "event",
    at: hint?.receivedAt ?? probe.askedAt,
    now,
    metaMessage: hint?.metaMessage ?? answer.metaMessage,
  });
  return { fact: decided, repeatAt: null };
}

/**
 * Within one loss a cause that an event named stays. A share that is seen intact has ended that loss, and the
 * rest is partial control.
 */
function reasonWhileFalse(
  draft: ShareRecord,
  fact: Fact,
  answer: { reason: string; metaMessage: string | null },
  askedAt: number,
): Partial<Fact> {
  const mayReplace =
    answer.reason === "partial_control" ? draft.facts.Shared.status === "True" : !isNamed(fact);
  if (!mayReplace || fact.reason === answer.reason) return {};
  // Found by this probe: when it became so is not known, and a proof from before another loss gives no bound.
  return {
    reason: answer.reason,
    source: "probe",
    metaMessage: answer.metaMessage,
    at: askedAt,
    lastTrueAt: null,
  };
}

/** How far apart two bad probes must be to count; Infinity: they do not count yet. */
function badGapMs(draft: ShareRecord, probe: ProbeResult): number {
  const { repair } = draft;
  if (repair === null || repair.how === "import" || probe.askedAt - repair.at >= AFTER_REPAIR)
    return BAD_REPEAT;
  if (probe.trigger !== "check") return BAD_REPEAT_AFTER_REPAIR;
  return probe.askedAt - repair.at < CHECK_DISTRUSTS_FOR ? Infinity : BAD_REPEAT;
}

/** Rule 8: two failed probes in a row change True into Unknown. They never change False. */
export function inconclusiveFact(
  fact: Fact,
  silent: { reason: string; metaMessage?: string },
  now: number,
): Fact {
  const { reason, metaMessage = null } = silent;
  const failedCount = fact.failedCount + 1;
  const counted = { ...fact, failedCount, badAt: null };
  if (fact.status === "Unknown") return { ...counted, reason, metaMessage };
  if (fact.status === "False" || failedCount < FAILED_PROBES) return counted;
  return {
    ...decideFact(counted, { status: "Unknown", reason, source: "probe", at: fact.at, now, metaMessage }),
    failedCount,
  };
}
