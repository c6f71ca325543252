import type { Sql } from "../database/database.ts";
import type { Clock } from "../lib/clock.ts";
import { GroupCommit } from "../lib/group-commit.ts";
import type { Keyring } from "../lib/keyring.ts";
import { saveInboxRows } from "./inbox-store.ts";
import type { NewInboxRow } from "./inbox-store.ts";
import { inboxContextOf } from "./sealed-bodies.ts";

/** Webhooks on their way to the disk. */
export type InboxQueue = GroupCommit<NewInboxRow>;

/**
 * Meta's webhooks hold 3 MB at most, so a queue of this size holds at least twenty, and usually thousands.
 */
const MAX_WAITING_BYTES = 64 * 1024 * 1024;
const MAX_WAITING_COUNT = 10_000;
const MAX_FLUSH_BYTES = 8 * 1024 * 1024;
const MAX_FLUSH_COUNT = 1_000;

/** One a process. Await its `drain()` before the database is closed. */
export function openInboxQueue({ db }: { db: Sql }): InboxQueue {
  return new GroupCommit<NewInboxRow>({
    flush: (rows) => saveInboxRows(db, rows),
    sizeOf: (row) => row.sealed.length,
    maxFlushCount: MAX_FLUSH_COUNT,
    maxFlushBytes: MAX_FLUSH_BYTES,
    maxWaitingCount: MAX_WAITING_COUNT,
    maxWaitingBytes: MAX_WAITING_BYTES,
  });
}

/**
 * Keeps the exact bytes of a webhook whose signature was verified. Resolves once they are durable: only then
 * may Meta be answered 200. Rejects with QueueFullError (answer 503, Meta sends it again) or DatabaseError.
 */
export async function receiveWebhook(
  { queue, keyring, clock }: { queue: InboxQueue; keyring: Keyring; clock: Clock },
  { connectionId, rawBody }: { connectionId: string; rawBody: Uint8Array },
): Promise<void> {
  const receivedAt = clock.now();
  const { dataKeyId, sealed } = keyring.seal(inboxContextOf(connectionId), rawBody);
  await queue.add({ connectionId, receivedAt, dataKeyId, sealed });
}
