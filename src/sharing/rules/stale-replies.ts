import { WABA_CONDITIONS, type WabaCondition } from "../model/fact.ts";
import type { Answer, ProbeResult } from "../model/probe-result.ts";
import type { ShareRecord } from "../model/share-record.ts";

/** Asked before what is known was decided or seen, or a bad answer asked before a repair: it tells of a world that is gone. */
export function isLate(
  record: Pick<ShareRecord, "facts" | "repair">,
  condition: WabaCondition,
  answer: Answer,
  probe: Pick<ProbeResult, "askedAt">,
): boolean {
  const fact = record.facts[condition];
  if (fact.source !== "event" && probe.askedAt < fact.at) return true;
  // Full control is asked of a share that stands: what a newer look told of the share, it told of both.
  const sharedSeenAt = condition === "FullControl" ? record.facts.Shared.probedAt : null;
  if (probe.askedAt < Math.max(fact.probedAt ?? 0, sharedSeenAt ?? 0)) return true;
  return answer.verdict === "bad" && record.repair !== null && probe.askedAt < record.repair.at;
}

/** An answer that was dropped although it says the opposite of what is known. */
export interface StaleReply {
  condition: WabaCondition;
  known: "True" | "False" | "Unknown";
  answered: "True" | "False";
}

/**
 * What a look brings that is dropped because it is late, and that contradicts what is known: of these people are told. A late answer
 * that says the same, or nothing, is no news.
 *
 * @param memory as it is when the look is recorded, before it
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
