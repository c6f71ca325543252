import type { SignupMessage } from "../../meta/signup-message.ts";

/** The WABA that a repair is about, with Meta's ids as they are known here. */
export interface ExpectedWaba {
  wabaId: string;
  businessId: string | null;
  phoneNumberIds: string[];
  /** The client's grant to our app alone is enough: no share with our portfolio is needed. */
  isAppOnly: boolean;
}

export interface SignupAnswers {
  expected: ExpectedWaba | null;
  message: Extract<SignupMessage, { kind: "finished" }> | null;
  /** WABAs that the client's token reaches; null: all of them, for a scope without `target_ids` means so. */
  granted: string[] | null;
  /**
   * Of the granted ones, those that are adopted here already: a new signup is not about them unless the
   * message says so.
   */
  known: string[];
}

export type Match =
  | { kind: "matched"; wabaId: string }
  | {
      kind: "refused";
      code: "wrong_waba" | "wrong_number" | "wrong_business" | "not_granted" | "not_told";
      /** The chosen WABA instead of the expected one, when it is reported. */
      chosen: string | null;
    };

/**
 * Which WABA a finished signup is about. Meta cannot be restricted to one WABA, and neither event is enough
 * alone: the message names the chosen WABA, and the token proves by membership what was granted, in no stable
 * order. Pure.
 */
export function matchSignup({ expected, message, granted, known }: SignupAnswers): Match {
  const named = message?.wabaIds ?? [];
  const isGranted = (wabaId: string): boolean => granted === null || granted.includes(wabaId);
  if (expected !== null) return matchExpected(expected, message, named, isGranted);
  const chosen = named[0] ?? onlyNewOf(granted, known);
  if (chosen === null) return { kind: "refused", code: "not_told", chosen: null };
  return isGranted(chosen)
    ? { kind: "matched", wabaId: chosen }
    : { kind: "refused", code: "not_granted", chosen };
}

function matchExpected(
  expected: ExpectedWaba,
  message: SignupAnswers["message"],
  named: string[],
  isGranted: (wabaId: string) => boolean,
): Match {
  const { wabaId, businessId, phoneNumberIds } = expected;
  // The message comes from the browser: it never lowers what a known WABA must be granted.
  const lacksShare = message?.isAppOnly === true && !expected.isAppOnly;
  const other = named[0];
  if (other !== undefined && !named.includes(wabaId))
    return { kind: "refused", code: "wrong_waba", chosen: other };
  if (message?.businessId && businessId !== null && message.businessId !== businessId)
    return { kind: "refused", code: "wrong_business", chosen: wabaId };
  const phone = message?.phoneNumberId ?? null;
  if (phone !== null && phoneNumberIds.length > 0 && !phoneNumberIds.includes(phone))
    return { kind: "refused", code: "wrong_number", chosen: wabaId };
  return isGranted(wabaId) && !lacksShare
    ? { kind: "matched", wabaId }
    : { kind: "refused", code: "not_granted", chosen: null };
}

/** Without a message only the token decides, and only when it leaves no choice. */
function onlyNewOf(granted: string[] | null, known: string[]): string | null {
  const fresh = (granted ?? []).filter((wabaId) => !known.includes(wabaId));
  return fresh.length === 1 ? (fresh[0] ?? null) : null;
}
