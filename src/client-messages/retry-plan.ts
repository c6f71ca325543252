import { HOUR, MINUTE } from "../sharing/model/timings.ts";

/** The wait after each failed attempt: greylisting ends within minutes, and after a day nobody waits. */
const WAITS_MS = [5 * MINUTE, 15 * MINUTE, 40 * MINUTE, 2 * HOUR, 4 * HOUR, 7 * HOUR, 10 * HOUR];

/** How long to wait after the `attemptCount`-th attempt, in ms; null: that was the last one. */
export const waitAfter = (attemptCount: number): number | null => WAITS_MS[attemptCount - 1] ?? null;
