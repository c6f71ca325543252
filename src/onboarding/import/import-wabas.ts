import { recordStatistics } from "../../directory/record-statistics.ts";
import type { MetaAccount } from "../../sharing/probe/meta-account.ts";
import type { By } from "../../sharing/record/record-observation.ts";
import { verifyShare, type VerifyDeps } from "../../sharing/probe/verify-share.ts";
import { readSharedWabas } from "../../sharing/reconcile/reconcile-shared.ts";
import { takeInWabas } from "./take-in-wabas.ts";

/** WABAs of one transaction. */
export const BATCH = 200;
/**
 * Up to this many new WABAs are probed one after the other before the import ends; more are probed later,
 * spread over the sweep.
 */
const LOOKED_AT_ONCE = 100;

/**
 * Imports every WABA that Meta lists as shared with us and that is not known yet, and probes each when they
 * are few. Safe to repeat: known WABAs stay unchanged.
 *
 * @returns the ids of the assets that were taken in
 * @throws when the list cannot be read to its end, because a partial import would seem complete
 */
export async function importWabas(deps: VerifyDeps, account: MetaAccount, by: By): Promise<string[]> {
  const listing = await readSharedWabas(account);
  if (!listing.complete)
    throw new Error("Meta's list of shared WABAs could not be read to its end; nothing was imported.");
  const areFew = listing.wabas.length <= LOOKED_AT_ONCE;
  const imported: string[] = [];
  for (let from = 0; from < listing.wabas.length; from += BATCH) {
    const wabas = listing.wabas.slice(from, from + BATCH);
    const { assetIds } = await takeInWabas(deps, {
      connectionId: account.connectionId,
      run: null,
      dryRun: false,
      candidates: wabas.map((waba) => ({ ...waba, isListed: true, row: null })),
      probesWithinMs: areFew ? 0 : deps.sweepPeriodMs,
      by,
    });
    await recordStatistics(deps.db, from, from + wabas.length);
    imported.push(...assetIds.values());
  }
  if (areFew) for (const assetId of imported) await verifyShare(deps, { assetId, trigger: "import", by });
  deps.wake();
  return imported;
}
