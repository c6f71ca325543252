import { WABA_CONDITIONS, type WabaCondition } from "../model/fact.ts";
import type { Answer, Look } from "../model/probe-result.ts";
import type { ShareMemory } from "../model/share-record.ts";

/** Asked before what is known was decided or seen, or a bad answer asked before a repair: it tells of a world that is gone. */
export function isLate(
  memory: Pick<ShareMemory, "facts" | "repair">,
  condition: WabaCondition,
  answer: Answer,
  look: Pick<Look, "askedAt">,
): boolean {
  const fact = memory.facts[condition];
  if (fact.source !== "event" && look.askedAt < fact.at) return true;
  // Full control is asked of a share that stands: what a newer look told of the share, it told of both.
  const sharedSeenAt = condition === "FullControl" ? memory.facts.Shared.lookedAt : null;
  if (look.askedAt < Math.max(fact.lookedAt ?? 0, sharedSeenAt ?? 0)) return true;
  return answer.verdict === "bad" && memory.repair !== null && look.askedAt < memory.repair.at;
}

/** An answer that was dropped although it says the opposite of what is known. */
export interface LateAnswer {
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
export function lateAnswersOf(memory: ShareMemory, look: Look): LateAnswer[] {
  return WABA_CONDITIONS.flatMap((condition) => {
    const answer = look.answers[condition];
    if (answer === undefined || answer.verdict === "none" || !isLate(memory, condition, answer, look))
      return [];
    const answered = answer.verdict === "true" ? "True" : "False";
    const known = memory.facts[condition].status;
    return known === answered ? [] : [{ condition, known, answered }];
  });
}
