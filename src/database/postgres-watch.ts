import type pg from "pg";
import type { Clock } from "../lib/clock.ts";

/**
 * A cut path (a host that died, a firewall that dropped a connection) looks like a slow answer: TCP repeats
 * for a quarter of an hour. So the listening connection is tested every 5 s. No answer within 10 s means that
 * every connection that was opened before is lost.
 */
const ANSWER_WITHIN_MS = 10_000;

/** Returns whether the server answers in time. A refusal is an answer; so is the end of the connection. */
export async function answersInTime(
  client: Pick<pg.Client, "query">,
  clock: Pick<Clock, "pause">,
  over: AbortSignal,
): Promise<boolean> {
  const done = new AbortController();
  let hasAnswered = false;
  const asked = client.query("select 1").then(
    () => void (hasAnswered = true),
    () => void (hasAnswered = true),
  );
  const bounded = AbortSignal.any([over, done.signal]);
  // In two steps: a process that was suspended first reads what has arrived.
  for (let step = 0; step < 2 && !hasAnswered && !over.aborted; step += 1)
    await Promise.race([asked, clock.pause(ANSWER_WITHIN_MS / 2, bounded)]);
  done.abort();
  return hasAnswered;
}

/**
 * The connections of the pool that are in use, and their age. When the database stops answering, earlier
 * connections are ended: those in use at once, the idle ones instead of being used again.
 */
export class PoolWatch {
  readonly #generations = new WeakMap<pg.ClientBase, number>();
  readonly #inUse = new Map<pg.PoolClient, () => void>();
  #generation = 0;

  made(client: pg.ClientBase): void {
    this.#generations.set(client, this.#generation);
  }

  isFromBefore(client: pg.PoolClient): boolean {
    return this.#generations.get(client) !== this.#generation;
  }

  /**
   * `end` is called if the connection stops answering while it is used. Returns a function to call when the
   * use ends.
   */
  used(client: pg.PoolClient, end: () => void): () => void {
    this.#inUse.set(client, end);
    return () => void this.#inUse.delete(client);
  }

  onUnanswered(): void {
    this.#generation += 1;
    for (const end of [...this.#inUse.values()]) end();
  }
}
