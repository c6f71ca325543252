import type { MetaAccount } from "../probe/meta-account.ts";
import { readDisagreements } from "./read-disagreements.ts";
import { OWNED_LIST } from "./read-listed-page.ts";
import { recordObservation, SYSTEM, type RecordDeps } from "../record/record-observation.ts";
import { readOwnedStatuses } from "../record/share-store.ts";
import { reconcileList } from "./reconcile-list.ts";

/**
 * Reconciles the WABAs of our own portfolio, which have a list of their own. New ones are kept, and those
 * whose presence disagrees with our records are probed. An incomplete list proves nothing. A list that Meta
 * does not grant us finds nothing.
 */
export async function reconcileOwned(deps: RecordDeps, account: MetaAccount): Promise<void> {
  const listing = await reconcileList(deps, account, OWNED_LIST);
  if (listing === null) return;
  const readCompared = (after: string, limit: number): ReturnType<typeof readOwnedStatuses> =>
    readOwnedStatuses(deps.db, account.connectionId, after, limit);
  for await (const { share } of readDisagreements(deps, OWNED_LIST, listing.wabaIds, readCompared))
    await recordObservation(deps, {
      assetId: share.assetId,
      observe: { type: "command", command: { kind: "suspicion" } },
      note: null,
      by: SYSTEM,
    });
}
