/** What one key or person may still send in the current window. */
export interface Quota {
  /** Requests in a window. */
  limit: number;
  left: number;
  /** When the window ends and all of `limit` is available again, in ms from now. */
  resetMs: number;
  /** This request is one too many. */
  isExceeded: boolean;
}

interface Window {
  endsAt: number;
  count: number;
}

export const WINDOW_MS = 60_000;
/** Ended windows are forgotten when there are more than this, or twice as many as after the last time. */
const FIRST_CLEANUP_AT = 1000;

/**
 * Counts the requests of each key and person in windows of a minute, which begin with their first request.
 * Each instance counts for itself. Holds state; instants in ms since the epoch.
 */
export class RequestQuotas {
  readonly #limit: number;
  readonly #windows = new Map<string, Window>();
  #cleanupAt = FIRST_CLEANUP_AT;

  /** `limit`: requests a minute. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** How many windows are remembered. */
  get size(): number {
    return this.#windows.size;
  }

  /** Counts one request. A refused one counts too, but a window never lasts longer for it. */
  take(actorId: string, now: number): Quota {
    const known = this.#windows.get(actorId);
    const window =
      known !== undefined && isCurrent(known, now) ? known : { endsAt: now + WINDOW_MS, count: 0 };
    window.count += 1;
    this.#windows.set(actorId, window);
    if (this.#windows.size > this.#cleanupAt) this.#forgetEnded(now);
    return {
      limit: this.#limit,
      left: Math.max(0, this.#limit - window.count),
      resetMs: window.endsAt - now,
      isExceeded: window.count > this.#limit,
    };
  }

  #forgetEnded(now: number): void {
    for (const [actorId, window] of this.#windows) if (!isCurrent(window, now)) this.#windows.delete(actorId);
    this.#cleanupAt = Math.max(FIRST_CLEANUP_AT, 2 * this.#windows.size);
  }
}

/** A window that begins in the future was opened before the clock was set back. */
const isCurrent = ({ endsAt }: Window, now: number): boolean => now < endsAt && endsAt <= now + WINDOW_MS;

/** The headers of draft-ietf-httpapi-ratelimit-headers. */
export function quotaHeadersOf({ limit, left, resetMs }: Quota): Record<string, string> {
  return {
    "RateLimit-Policy": `"default";q=${limit};w=${WINDOW_MS / 1000}`,
    RateLimit: `"default";r=${left};t=${Math.ceil(resetMs / 1000)}`,
  };
}
