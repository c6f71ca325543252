/**
 * Rows of the database in memory, by key, kept current on every instance. Asking costs no query.
 *
 * 1. It listens first and then reads all rows, so that a change during that read is read again.
 * 2. The payload of a notice is the key that changed. Keys noticed during a read are read together after it,
 *    so that thousands of notices cost two queries.
 * 3. Reads run one at a time, in order, so that an older answer never overwrites a newer one. A failed read
 *    changes nothing.
 * 4. A notice may be lost. After a lost LISTEN everything is read again, and the owner polls with `reload`.
 */

import { Mutex } from "../lib/mutex.ts";
import type { Database } from "./database.ts";

export interface WatchedMap<Value> {
  get(key: string): Value | undefined;
  /** Reads these keys again: after our own write, or before a change that depends on them. */
  refresh(keys: readonly string[]): Promise<void>;
  /** Reads everything again. Rejects with DatabaseError; then the known values stay. */
  reload(): Promise<void>;
  close(): Promise<void>;
}

export interface WatchedMapPlan<Value> {
  /** NOTIFY channel; the payload is the key that changed. */
  channel: string;
  /** The values of these keys, of all keys for null. A key without a value is left out. */
  read(keys: readonly string[] | null): Promise<ReadonlyMap<string, Value>>;
  /** Called when a notice could not be followed; the next `reload` repairs that. */
  onFault(error: unknown): void;
}

/** Resolves once every value is read and each later change is followed. */
export async function openWatchedMap<Value>(
  db: Pick<Database, "listen">,
  { channel, read, onFault }: WatchedMapPlan<Value>,
): Promise<WatchedMap<Value>> {
  let values: Map<string, Value> = new Map();
  const reads = new Mutex();
  const noticed = new Set<string>();

  const readKeys = async (keys: readonly string[]): Promise<void> => {
    const found = await read(keys);
    for (const key of keys) values.delete(key);
    for (const [key, value] of found) values.set(key, value);
  };
  const readNoticed = (): Promise<void> => {
    const keys = [...noticed];
    noticed.clear();
    return readKeys(keys);
  };
  const reload = (): Promise<void> =>
    reads.run(async () => {
      values = new Map(await read(null));
    });

  const notice = (key: string): void => {
    noticed.add(key);
    if (noticed.size === 1) reads.run(readNoticed).catch(onFault);
  };

  const stop = await db.listen(channel, notice, () => void reload().catch(onFault));
  await reload();
  return {
    get: (key) => values.get(key),
    refresh: (keys) => reads.run(() => readKeys(keys)),
    reload,
    async close() {
      await stop();
      await reads.run(async () => undefined);
    },
  };
}
