import type { Database } from "../../database/database.ts";
import type { Clock } from "../../lib/clock.ts";
import { saveChannelKeyUses } from "./channel-key-store.ts";
import type { OpenChannelKeys } from "./open-channel-keys.ts";

/**
 * Stores which keys were used since the last call, at most once an hour per key. Uses that the database does
 * not accept are kept.
 */
export async function saveKeyUses(deps: {
  db: Database;
  clock: Clock;
  channelKeys: Pick<OpenChannelKeys, "keys">;
}): Promise<void> {
  const { keys } = deps.channelKeys;
  const used = keys.takeUsed();
  try {
    await saveChannelKeyUses(deps.db, used, deps.clock.now());
  } catch (error) {
    keys.giveBackUsed(used);
    throw error;
  }
}
