/**
 * When a webhook that was not taken is sent again. Meta's pages give two promises, 36 hours and 7 days, both
 * "with falling frequency"; the steps are ours: 1, 2, 4, … seconds, then hourly.
 */
const HOUR_MS = 3_600_000;
const GIVE_UP_AFTER_MS = { "36h": 36 * HOUR_MS, "7d": 7 * 24 * HOUR_MS } as const;

export type RetryProfile = keyof typeof GIVE_UP_AFTER_MS;

/**
 * The instant of the next attempt, or null: given up. `attemptCount` attempts were made, the last one at
 * `now`.
 */
export function nextAttemptAt(
  profile: RetryProfile,
  item: { bornAt: number; attemptCount: number },
  now: number,
): number | null {
  const nextAt = now + Math.min(1000 * 2 ** (item.attemptCount - 1), HOUR_MS);
  return nextAt > item.bornAt + GIVE_UP_AFTER_MS[profile] ? null : nextAt;
}
