import type { Database } from "../../database/database.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Random } from "../../lib/random.ts";
import { assert } from "../../lib/assert.ts";
import {
  CHANNEL_KEY_BYTE_COUNT,
  channelKeyIdOf,
  channelKeyOf,
  hashOfChannelKey,
  hintOfChannelKey,
  lookupOfHash,
} from "./channel-key.ts";
import type { ChannelKey } from "./channel-key.ts";
import { saveChannelKey } from "./channel-key-store.ts";
import type { OpenChannelKeys } from "./open-channel-keys.ts";

/** A new key as it is shown once. `key` is stored nowhere. */
export interface NewChannelKey extends Omit<ChannelKey, "hash"> {
  key: string;
}

/**
 * Creates a channel key for the number; valid here once this resolves, elsewhere after a notice.
 *
 * @param onCreated called before it is stored
 */
export async function createChannelKey(
  {
    db,
    clock,
    random,
    channelKeys,
  }: { db: Database; clock: Clock; random: Random; channelKeys: OpenChannelKeys },
  input: { connectionId: string; numberId: string; label: string },
  onCreated?: (key: Pick<ChannelKey, "id" | "label" | "hint">) => void,
): Promise<NewChannelKey> {
  const key = channelKeyOf(random.bytes(CHANNEL_KEY_BYTE_COUNT));
  const stored = {
    ...input,
    id: channelKeyIdOf(random.bytes(10)),
    hint: hintOfChannelKey(key),
    createdAt: clock.now(),
    revokedAt: null,
  };
  const hash = hashOfChannelKey(key);
  onCreated?.(stored);
  const isNew = await db.transaction((tx) => saveChannelKey(tx, { ...stored, hash }));
  assert(isNew, "32 random bytes never come twice");
  await channelKeys.refresh([lookupOfHash(hash)]);
  return { ...stored, key };
}
