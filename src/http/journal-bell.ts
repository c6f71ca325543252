import type { Database } from "../database/database.ts";
import type { Clock } from "../lib/clock.ts";

/**
 * Wakes readers of the journal: they read by cursor, wait here, and read again. A notice that was lost costs them one poll, never an
 * event.
 */
export interface JournalBell {
  /** Resolves with true when something was appended since `heard`, with false after one poll's time or when `signal` aborts. */
  wait(heard: number, signal: AbortSignal): Promise<boolean>;
  /** How often it rang: taken before a read, so that what is appended meanwhile is not slept through. */
  readonly rung: number;
  close(): Promise<void>;
}

const POLL_MS = 1000;

export async function openJournalBell({ db, clock }: { db: Database; clock: Clock }): Promise<JournalBell> {
  const waiting = new Set<() => void>();
  let rung = 0;
  const ring = (): void => {
    rung += 1;
    for (const wake of waiting) wake();
  };
  const unlisten = await db.listen("journal", ring);
  return {
    get rung() {
      return rung;
    },
    async wait(heard, signal) {
      if (rung !== heard) return true;
      const woken = new AbortController();
      const wake = (): void => woken.abort();
      waiting.add(wake);
      signal.addEventListener("abort", wake);
      if (!signal.aborted) await clock.pause(POLL_MS, woken.signal);
      signal.removeEventListener("abort", wake);
      waiting.delete(wake);
      return rung !== heard;
    },
    async close() {
      for (const wake of waiting) wake();
      await unlisten();
    },
  };
}
