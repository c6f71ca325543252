/** So much waits already that taking more would only make everybody wait longer. Ask again later. */
export class QueueFullError extends Error {
  constructor() {
    super("the queue is full");
    this.name = "QueueFullError";
  }
}

export interface GroupCommitOptions<Item> {
  /** Makes all of them durable at once, or rejects. */
  flush(items: readonly Item[]): Promise<void>;
  /** What an item weighs, in bytes. */
  sizeOf(item: Item): number;
  /** A flush takes at most this much, and at least one item. */
  maxFlushCount: number;
  maxFlushBytes: number;
  /** Beyond this, items are refused (QueueFullError). */
  maxWaitingCount: number;
  maxWaitingBytes: number;
}

interface Waiting<Item> {
  item: Item;
  size: number;
  settle: () => void;
  fail: (error: unknown) => void;
}

/**
 * Many small writes as few large ones: one flush is under way at a time, and everything that comes meanwhile
 * goes into the next. A lone item is flushed at once; under load the batches grow by themselves.
 */
export class GroupCommit<Item> {
  readonly #options: GroupCommitOptions<Item>;
  readonly #waiting: Waiting<Item>[] = [];
  #waitingBytes = 0;
  #flushing: Promise<void> | undefined;

  constructor(options: GroupCommitOptions<Item>) {
    this.#options = options;
  }

  get waitingCount(): number {
    return this.#waiting.length;
  }

  /** Resolves when the item is durable; rejects as its flush does, or with QueueFullError. */
  add(item: Item): Promise<void> {
    const size = this.#options.sizeOf(item);
    const { maxWaitingCount, maxWaitingBytes } = this.#options;
    const isFull =
      this.#waiting.length >= maxWaitingCount ||
      (this.#waiting.length > 0 && this.#waitingBytes + size > maxWaitingBytes);
    if (isFull) return Promise.reject(new QueueFullError());
    return new Promise((settle, fail) => {
      this.#waiting.push({ item, size, settle, fail });
      this.#waitingBytes += size;
      this.#flushing ??= this.#flushAll();
    });
  }

  /** Waits until nothing is waiting or under way. */
  async drain(): Promise<void> {
    await this.#flushing;
  }

  async #flushAll(): Promise<void> {
    // A turn of the event loop's microtasks, so that what arrived together is flushed together.
    await Promise.resolve();
    while (this.#waiting.length > 0) await this.#flushOnce(this.#takeBatch());
    this.#flushing = undefined;
  }

  #takeBatch(): Waiting<Item>[] {
    let count = 0;
    let bytes = 0;
    for (const { size } of this.#waiting) {
      const fits = count < this.#options.maxFlushCount && bytes + size <= this.#options.maxFlushBytes;
      if (count > 0 && !fits) break;
      count += 1;
      bytes += size;
    }
    this.#waitingBytes -= bytes;
    return this.#waiting.splice(0, count);
  }

  async #flushOnce(batch: readonly Waiting<Item>[]): Promise<void> {
    try {
      await this.#options.flush(batch.map(({ item }) => item));
      for (const { settle } of batch) settle();
    } catch (error) {
      for (const { fail } of batch) fail(error);
    }
  }
}
