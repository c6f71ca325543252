import { completeInbox, failInbox } from "../inbox/inbox-store.ts";
import { readInbox, type InboxItem } from "../inbox/read-inbox.ts";
import type { Keyring } from "../lib/keyring.ts";
import { parseNotices } from "../meta/account-update.ts";
import type { Identity } from "./hint.ts";
import { recordHint } from "./record-hint.ts";
import type { ShareDeps } from "./record-observation.ts";

export interface ProcessInboxDeps extends ShareDeps {
  keyring: Keyring;
  /** Who we are at Meta on this connection. */
  identityOf(connectionId: string): Identity | undefined;
  /** Told of a webhook that could not be processed; it is tried again, and set aside after 20 tries. */
  processingFailed(inboxId: string, error: unknown): void;
}

const PAGE = 100;

/**
 * Takes every webhook that waits, in order, as hints. A webhook counts as done only after all its notices are recorded; one that is
 * taken twice changes nothing, for an equal hint is a repetition.
 */
export async function processInbox(deps: ProcessInboxDeps): Promise<void> {
  for (;;) {
    const items = await readInbox(deps, PAGE);
    let failedCount = 0;
    for (const item of items) failedCount += (await processItem(deps, item)) ? 0 : 1;
    if (items.length < PAGE || failedCount > 0) return;
  }
}

async function processItem(deps: ProcessInboxDeps, item: InboxItem): Promise<boolean> {
  try {
    const delivery = parseNotices(item.rawBody);
    const identity = deps.identityOf(item.connectionId);
    if (delivery.understood && identity !== undefined)
      for (const notice of delivery.notices)
        await recordHint(deps, {
          connectionId: item.connectionId,
          notice,
          receivedAt: item.receivedAt,
          identity,
        });
    const outcome = delivery.understood ? "understood" : "not_understood";
    await completeInbox(deps.db, item, outcome, delivery.fields, deps.clock.now());
    return true;
  } catch (error) {
    deps.processingFailed(item.id, error);
    await failInbox(deps.db, item, deps.clock.now());
    return false;
  }
}
