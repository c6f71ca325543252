/** One registration of a number that was asked of Meta. `code`: Meta's error code; null: taken, or no answer. */
export interface RegistrationTry {
  at: number;
  code: number | null;
}

const HOUR_MS = 3600_000;

/**
 * Meta takes ten registrations of a number in a moving window of 72 hours, then blocks it for 72 hours (133016). Source: "Registration"
 * and error codes, September 2026. Every try counts, also one without an answer.
 */
export const REGISTRATION_WINDOW_MS = 72 * HOUR_MS;
const MOST = 10;
/** What we try by ourselves, and what clients try by a link, leaves some for operators. */
const MOST_BUT_FOR_OPERATORS = 7;
const LOCKED = 133016;

/** From when on the number may be registered; an instant that has passed: now. Pure. */
export function mayRegisterFrom(tries: readonly RegistrationTry[], now: number, isOperator: boolean): number {
  const counted = tries.filter(({ at }) => at > now - REGISTRATION_WINDOW_MS).map(({ at }) => at);
  const locks = tries.filter(({ code }) => code === LOCKED).map(({ at }) => at + REGISTRATION_WINDOW_MS);
  const most = isOperator ? MOST : MOST_BUT_FOR_OPERATORS;
  const full = counted.toSorted((a, b) => b - a)[most - 1];
  return Math.max(0, ...locks, full === undefined ? 0 : full + REGISTRATION_WINDOW_MS);
}

/** Meta reviews a display name within hours or days: early tries are cheap for the client, later ones for the limit. */
const PAUSES_MS = [10 / 60, 0.5, 2, 6, 12, 24].map((hours) => hours * HOUR_MS);

/** How long a refused registration rests after this many tries of the step. */
export function registrationPauseMs(tryCount: number): number {
  return PAUSES_MS[Math.min(tryCount, PAUSES_MS.length) - 1] ?? PAUSES_MS[0] ?? HOUR_MS;
}
