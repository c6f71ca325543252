import { findOwnerId } from "../directory/directory-store.ts";
import { registerWaba } from "../directory/register-waba.ts";
import { newMemory } from "../sharing/memory.ts";
import type { MetaAccount } from "../sharing/meta-account.ts";
import { beginShare, type By, type Note } from "../sharing/record-observation.ts";
import { verifyShare, type VerifyDeps } from "../sharing/verify-share.ts";
import { readSharedWabas, type ListedWaba } from "../sharing/walk-listing.ts";

/**
 * Takes in every WABA that Meta lists as shared with us and that is not known here yet, and looks at each. Safe to repeat: what is
 * known stays as it is.
 *
 * @returns the ids of the assets that were taken in
 * @throws when the listing cannot be read to its end: half an import would look like a whole one
 */
export async function importWabas(deps: VerifyDeps, account: MetaAccount, by: By): Promise<string[]> {
  const listing = await readSharedWabas(account);
  if (!listing.complete)
    throw new Error("Meta's list of shared WABAs could not be read to its end; nothing was imported.");
  const imported: string[] = [];
  for (const waba of listing.wabas) {
    const assetId = await importWaba(deps, account.connectionId, waba, by);
    if (assetId !== null) imported.push(assetId);
  }
  for (const assetId of imported) await verifyShare(deps, { assetId, trigger: "import", by });
  deps.wake();
  return imported;
}

async function importWaba(
  deps: VerifyDeps,
  connectionId: string,
  waba: ListedWaba,
  by: By,
): Promise<string | null> {
  return deps.db.transaction(async (tx) => {
    if ((await findOwnerId(tx, connectionId, "waba", waba.wabaId)) !== undefined) return null;
    const now = deps.clock.now();
    const assetId = await registerWaba(tx, deps.random, { connectionId, ...waba }, now);
    const memory = newMemory({ adoption: "adopted", origin: "import", now });
    const note: Note = {
      kind: "act",
      source: "import",
      title: "waba.imported",
      detail: null,
      evidence: { waba_id: waba.wabaId },
    };
    await beginShare(tx, deps, { assetId, connectionId, memory }, note, by);
    return assetId;
  });
}
