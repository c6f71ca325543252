import type { Database } from "../../database/database.ts";
import type { Clock } from "../../lib/clock.ts";
import { lookupOfHash } from "./channel-key.ts";
import { saveChannelKeyRevoked } from "./channel-key-store.ts";
import type { OpenChannelKeys } from "./open-channel-keys.ts";

/** Ends a channel key of the number. False when the number has no such valid key. */
export async function revokeChannelKey(
  { db, clock, channelKeys }: { db: Database; clock: Clock; channelKeys: OpenChannelKeys },
  input: { numberId: string; keyId: string },
): Promise<boolean> {
  const ended = await db.transaction((tx) =>
    saveChannelKeyRevoked(tx, input.numberId, input.keyId, clock.now()),
  );
  if (ended !== undefined) await channelKeys.refresh([lookupOfHash(ended)]);
  return ended !== undefined;
}
