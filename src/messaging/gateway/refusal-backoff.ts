/** The first refusal starts a probe at once, which also covers the same refusals within this time. */
const FIRST_GAP_MS = 2000;

/**
 * Decides which refusals of Meta start a probe. Refusals come in large numbers when a client's list is bad,
 * and each probe gives the same result. While they continue, the wait doubles up to the sweep's period:
 * otherwise the probes would use up Meta's limits. Holds state, does no I/O.
 */
export class RefusalBackoff {
  readonly #longestGapMs: number;
  readonly #known = new Map<string, { at: number; gapMs: number }>();

  constructor(sweepPeriodMs: number) {
    this.#longestGapMs = Math.max(FIRST_GAP_MS, sweepPeriodMs);
  }

  /**
   * Whether this refusal starts a probe. `about`: what makes two refusals the same, such as number and code.
   * `now`: ms since the epoch.
   */
  isNews(about: string, now: number): boolean {
    const last = this.#known.get(about);
    // After the clock was set back, the time since the last probe is not known.
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
