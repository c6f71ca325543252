/** A first refusal is looked into at once; more of the same within this time are answered by the same look. */
const FIRST_GAP_MS = 2000;

/**
 * Which refusals of Meta deserve a look. They come in floods when a client's list is bad, and a look tells the same each time: while
 * they go on, each makes the wait for the next twice as long, up to a sweep's period, or the looks would use up Meta's limits.
 * Holds state, does no I/O.
 */
export class RefusalBackoff {
  readonly #longestGapMs: number;
  readonly #known = new Map<string, { at: number; gapMs: number }>();

  constructor(sweepPeriodMs: number) {
    this.#longestGapMs = Math.max(FIRST_GAP_MS, sweepPeriodMs);
  }

  /** Whether this refusal starts a look. `about`: what makes two refusals the same, such as number and code. `now`: ms since the epoch. */
  isNews(about: string, now: number): boolean {
    const last = this.#known.get(about);
    // After a clock was set back nothing is known of how long ago it was.
    const passedMs = last === undefined || now < last.at ? Infinity : now - last.at;
    const gapMs = last?.gapMs ?? 0;
    if (passedMs < gapMs) return false;
    const isFlood = passedMs < 2 * this.#longestGapMs;
    this.#known.set(about, {
      at: now,
      gapMs: isFlood ? Math.min(2 * gapMs, this.#longestGapMs) : FIRST_GAP_MS,
    });
    return true;
  }
}
