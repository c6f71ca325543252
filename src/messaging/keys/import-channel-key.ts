import type { Database } from "../../database/database.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Random } from "../../lib/random.ts";
import { channelKeyIdOf, hashOfChannelKey, hintOfChannelKey, lookupOfHash } from "./channel-key.ts";
import { findChannelKeyByHash, saveChannelKey } from "./channel-key-store.ts";
import type { OpenChannelKeys } from "./open-channel-keys.ts";

/** The key to import belongs to another number already; a key names one number only. */
export class ChannelKeyTaken extends Error {
  readonly numberId: string;
  constructor(numberId: string) {
    super(`This channel key belongs to number ${numberId}. Choose another key.`);
    this.name = "ChannelKeyTaken";
    this.numberId = numberId;
  }
}

/**
 * Stores a key that was made elsewhere, so that a program can move here without a change. A second import
 * changes nothing; a revoked key stays revoked. Throws ChannelKeyTaken when another number has it.
 */
export async function importChannelKey(
  {
    db,
    clock,
    random,
    channelKeys,
  }: { db: Database; clock: Clock; random: Random; channelKeys: OpenChannelKeys },
  input: { connectionId: string; numberId: string; label: string; key: string },
): Promise<{ id: string; isNew: boolean }> {
  const { key, ...owner } = input;
  const hash = hashOfChannelKey(key);
  const made = { ...owner, hash, hint: hintOfChannelKey(key), createdAt: clock.now(), revokedAt: null };
  const id = channelKeyIdOf(random.bytes(10));
  const kept = await db.transaction(async (tx) => {
    if (await saveChannelKey(tx, { ...made, id })) return { id, isNew: true, numberId: input.numberId };
    const known = await findChannelKeyByHash(tx, hash);
    return { id: known?.id ?? id, isNew: false, numberId: known?.numberId ?? input.numberId };
  });
  if (kept.numberId !== input.numberId) throw new ChannelKeyTaken(kept.numberId);
  await channelKeys.refresh([lookupOfHash(hash)]);
  return { id: kept.id, isNew: kept.isNew };
}
