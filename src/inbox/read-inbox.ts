import type { Sql } from "../database/database.ts";
import type { Clock } from "../lib/clock.ts";
import { SealError } from "../lib/keyring.ts";
import type { Keyring } from "../lib/keyring.ts";
import { completeInbox, readWaitingRows } from "./inbox-store.ts";
import type { InboxKey, InboxRow } from "./inbox-store.ts";
import { inboxContextOf } from "./receive-webhook.ts";

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
    const rawBody = openRow(parts.keyring, row);
    const { id, receivedAt, connectionId, attempts } = row;
    if (rawBody) items.push({ id, receivedAt, connectionId, attempts, rawBody });
    else await completeInbox(parts.db, row, "failed", [], parts.clock.now());
  }
  return items;
}

function openRow(keyring: Keyring, row: InboxRow): Buffer | undefined {
  try {
    return keyring.open(inboxContextOf(row.connectionId), row.dataKeyId, row.sealed);
  } catch (error) {
    if (error instanceof SealError) return undefined;
    throw error;
  }
}
