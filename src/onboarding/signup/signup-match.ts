import type { SignupMessage } from "../../meta/signup-message.ts";

/** The WABA that a repair is about, with Meta's ids as they are known here. */
export interface ExpectedWaba {
  wabaId: string;
  businessId: string | null;
  phoneNumberIds: string[];
  /** Ours by the client's grant to our app alone: then a share with our portfolio is not needed. */
  isAppOnly: boolean;
}

export interface SignupAnswers {
  expected: ExpectedWaba | null;
  message: Extract<SignupMessage, { kind: "finished" }> | null;
  /** WABAs that the client's token reaches; null: all of them, for a scope without `target_ids` means so. */
  granted: string[] | null;
  /** Of the granted ones, those that are adopted here already: a new signup is not about them unless the message says so. */
  known: string[];
}

export type Match =
  | { kind: "matched"; wabaId: string }
  | {
      kind: "refused";
      code: "wrong_waba" | "wrong_number" | "wrong_business" | "not_granted" | "not_told";
      /** What was chosen instead, when that is told. */
      chosen: string | null;
    };

/**
 * Which WABA a finished signup is about. Meta cannot be made to offer one WABA only, and neither half alone can be believed: the
 * message names what was chosen, the token proves by membership what was granted, in no stable order. Pure.
 */
export function matchSignup({ expected, message, granted, known }: SignupAnswers): Match {
  const told = message?.wabaIds ?? [];
  const isGranted = (wabaId: string): boolean => granted === null || granted.includes(wabaId);
  if (expected !== null) return matchExpected(expected, message, told, isGranted);
  const chosen = told[0] ?? onlyNewOf(granted, known);
  if (chosen === null) return { kind: "refused", code: "not_told", chosen: null };
  return isGranted(chosen)
    ? { kind: "matched", wabaId: chosen }
    : { kind: "refused", code: "not_granted", chosen };
}

function matchExpected(
  expected: ExpectedWaba,
  message: SignupAnswers["message"],
  told: string[],
  isGranted: (wabaId: string) => boolean,
): Match {
  const { wabaId, businessId, phoneNumberIds } = expected;
  // The message is the browser's word: it never changes what a known WABA must be given.
  const lacksShare = message?.isAppOnly === true && !expected.isAppOnly;
  const other = told[0];
  if (other !== undefined && !told.includes(wabaId))
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

/** Without a message the token alone speaks, and only when it leaves no choice. */
function onlyNewOf(granted: string[] | null, known: string[]): string | null {
  const fresh = (granted ?? []).filter((wabaId) => !known.includes(wabaId));
  return fresh.length === 1 ? (fresh[0] ?? null) : null;
}
