import type { Database } from "../../database/database.ts";
import type { Clock } from "../../lib/clock.ts";
import { findNewestSeq } from "../../sharing/record/journal-store.ts";

/**
 * Wakes readers of the journal: they read by cursor, wait here, and read again. One poll serves all of them, however many wait. A
 * notice that was lost costs them one poll, never an event.
 */
export interface JournalListener {
  /** Resolves with true when something was appended since `heard`, with false after `waitMs` or when `signal` aborts. */
  wait(heard: number, waitMs: number, signal: AbortSignal): Promise<boolean>;
  /** How often something was appended: taken before a read, so that what is appended meanwhile is not missed. */
  readonly rung: number;
  close(): Promise<void>;
}

const POLL_MS = 1000;

export async function openJournalListener({
  db,
  clock,
}: {
  db: Database;
  clock: Clock;
}): Promise<JournalListener> {
  const waiting = new Set<() => void>();
  const closing = new AbortController();
  let rung = 0;
  let newest = await findNewestSeq(db);
  const ring = (): void => {
    rung += 1;
    for (const wake of waiting) wake();
  };
  const poll = async (): Promise<void> => {
    while (waiting.size > 0 && !closing.signal.aborted) {
      await clock.pause(POLL_MS, closing.signal);
      // A database that is away is asked again by the next poll.
      const seen = await findNewestSeq(db).catch(() => newest);
      if (seen !== newest) ring();
      newest = seen;
    }
    polling = null;
  };
  let polling: Promise<void> | null = null;
  const unlisten = await db.listen("journal", ring);
  return {
    get rung() {
      return rung;
    },
    async wait(heard, waitMs, signal) {
      if (rung !== heard) return true;
      const woken = new AbortController();
      const wake = (): void => woken.abort();
      waiting.add(wake);
      polling ??= poll();
      signal.addEventListener("abort", wake);
      if (!signal.aborted) await clock.pause(waitMs, woken.signal);
      signal.removeEventListener("abort", wake);
      waiting.delete(wake);
      return rung !== heard;
    },
    async close() {
      closing.abort();
      for (const wake of waiting) wake();
      await polling;
      await unlisten();
    },
  };
}
