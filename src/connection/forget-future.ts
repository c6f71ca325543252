import { bringWebhookChecksToNow } from "./webhook-check-store.ts";
import { forgetLaterBuckets } from "../sharing/budget/probe-budget-store.ts";
import { hastenProbes, readAssetIds } from "../sharing/record/share-store.ts";
import { recordSeen, SYSTEM, type RecordDeps } from "../sharing/record/record-observation.ts";

const BATCH = 100;

/**
 * After the clock was set back: stored instants in the future are set to now, and every share is probed at
 * once. Otherwise answers would be ignored until the clock has caught up.
 */
export async function forgetFuture(deps: RecordDeps): Promise<void> {
  const now = deps.clock.now();
  await hastenProbes(deps.db, now);
  await forgetLaterBuckets(deps.db, now);
  await bringWebhookChecksToNow(deps.db, now);
  let after = "";
  for (;;) {
    const assetIds = await readAssetIds(deps.db, after, BATCH);
    const last = assetIds.at(-1);
    if (last === undefined) break;
    await deps.db.transaction((tx) =>
      recordSeen(
        tx,
        deps,
        assetIds.map((assetId) => ({ assetId, observe: { type: "tick" }, note: null, by: SYSTEM })),
      ),
    );
    after = last;
  }
  deps.wake();
}
