import type pg from "pg";
import type { Clock } from "../lib/clock.ts";

/**
 * A path that was cut without a word (a host that died, a firewall that forgot a connection) looks like a slow answer: TCP goes on
 * sending for a quarter of an hour. So the listening connection is asked every 5 s, and no answer within 10 s means that the path is
 * gone, for every connection that was made before.
 */
const ANSWER_WITHIN_MS = 10_000;

/** Whether the server says anything in time. A refusal is an answer; so is the end of the connection. */
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
  // In two halves: a process that was itself held up for long reads what has arrived before it judges.
  for (let half = 0; half < 2 && !hasAnswered && !over.aborted; half += 1)
    await Promise.race([asked, clock.pause(ANSWER_WITHIN_MS / 2, bounded)]);
  done.abort();
  return hasAnswered;
}

/**
 * The connections of the pool that are in use, and how old they are: after a silence all that were made before it are ended, those in
 * use at once, the others instead of being used again.
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

  /** `end` is called should the connection fall silent while it is used. Returns the function that tells of the end of the use. */
  used(client: pg.PoolClient, end: () => void): () => void {
    this.#inUse.set(client, end);
    return () => void this.#inUse.delete(client);
  }

  fellSilent(): void {
    this.#generation += 1;
    for (const end of [...this.#inUse.values()]) end();
  }
}
