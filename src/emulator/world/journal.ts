/**
 * What came in and what went out, in order. Nothing is redacted: a simulator has no secrets. The oldest
 * entries make room.
 */

export interface RequestEntry {
  n: number;
  at: string;
  method: string;
  path: string;
  query: Record<string, string>;
  headers: Record<string, string>;
  body: unknown;
  /** null: no answer was given (the connection was reset or left hanging). */
  status: number | null;
  answer: unknown;
  /** The rule that made this answer, if one did. */
  fault?: string;
  /** True for a request that real Meta may know and this emulator does not. */
  not_emulated?: boolean;
}

export interface DeliveryEntry {
  n: number;
  at: string;
  webhook_id: string;
  /** The other webhooks in the same delivery, where updates are collected. */
  further_webhook_ids?: string[];
  attempt: number;
  /** 1, or higher for the further copies of a doubled webhook. */
  copy: number;
  app_id: string;
  url: string | null;
  headers: Record<string, string>;
  /** The exact text sent. */
  body: string;
  /** null: no answer. */
  status: number | null;
  error?: string;
}

const KEPT_ENTRIES = 20_000;

class Log<Entry extends { n: number }> {
  private entries: Entry[] = [];
  private last = 0;

  append(entry: Omit<Entry, "n">): Entry {
    this.last += 1;
    const full = { n: this.last, ...entry } as Entry;
    this.entries.push(full);
    // Dropped in blocks: shifting one by one would move the whole array for each entry.
    if (this.entries.length > KEPT_ENTRIES * 1.25) this.entries = this.entries.slice(-KEPT_ENTRIES);
    return full;
  }

  readAfter(n: number): Entry[] {
    return this.entries.filter((entry) => entry.n > n);
  }

  readLast(count: number): Entry[] {
    return this.entries.slice(-count);
  }

  clear(): void {
    this.entries = [];
    this.last = 0;
  }
}

export class Journal {
  readonly requests = new Log<RequestEntry>();
  readonly deliveries = new Log<DeliveryEntry>();

  clear(): void {
    this.requests.clear();
    this.deliveries.clear();
  }
}
