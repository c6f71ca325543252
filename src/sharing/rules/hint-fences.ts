import type { WabaCondition } from "../model/fact.ts";
import { isRequired } from "../model/partner-model.ts";
import type { ClosingHint, ShareRecord } from "../model/share-record.ts";
import { FRESH_FENCE, HINT_COUNTS_FOR, SIGNUP_FENCE, SUSPECT_FENCE } from "../model/timings.ts";
import { isLosable } from "./incident.ts";

/** Rules 3, 4 and 7: whether a True proof asked then refutes every hint against this condition. */
export function mayCount(
  draft: ShareRecord,
  condition: WabaCondition,
  answer: { byWrite?: boolean },
  askedAt: number,
): boolean {
  if (condition === "FullControl" && draft.write.mustPass && answer.byWrite !== true) return false;
  // A loss outlives its hint where the share was proven and full control was not. Its proof is then newer
  // than the hint.
  const fact = draft.facts[condition];
  if (fact.status === "False" && askedAt < fact.at) return false;
  return hintsAgainst(draft, condition).every((hint) => isRefuted(draft, hint, askedAt));
}

/**
 * The hints that a True answer must refute before it counts. A proof of one part of the permission opens the
 * gate, so it must not count while another part was announced as lost.
 */
export function hintsAgainst(draft: ShareRecord, condition: WabaCondition): ClosingHint[] {
  const isPermission = isLosable(condition) && draft.facts[condition].status === "False";
  if (!isPermission) return hintsOn(draft, condition);
  return draft.hints.filter((hint) => isLosable(hint.condition) && isRequired(draft, hint.condition));
}

function isRefuted(draft: ShareRecord, hint: ClosingHint, askedAt: number): boolean {
  return askedAt >= fenceOf(draft, hint);
}

/** The instant from which a True answer refutes the hint: Meta's reads may lag 3 s behind. */
export function fenceOf(draft: ShareRecord, hint: ClosingHint): number {
  const fenceAt = hint.receivedAt + (hint.suspect ? SUSPECT_FENCE : FRESH_FENCE);
  const signupAt = draft.signupFinishedAt;
  const hasSignupSince = signupAt !== null && signupAt >= hint.receivedAt;
  return hasSignupSince ? Math.min(fenceAt, signupAt + SIGNUP_FENCE) : fenceAt;
}

/** The hints against a condition. A lost share takes full control with it. */
export function hintsOn(draft: ShareRecord, condition: WabaCondition): ClosingHint[] {
  return draft.hints.filter(
    (hint) => hint.condition === condition || (condition === "FullControl" && hint.condition === "Shared"),
  );
}

export function isYoung(hint: ClosingHint, askedAt: number): boolean {
  return askedAt >= hint.receivedAt && askedAt - hint.receivedAt <= HINT_COUNTS_FOR;
}
