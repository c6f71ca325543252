import type { ShareState } from "../../sharing/status/share-state.ts";

/**
 * Losses after which the old WABA, or its number, never returns: an operator may accept another WABA in its
 * place.
 */
const NEVER_BACK: readonly string[] = ["waba_deleted", "number_deleted", "coexistence_number_changed"];

/** Whether another WABA may replace this one. */
export function maySucceed(state: Pick<ShareState, "reason" | "numbers">): boolean {
  if (state.reason !== null && NEVER_BACK.includes(state.reason)) return true;
  return (
    state.numbers.length > 0 && state.numbers.every((number) => NEVER_BACK.includes(number.reason ?? ""))
  );
}
