import type { Database } from "../../database/database.ts";
import { openWatchedMap, type WatchedMap } from "../../database/watched-map.ts";
import { CHANNEL_KEY_NOTICE, readValidChannelKeys } from "./channel-key-store.ts";
import { lookupOfHash } from "./channel-key.ts";
import { ChannelKeys, type KeyHolder } from "./channel-keys.ts";

/** The valid channel keys in memory, by `lookupOfHash`, and which of them were used. */
export interface OpenChannelKeys extends Omit<WatchedMap<KeyHolder>, "get"> {
  keys: ChannelKeys;
}

/** `onFault` is called for a notice that could not be processed; the next `reload` repairs that. */
export async function openChannelKeys(
  { db }: { db: Database },
  onFault: (error: unknown) => void,
): Promise<OpenChannelKeys> {
  const holders = await openWatchedMap<KeyHolder>(db, {
    channel: CHANNEL_KEY_NOTICE,
    async read(lookups) {
      const hashes = lookups?.map((lookup) => Buffer.from(lookup, "base64")) ?? null;
      const keys = await readValidChannelKeys(db, hashes);
      return new Map(
        keys.map(({ id: keyId, hash, connectionId, numberId }) => [
          lookupOfHash(hash),
          { keyId, connectionId, numberId },
        ]),
      );
    },
    onFault,
  });
  return { ...holders, keys: new ChannelKeys(holders) };
}
