import { ALERT_NOTICE } from "../../alerting/alert-store.ts";
import type { Database } from "../../database/database.ts";
import type { Clock } from "../../lib/clock.ts";
import { findNewestSeq } from "../../sharing/record/journal-store.ts";

/**
 * Wakes readers of the journal: they read by cursor, wait here, and read again. One poll serves all readers.
 * A lost notice delays them by one poll and never loses an event.
 */
export interface JournalListener {
  /**
   * Resolves with true when a line was appended since count `seenCount`, with false after `waitMs` or when
   * `signal` aborts.
   */
  wait(seenCount: number, waitMs: number, signal: AbortSignal): Promise<boolean>;
  /**
   * How often a line was appended. Readers take it before a read, so that lines appended meanwhile are not
   * missed.
   */
  readonly appendCount: number;
  /** Which alerts changed lately. A change counts as an append, too. */
  readonly alerts: AlertChanges;
  close(): Promise<void>;
}

/** The newest changes of alerts. */
interface AlertChanges {
  readonly count: number;
  /** What changed after the change of this number, as JSON: `{"id", "state"}`. */
  since(count: number): readonly string[];
}

const POLL_MS = 1000;
const ALERTS_KEPT = 200;
/** Changes may have been missed: alerts are to be read again. */
const UNKNOWN_ALERT = JSON.stringify({ id: null, state: null });

export async function openJournalListener({
  db,
  clock,
}: {
  db: Database;
  clock: Clock;
}): Promise<JournalListener> {
  const waiting = new Set<() => void>();
  const closing = new AbortController();
  let appendCount = 0;
  let newest = await findNewestSeq(db);
  const appended = (): void => {
    appendCount += 1;
    for (const wake of waiting) wake();
  };
  const poll = async (): Promise<void> => {
    while (waiting.size > 0 && !closing.signal.aborted) {
      await clock.pause(POLL_MS, closing.signal);
      // The next poll tries an unreachable database again.
      const seen = await findNewestSeq(db).catch(() => newest);
      if (seen !== newest) appended();
      newest = seen;
    }
    polling = null;
  };
  let polling: Promise<void> | null = null;
  const alerts = new RecentAlerts();
  const alertChanged = (change: string): void => {
    alerts.add(change);
    appended();
  };
  const unlisten = await db.listen("journal", appended, appended);
  const unlistenAlerts = await db.listen(ALERT_NOTICE, alertChanged, () => alertChanged(UNKNOWN_ALERT));
  return {
    get appendCount() {
      return appendCount;
    },
    alerts,
    async wait(seenCount, waitMs, signal) {
      if (appendCount !== seenCount) return true;
      const woken = new AbortController();
      const wake = (): void => woken.abort();
      waiting.add(wake);
      polling ??= poll();
      signal.addEventListener("abort", wake);
      if (!signal.aborted) await clock.pause(waitMs, woken.signal);
      signal.removeEventListener("abort", wake);
      waiting.delete(wake);
      return appendCount !== seenCount;
    },
    async close() {
      closing.abort();
      for (const wake of waiting) wake();
      await polling;
      await unlisten();
      await unlistenAlerts();
    },
  };
}

class RecentAlerts implements AlertChanges {
  #kept: string[] = [];
  count = 0;

  add(change: string): void {
    this.count += 1;
    this.#kept = [...this.#kept.slice(1 - ALERTS_KEPT), change];
  }

  since(count: number): readonly string[] {
    const newCount = this.count - count;
    if (newCount <= 0) return [];
    return newCount > this.#kept.length ? [UNKNOWN_ALERT] : [...new Set(this.#kept.slice(-newCount))];
  }
}
