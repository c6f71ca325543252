/**
 * Refusals that tell about the number or its account. Everything else Meta refuses (a wrong recipient, a
 * template, a limit, a bad day of its own) may just as well happen to a number in perfect order. Source:
 * support/error-codes.
 */
const REFUSES_THE_NUMBER = new Set([3, 10, 33, 368, 131005, 131031, 131045, 133000, 133010]);

/**
 * The number may send, but not this kind of message: its display name is not approved, or its account cannot
 * be charged.
 */
export const DISPLAY_NAME = 131037;
export const PAYMENT = 131042;

export function isPermissionCode(code: number): boolean {
  return code >= 200 && code <= 299;
}

/** Whether Meta refuses every message of the number: a half-open gate closes on it. */
export function refusesNumber(code: number | null, subcode: number | null): boolean {
  if (code === null) return false;
  if (code === 100) return subcode === 33;
  return isPermissionCode(code) || REFUSES_THE_NUMBER.has(code);
}

/** Whether the refusal is about the number or its account at all, so that the next message meets the same. */
export function isAboutNumber(code: number | null, subcode: number | null): boolean {
  return code === DISPLAY_NAME || code === PAYMENT || refusesNumber(code, subcode);
}
