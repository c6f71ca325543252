import { isMetaError } from "../../meta/error-code.ts";

/**
 * One registration of a number that was requested from Meta. `code`: Meta's error code; null: accepted, or no
 * answer.
 */
export interface RegistrationTry {
  at: number;
  code: number | null;
}

const HOUR_MS = 3600_000;

/**
 * Meta accepts ten registrations of a number in a moving window of 72 hours, then blocks it for 72 hours
 * (133016). Source: "Registration" and error codes, September 2026. Every try counts, also one without an
 * answer.
 */
export const REGISTRATION_WINDOW_MS = 72 * HOUR_MS;
const MOST = 10;
/** The limit for automatic tries and for clients with a link leaves some tries for operators. */
const MOST_BUT_FOR_OPERATORS = 7;

/** The earliest instant at which the number may be registered; an instant in the past: now. Pure. */
export function mayRegisterFrom(tries: readonly RegistrationTry[], now: number, isOperator: boolean): number {
  const counted = tries.filter(({ at }) => at > now - REGISTRATION_WINDOW_MS).map(({ at }) => at);
  const locks = tries
    .filter((each) => isMetaError(each, "registration_locked"))
    .map(({ at }) => at + REGISTRATION_WINDOW_MS);
  const most = isOperator ? MOST : MOST_BUT_FOR_OPERATORS;
  const full = counted.toSorted((a, b) => b - a)[most - 1];
  return Math.max(0, ...locks, full === undefined ? 0 : full + REGISTRATION_WINDOW_MS);
}

/**
 * Meta reviews a display name within hours or days: early tries are cheap for the client, later ones for the
 * limit.
 */
const PAUSES_MS = [10 / 60, 0.5, 2, 6, 12, 24].map((hours) => hours * HOUR_MS);

/** How long a refused registration waits after this many tries of the step. */
export function registrationPauseMs(tryCount: number): number {
  return PAUSES_MS[Math.min(tryCount, PAUSES_MS.length) - 1] ?? PAUSES_MS[0] ?? HOUR_MS;
}
