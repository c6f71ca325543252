/**
 * Time, handed in from outside so that the emulator's clock, a test or the simulation can replace it.
 * Instants are milliseconds since the Unix epoch.
 */
export interface Clock {
  /**
   * The instant of this world, in ms since the epoch. It may be frozen, jump forward, or be set back by a
   * reset.
   */
  now(): number;
  /**
   * Calls `run` once, when this world's clock has reached `atMs`. A frozen clock fires on advance, in order
   * of `atMs`.
   */
  at(atMs: number, run: () => void): Timer;
  /**
   * Waits in wall-clock time, whatever this world's clock does: for bounds that a person or a socket feels.
   * Resolves early on abort.
   */
  pause(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface Timer {
  cancel(): void;
}

/** The machine's own clock. Timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  at(atMs, run) {
    let handle: NodeJS.Timeout;
    /** setTimeout holds 2^31-1 ms at most: a longer wait is taken in legs. */
    const arm = (): void => {
      const waitMs = Math.max(0, atMs - Date.now());
      handle = setTimeout(
        () => (waitMs > LONGEST_WAIT_MS ? arm() : run()),
        Math.min(waitMs, LONGEST_WAIT_MS),
      );
      handle.unref();
    };
    arm();
    return { cancel: () => clearTimeout(handle) };
  },
  pause: pauseWallClock,
};

/** The one wall-clock wait, for every Clock. */
export function pauseWallClock(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(handle);
      signal?.removeEventListener("abort", finish);
      resolve();
    };
    const handle = setTimeout(finish, ms);
    if (signal?.aborted === true) finish();
    signal?.addEventListener("abort", finish);
  });
}

const LONGEST_WAIT_MS = 2 ** 31 - 1;
