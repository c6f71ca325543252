import { systemClock } from "../../src/lib/clock.ts";
import { startStopwatch } from "../../src/lib/stopwatch.ts";

const STEP_MS = 15;

/**
 * Asks again and again until the answer is not undefined, and resolves with it and with how long it took.
 * `what` is what the failure says when `withinMs` of wall-clock time have passed.
 */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined> | T | undefined,
  withinMs = 30_000,
): Promise<{ value: T; tookMs: number }> {
  const elapsedMs = startStopwatch();
  for (;;) {
    const value = await ask();
    if (value !== undefined) return { value, tookMs: elapsedMs() };
    if (elapsedMs() > withinMs) throw new Error(`After ${withinMs} ms still not: ${what}`);
    await systemClock.pause(STEP_MS);
  }
}
