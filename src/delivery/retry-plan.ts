/**
 * When a failed delivery is tried again. The waits are those that Standard Webhooks recommends: ten attempts
 * over three days and three hours.
 */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** The wait before attempt 2, 3, … 10. */
const WAITS_MS = [
  ...[5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR],
  ...[5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR],
];

export const ATTEMPTS = WAITS_MS.length + 1;

/** The longest time that a receiver may ask for with Retry-After. */
const LONGEST_WISH_MS = 24 * HOUR;
/** The share of a wait that chance adds, so that what failed together does not come back together. */
const JITTER = 0.2;

/**
 * How long to wait after the `failedCount`-th failed attempt, in ms; null: that was the last one.
 *
 * @param chance from 0 to 1
 * @param wishMs what the receiver asked for; it may only lengthen the wait
 */
export function waitAfter(failedCount: number, chance: number, wishMs = 0): number | null {
  const wait = WAITS_MS[failedCount - 1];
  if (wait === undefined) return null;
  return Math.max(Math.round(wait * (1 + JITTER * chance)), Math.min(wishMs, LONGEST_WISH_MS));
}

/** How long an endpoint may do nothing but fail before it is disabled. */
export const DISABLED_AFTER_MS = 5 * 24 * HOUR;

const WARNINGS = [90, 70, 50] as const;

/** How much of that time has passed: 50, 70 or 90 per cent, the highest that is reached; else 0. */
export function warningOf(failingMs: number): number {
  return WARNINGS.find((percent) => failingMs >= (DISABLED_AFTER_MS * percent) / 100) ?? 0;
}

/** After a fault of ours the attempt does not count, and the next comes soon. */
export const OUR_FAULT_WAIT_MS = MINUTE;
