import type { ChannelType } from "./alert-channel.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** The wait before attempt 2, 3, … 9: about an hour in all. */
const WAITS_MS = [
  ...[10 * SECOND, 30 * SECOND, MINUTE, 2 * MINUTE],
  ...[5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE],
];
const LAST_WAIT_MS = 30 * MINUTE;

/**
 * How many attempts there are. What stands in a chat is read by people who look now: after an hour a message
 * is past its use, and the Hub has the alert. What another system counts on is tried for a day, because an
 * incident that nobody closes there goes on calling people. Alertmanager gets firing alerts each minute
 * besides, and ends them by itself.
 */
const ATTEMPTS: Record<ChannelType, number> = {
  ...{ slack: 9, teams: 9, discord: 9, alertmanager: 9 },
  // Greylisting takes up to some hours.
  email: 15,
  ...{ webhook: 55, pagerduty: 55 },
};

/** The longest time that a receiver may ask for. */
const LONGEST_WISH_MS = 30 * MINUTE;
/** The share of a wait that chance adds, so that what failed together does not come back together. */
const JITTER = 0.2;

/** No wait is longer. */
export const LONGEST_WAIT_MS = LAST_WAIT_MS * (1 + JITTER);

/**
 * How long to wait after the `failedCount`-th failed attempt, in ms; null: that was the last one.
 *
 * @param chance from 0 to 1
 * @param wishMs what the receiver asked for; it may only lengthen the wait
 */
export function channelWaitAfter(
  type: ChannelType,
  failedCount: number,
  chance: number,
  wishMs: number | null,
): number | null {
  if (failedCount >= ATTEMPTS[type]) return null;
  const wait = WAITS_MS[failedCount - 1] ?? LAST_WAIT_MS;
  return Math.max(Math.round(wait * (1 + JITTER * chance)), Math.min(wishMs ?? 0, LONGEST_WISH_MS));
}
