import { withinTransaction } from "../database/within-transaction.ts";
import { findOwners } from "../directory/bulk-store.ts";
import { completeInboxRows, lockInboxRows, type InboxKey, type InboxOutcome } from "../inbox/inbox-store.ts";
import type { MetaNotice } from "../meta/account-update.ts";
import type { Identity } from "./hint.ts";
import { maySayOfShare, recordHint } from "./record-hint.ts";
import type { ShareDeps } from "./record-observation.ts";
import { lockShares } from "./share-store.ts";

/** A webhook that says something of shares. */
export interface TellingItem extends InboxKey {
  connectionId: string;
  identity: Identity;
  notices: readonly MetaNotice[];
  outcome: InboxOutcome;
  fields: string[];
}

/**
 * Takes several webhooks about WABAs that are known, in their order and in one transaction: in a storm a commit for each would let the
 * last removal wait for all of them. Another instance's webhooks are left to it.
 *
 * Locks are taken in one order everywhere: webhooks (never waited for), shares by id, the journal. So two of these, and one of these
 * and a look, never wait for each other in a circle.
 *
 * @returns false when one of the WABAs is not known: then each webhook is to be taken by itself
 */
export async function recordHints(deps: ShareDeps, items: readonly TellingItem[]): Promise<boolean> {
  const assetIds = await findAssetIds(deps, items);
  if (assetIds === null) return false;
  await deps.db.transaction(async (tx) => {
    const ours = await lockInboxRows(tx, items);
    await lockShares(tx, assetIds);
    const within = { ...deps, db: withinTransaction(tx, deps.db), wake: () => undefined };
    const taken = items.filter((item) => ours.has(item.id));
    for (const { connectionId, receivedAt, identity, notices } of taken)
      for (const notice of notices) await recordHint(within, { connectionId, notice, receivedAt, identity });
    await completeInboxRows(tx, taken, deps.clock.now());
  });
  deps.wake();
  return true;
}

async function findAssetIds(deps: ShareDeps, items: readonly TellingItem[]): Promise<string[] | null> {
  const found: string[] = [];
  for (const [connectionId, ofConnection] of Map.groupBy(items, (item) => item.connectionId)) {
    const notices = ofConnection.flatMap((item) => item.notices).filter(maySayOfShare);
    const wabaIds = new Set(notices.flatMap((notice) => notice.wabaId ?? []));
    const owners = await findOwners(deps.db, connectionId, "waba", [...wabaIds]);
    if (owners.size < wabaIds.size) return null;
    found.push(...owners.values());
  }
  return found;
}
