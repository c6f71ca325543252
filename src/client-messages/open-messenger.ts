import { appendTold } from "./append-told.ts";
import { findNextMessageAt, readDueMessages, saveUnknown } from "./message-store.ts";
import { findNextNoticeAt } from "./notice-store.ts";
import { processNotices, type NoticeDeps } from "./process-notices.ts";
import { readRequested, type RequestedMessage } from "./read-requested.ts";
import { readSubjects } from "./read-subjects.ts";
import { SENDING_LEASE_MS, sendMessage, type SendDeps } from "./send-message.ts";

type MessengerDeps = SendDeps & NoticeDeps;

/** Plans and sends the messages to clients. One for each instance. */
export interface Messenger {
  /** Plans what is new and begins what is due. Returns when the next is due, in ms since the epoch. */
  turn(): Promise<number | void>;
  /** Waits until what is under way has ended. */
  drain(): Promise<void>;
  /** The next turn comes at once. */
  wake(): void;
  /** The words of messages that the provider sends, by id. */
  readRequested(ids: readonly string[]): Promise<ReadonlyMap<string, RequestedMessage>>;
  /** What writing and sending need. */
  sending: Pick<MessengerDeps, "clientRules" | "mailer" | "sender" | "linkUrlOf" | "unsubscribeUrlOf">;
}

/** A mail server that hangs makes nobody else wait. */
const MOST_UNDER_WAY = 16;

/** `wake` is called when a message was sent, so that the next turn comes at once. */
export function openMessenger(deps: MessengerDeps, wake: () => void): Messenger {
  const underWay = new Map<string, Promise<void>>();
  const begin = (id: string): void => {
    const sending = sendMessage(deps, id)
      .catch((error: unknown) => deps.log.error({ message: id, err: error }, "a message to a client failed"))
      .finally(() => {
        underWay.delete(id);
        wake();
      });
    underWay.set(id, sending);
  };
  return {
    async turn() {
      while (await processNotices(deps));
      await recordUnknown(deps);
      const due = await readDueMessages(deps.db, deps.clock.now(), 2 * MOST_UNDER_WAY);
      const free = MOST_UNDER_WAY - underWay.size;
      for (const id of due.filter((one) => !underWay.has(one)).slice(0, free)) begin(id);
      // The end of each wakes the next turn.
      if (underWay.size > 0) return;
      const next = [await findNextNoticeAt(deps.db), await findNextMessageAt(deps.db)];
      const known = next.filter((at) => at !== null);
      return known.length === 0 ? undefined : Math.min(...known);
    },
    wake,
    readRequested: (ids) => readRequested(deps, ids, deps.clock.now()),
    sending: deps,
    async drain() {
      while (underWay.size > 0) await Promise.all(underWay.values());
    },
  };
}

async function recordUnknown({ db, clock }: Pick<SendDeps, "db" | "clock">): Promise<void> {
  await db.transaction(async (tx) => {
    const now = clock.now();
    const messages = await saveUnknown(tx, { now, longestLease: SENDING_LEASE_MS, detail: "died" });
    for (const message of messages)
      await appendTold(tx, message, await readSubjects(tx, message.assetIds, now), now);
  });
}
