/**
 * Every error code of Meta's that Sharekeeper knows, in one table: its name and its source. Other code asks
 * by name: what an error proves (sharing/evidence), who must act (sharing/status/sending.ts), how a wrong PIN
 * counts. The signup dialog has its own codes (onboarding/signup/exit-reason.ts).
 */
interface ErrorRow {
  error: string;
  /** Null: the subcode alone decides. */
  codes: readonly number[] | null;
  subcode?: number;
  source: string;
}

/** The first row that matches names the error. */
const ROWS = [
  { error: "code_used", codes: null, subcode: 36009, source: "OAuth errors in public code" },
  { error: "code_expired", codes: null, subcode: 36007, source: "from memory, no page found" },
  { error: "app_removed", codes: [190], subcode: 458, source: "error-handling; field reports" },
  { error: "token_invalid", codes: [0, 102, 104, 190, 452], source: "error-codes: authorization" },
  { error: "token_missing", codes: [2500], source: "error-codes: authorization" },
  { error: "app_not_permitted", codes: [3, 10], source: "error-codes: authorization" },
  { error: "app_throttled", codes: [4, 17, 32, 341, 613], source: "error-codes: throttling" },
  { error: "waba_throttled", codes: [80007, 80008, 130429], source: "error-codes: throttling" },
  { error: "meta_fault", codes: [1, 2, 131000, 131016, 131057], source: "error-codes; error-handling" },
  { error: "account_restricted", codes: [368], source: "error-codes: integrity" },
  { error: "account_locked", codes: [131031], source: "error-codes: integrity" },
  { error: "object_missing", codes: [100], subcode: 33, source: "error-handling; field reports" },
  { error: "invalid_parameter", codes: [100], source: "error-codes: 100" },
  { error: "number_deleted", codes: [33], source: "error-codes: 33" },
  { error: "access_denied", codes: [131005], source: "error-codes: 131005" },
  { error: "not_registered", codes: [133000, 133010], source: "error-codes: registration" },
  { error: "wrong_pin", codes: [133005], source: "error-codes: registration" },
  { error: "registration_locked", codes: [133016], source: "error-codes: registration" },
  { error: "certificate", codes: [131045], source: "error-codes: 131045" },
  { error: "display_name", codes: [131037], source: "error-codes: 131037" },
  { error: "payment", codes: [131042], source: "error-codes: 131042" },
  { error: "payment_method", codes: [141006], source: "Meta's health page" },
  { error: "sip_missing", codes: [138024, 138025], source: "Meta's health page: on every healthy number" },
  { error: "app_data_requested", codes: [2593107], source: "coexistence: smb_app_data" },
] as const satisfies readonly ErrorRow[];

/** `permission_missing`: 200 to 299 (error-codes: authorization). */
export type MetaError = (typeof ROWS)[number]["error"] | "permission_missing";

/** What Meta's answer names. */
interface Code {
  code: number | null;
  subcode?: number | null;
}

/** The name of an error of Meta's; null for a code that is not in the table. */
export function metaErrorOf({ code, subcode }: Code): MetaError | null {
  const row = ROWS.find(
    (each: ErrorRow) =>
      (each.codes === null || (code !== null && each.codes.includes(code))) &&
      (each.subcode === undefined || each.subcode === subcode),
  );
  if (row !== undefined) return row.error;
  return code !== null && code >= 200 && code <= 299 ? "permission_missing" : null;
}

export function isMetaError(code: Code, ...errors: readonly MetaError[]): boolean {
  const error = metaErrorOf(code);
  return error !== null && errors.includes(error);
}

/** The app's own limit, or the WABA's. */
export const isThrottled = (code: Code): boolean => isMetaError(code, "app_throttled", "waba_throttled");

/**
 * Whether Meta refuses every message of the number: a half-open gate closes on it. Any other refusal (a wrong
 * recipient, a template, a limit, a fault at Meta) can happen to a number that may send.
 */
export function refusesNumber(code: Code): boolean {
  return isMetaError(
    code,
    "permission_missing",
    "app_not_permitted",
    "access_denied",
    "account_restricted",
    "account_locked",
    "certificate",
    "not_registered",
    "number_deleted",
    "object_missing",
  );
}

/**
 * Whether the refusal is about the number or its account at all, so that the next message meets the same.
 * With `display_name` and `payment` the number may send, but not this kind of message.
 */
export function isAboutNumber(code: Code): boolean {
  return refusesNumber(code) || isMetaError(code, "display_name", "payment");
}
