import type { Database } from "../../database/database.ts";
import { CHANNEL_KEY_NOTICE, findChannelKey, readValidChannelKeys } from "./channel-key-store.ts";
import { ChannelKeys } from "./channel-keys.ts";
import { Mutex } from "../../lib/mutex.ts";

export interface OpenChannelKeys {
  keys: ChannelKeys;
  /**
   * Reads all keys again: now and then, because a notice may be lost. Rejects with DatabaseError; then the
   * known keys stay.
   */
  reload(): Promise<void>;
  /** Reads one key again: after our own write, before answering. */
  refresh(keyId: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the cache of channel keys and keeps it current by notices. `onFault` gets a notice that could not be
 * followed; the next `reload` recovers it.
 */
export async function openChannelKeys(
  { db }: { db: Database },
  onFault: (error: unknown) => void,
): Promise<OpenChannelKeys> {
  const keys = new ChannelKeys();
  /** One read at a time, in order: an older answer must not overwrite a newer one. */
  const reads = new Mutex();
  const reload = (): Promise<void> => reads.run(async () => keys.replaceAll(await readValidChannelKeys(db)));
  const refresh = (keyId: string): Promise<void> =>
    reads.run(async () => {
      const key = await findChannelKey(db, keyId);
      if (key) keys.put(key);
      else keys.remove(keyId);
    });
  const stop = await db.listen(CHANNEL_KEY_NOTICE, (keyId) => void refresh(keyId).catch(onFault));
  await reload();
  return {
    keys,
    reload,
    refresh,
    async close() {
      await stop();
      await reads.run(async () => undefined);
    },
  };
}
