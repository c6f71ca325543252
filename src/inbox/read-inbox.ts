import type { Sql } from "../database/database.ts";
import type { Clock } from "../lib/clock.ts";
import { SealError } from "../lib/keyring.ts";
import type { Keyring } from "../lib/keyring.ts";
import { completeInbox, readWaitingRows } from "./inbox-store.ts";
import type { InboxKey, InboxRow } from "./inbox-store.ts";
import { inboxContextOf } from "./sealed-bodies.ts";

/** A webhook that waits, opened. `receivedAt`: ms since the epoch. */
export interface InboxItem extends InboxKey {
  connectionId: string;
  rawBody: Buffer;
  attempts: number;
}

/**
 * Up to `limit` webhooks that wait, in order. Several instances may read the same ones: take them with
 * lockInboxRows. A row that does not open will never open, so it is set aside as `failed` at once and not
 * returned.
 */
export async function readInbox(
  parts: { db: Sql; keyring: Keyring; clock: Clock },
  limit: number,
): Promise<InboxItem[]> {
  const items: InboxItem[] = [];
  for (const row of await readWaitingRows(parts.db, limit)) {
    const rawBody = await openRow(parts, row);
    const { id, receivedAt, connectionId, attempts } = row;
    if (rawBody) items.push({ id, receivedAt, connectionId, attempts, rawBody });
    else await completeInbox(parts.db, row, "failed", [], parts.clock.now());
  }
  return items;
}

async function openRow(
  { db, keyring }: { db: Sql; keyring: Keyring },
  row: InboxRow,
): Promise<Buffer | undefined> {
  try {
    return await keyring.open(db, inboxContextOf(row.connectionId), row);
  } catch (error) {
    if (error instanceof SealError) return undefined;
    throw error;
  }
}
