import { WABA_CONDITIONS, type WabaCondition } from "../model/fact.ts";
import type { Answer, ProbeResult } from "../model/probe-result.ts";
import type { ShareRecord } from "../model/share-record.ts";

/**
 * Whether the answer is too old to count: asked before the fact was decided or seen, or a bad answer asked
 * before a repair.
 */
export function isLate(
  record: Pick<ShareRecord, "facts" | "repair">,
  condition: WabaCondition,
  answer: Answer,
  probe: Pick<ProbeResult, "askedAt">,
): boolean {
  const fact = record.facts[condition];
  if (fact.source !== "event" && probe.askedAt < fact.at) return true;
  // Full control is asked only of a share that is intact. A newer probe of the share therefore answers for
  // both.
  const sharedSeenAt = condition === "FullControl" ? record.facts.Shared.probedAt : null;
  if (probe.askedAt < Math.max(fact.probedAt ?? 0, sharedSeenAt ?? 0)) return true;
  return answer.verdict === "bad" && record.repair !== null && probe.askedAt < record.repair.at;
}

/** An answer that was dropped although it contradicts what is known. */
export interface StaleReply {
  condition: WabaCondition;
  known: "True" | "False" | "Unknown";
  answered: "True" | "False";
}

/**
 * Stale replies of a probe that contradict what is known. People are notified of these. A stale reply that
 * agrees, or proves nothing, is dropped without notice.
 *
 * @param record the share record before the probe is recorded
 */
export function staleRepliesOf(record: ShareRecord, probe: ProbeResult): StaleReply[] {
  return WABA_CONDITIONS.flatMap((condition) => {
    const answer = probe.answers[condition];
    if (answer === undefined || answer.verdict === "none" || !isLate(record, condition, answer, probe))
      return [];
    const answered = answer.verdict === "true" ? "True" : "False";
    const known = record.facts[condition].status;
    return known === answered ? [] : [{ condition, known, answered }];
  });
}
