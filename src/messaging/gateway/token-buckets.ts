interface Bucket {
  tokens: number;
  /** When `tokens` was computed, ms. */
  at: number;
}

/** Buckets are cleaned up when there are more than this, or twice as many as after the last cleanup. */
const FIRST_CLEANUP_AT = 1000;
const SECOND_MS = 1000;

/**
 * A token bucket for each number. It holds the messages of one second, so that a burst of that size passes.
 * Does no I/O.
 */
export class TokenBuckets {
  readonly #buckets = new Map<string, Bucket>();
  #cleanupAt = FIRST_CLEANUP_AT;

  /**
   * Takes a token and returns 0; or takes none, and returns the ms until one is available.
   *
   * @param now ms of a clock that runs at the pace of the wall clock
   */
  take(numberId: string, perSecond: number, now: number): number {
    const { tokens: held, at } = this.#buckets.get(numberId) ?? { tokens: perSecond, at: now };
    const tokens = Math.min(perSecond, held + (Math.max(0, now - at) * perSecond) / SECOND_MS);
    const isTaken = tokens >= 1;
    this.#buckets.set(numberId, { tokens: isTaken ? tokens - 1 : tokens, at: now });
    if (this.#buckets.size > this.#cleanupAt) this.#forgetFull(now);
    return isTaken ? 0 : Math.ceil(((1 - tokens) * SECOND_MS) / perSecond);
  }

  /** After one second every bucket is full again, and equal to no bucket. */
  #forgetFull(now: number): void {
    for (const [numberId, { at }] of this.#buckets)
      if (Math.abs(now - at) >= SECOND_MS) this.#buckets.delete(numberId);
    this.#cleanupAt = Math.max(FIRST_CLEANUP_AT, 2 * this.#buckets.size);
  }
}
