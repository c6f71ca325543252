import type { Clock, Timer } from "../../src/lib/clock.ts";

interface Due {
  at: number;
  order: number;
  run: () => void;
}

/**
 * Time that passes only when nothing more can happen now. Both clocks of the product are this one: simulated
 * time and real waits are the same here. Due work runs in the order of its instant, then of its creation.
 */
export class VirtualTime implements Clock {
  #now: number;
  #order = 0;
  readonly #heap: Due[] = [];
  readonly #settled: () => Promise<void>;

  /**
   * @param settled resolves when everything that the last event began has ended, or waits for time to pass
   */
  constructor(start: number, settled: () => Promise<void>) {
    this.#now = start;
    this.#settled = settled;
  }

  now(): number {
    return this.#now;
  }

  at(atMs: number, run: () => void): Timer {
    const due: Due = { at: Math.max(atMs, this.#now), order: (this.#order += 1), run };
    this.#push(due);
    return { cancel: () => (due.run = nothing) };
  }

  pause(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = this.at(this.#now + ms, resolve);
      signal?.addEventListener("abort", () => {
        timer.cancel();
        resolve();
      });
    });
  }

  /** Runs everything that falls due up to and including `until`, and stops there. */
  async runUntil(until: () => number): Promise<void> {
    await this.#settled();
    for (;;) {
      const first = this.#heap[0];
      if (first === undefined || first.at > until()) break;
      const { run } = first;
      this.#pop();
      if (run === nothing) continue;
      this.#now = first.at;
      run();
      await this.#settled();
    }
    this.#now = Math.max(this.#now, until());
  }

  #push(due: Due): void {
    const heap = this.#heap;
    let index = heap.push(due) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(due, heap[parent] as Due)) break;
      heap[index] = heap[parent] as Due;
      index = parent;
    }
    heap[index] = due;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop() as Due;
    if (heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Due, heap[child] as Due)) child += 1;
      if (!isBefore(heap[child] as Due, last)) break;
      heap[index] = heap[child] as Due;
      index = child;
    }
    heap[index] = last;
  }
}

const nothing = (): void => undefined;
const isBefore = (one: Due, other: Due): boolean =>
  one.at < other.at || (one.at === other.at && one.order < other.order);

/** One turn of the event loop: every promise that could continue has continued. */
export const oneTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
