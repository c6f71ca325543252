import type { Tx } from "../database/database.ts";
import { appendDropped } from "./append-told.ts";
import type { ClientMessage } from "./client-message.ts";
import { addressed, contactOf } from "./message-plan.ts";
import { insertMessages } from "./message-store.ts";
import { lockCursor, readNotices, saveNotices } from "./notice-store.ts";
import { HELD_MS, SETTLE_MS, type Notice } from "./notice.ts";
import { bySystem, type NoticeDeps } from "./process-notices.ts";
import { readAddressee, readSubjects } from "./read-subjects.ts";

/**
 * The mail did not reach its contact: the next one is tried. Where there is none, the client is told as soon
 * as a contact has an address. What somebody asked for goes to that address and to no other.
 */
export async function passOn(
  tx: Tx,
  deps: Pick<NoticeDeps, "random">,
  message: ClientMessage,
  now: number,
): Promise<void> {
  if (message.kind === "fresh_link" || message.kind === "manual") return;
  const addressee = await readAddressee(tx, message.clientId);
  const { topic, kind, cause, assetIds } = message;
  const about = { topic, kind, cause, assetIds, why: "address_bounced", plannedAt: now } as const;
  const next = bySystem(
    deps,
    addressed(about, { addressee, channel: "email", contact: contactOf(addressee) }),
  );
  await insertMessages(tx, [next]);
  await appendDropped(tx, [next], await readSubjects(tx, assetIds, now), now);
  if (next.recipient !== null) return;
  const waiting = { waitsForAddress: true, nextAt: now + HELD_MS };
  await changeNotices(tx, message, (notice) =>
    notice.stoppedWhy === null ? { ...uncountedOf(notice), ...waiting } : notice,
  );
}

/** A message was dropped before it was sent: its client was not told, so that the next one is no reminder. */
export async function uncount(tx: Tx, message: ClientMessage, now: number): Promise<void> {
  if (message.kind === "fresh_link" || message.kind === "manual") return;
  await changeNotices(tx, message, (notice) => ({
    ...uncountedOf(notice),
    nextAt: notice.nextAt === null ? null : Math.min(notice.nextAt, now + SETTLE_MS),
  }));
}

function uncountedOf(notice: Notice): Notice {
  const sentCount = Math.max(0, notice.sentCount - 1);
  return { ...notice, sentCount, lastSentAt: sentCount === 0 ? null : notice.lastSentAt };
}

/** The notices that a message was about. */
async function changeNotices(
  tx: Tx,
  { assetIds, topic, clientId }: ClientMessage,
  change: (notice: Notice) => Notice,
): Promise<void> {
  await lockCursor(tx);
  const notices = await readNotices(tx, assetIds);
  const own = notices.filter((notice) => notice.topic === topic && notice.clientId === clientId);
  await saveNotices(tx, own.map(change));
}
