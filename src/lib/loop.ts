import type { Clock, Timer } from "./clock.ts";

/** Background work that runs when woken and when it is due; never twice at once. */
export interface Loop {
  readonly name: string;
  /** Runs soon. Wakes while it runs lead to one more run after it. */
  wake(): void;
  /**
   * How it fares: whether the newest turn ended without an error, and when one last did, ms since the epoch.
   */
  state(): LoopState;
  /** Lets the run under way end, and starts no other. */
  stop(): Promise<void>;
}

export interface LoopState {
  name: string;
  alive: boolean;
  lastRoundAt: number | null;
  error: string | null;
}

export interface LoopPlan {
  name: string;
  /**
   * One turn. May return the instant of this world's clock at which the next is due. A long one ends early
   * once `stopping` is aborted.
   */
  run(stopping: AbortSignal): Promise<number | void>;
  /**
   * A turn comes at the latest this long after the last, in wall-clock time: a lost wake-up costs no more.
   * After a failed one: `retryAfterMs`.
   */
  everyMs: number;
  /** The rest after so many failed turns in a row, in wall-clock time. Default: `everyMs`, at most 5 s. */
  retryAfterMs?: ((failureCount: number) => number) | undefined;
  /** Called after each failed run; the loop continues with the next. */
  failed(error: unknown): void;
}

const RETRY_AFTER_MS = 5000;

/** Starts a loop with its first turn at once. */
export function startLoop(clock: Clock, plan: LoopPlan): Loop {
  let woken = true;
  let lastRoundAt: number | null = null;
  let error: string | null = null;
  let failureCount = 0;
  let due: Timer | null = null;
  let rest = new AbortController();
  const stopping = new AbortController();

  const wake = (): void => {
    woken = true;
    rest.abort();
  };
  const turn = async (): Promise<void> => {
    woken = false;
    due?.cancel();
    try {
      const nextAt = await plan.run(stopping.signal);
      lastRoundAt = clock.now();
      error = null;
      failureCount = 0;
      if (typeof nextAt === "number" && !stopping.signal.aborted) due = clock.at(nextAt, wake);
    } catch (fault) {
      error = fault instanceof Error ? fault.message : String(fault);
      failureCount += 1;
      woken = true;
      plan.failed(fault);
    }
  };
  const { retryAfterMs = () => Math.min(plan.everyMs, RETRY_AFTER_MS) } = plan;
  const live = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      if (!woken) {
        rest = new AbortController();
        await clock.pause(plan.everyMs, rest.signal);
        if (stopping.signal.aborted) break;
      }
      await turn();
      // What failed is tried again soon, however long the loop rests otherwise; a turn that always fails must
      // not spin.
      if (error !== null) await clock.pause(retryAfterMs(failureCount), stopping.signal);
    }
    due?.cancel();
  };
  const ended = live();
  return {
    name: plan.name,
    wake,
    state: () => ({ name: plan.name, alive: error === null && !stopping.signal.aborted, lastRoundAt, error }),
    async stop() {
      stopping.abort();
      rest.abort();
      await ended;
    },
  };
}
