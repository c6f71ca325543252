import { findOwnerId, saveAssetTerms } from "../directory/directory-store.ts";
import type { MetaAccount } from "./meta-account.ts";
import { discoverWaba } from "./discover-waba.ts";
import { recordObservation, SYSTEM } from "./record-observation.ts";
import { findOwnedShares } from "./share-store.ts";
import type { VerifyDeps } from "./verify-share.ts";
import type { ListedWaba } from "./listed-waba.ts";
import { readSharedWabas } from "./walk-listing.ts";

/**
 * The bulk walk over the WABAs of our own portfolio, which stand in a list of their own: new ones are found, and those whose presence
 * disagrees with what we know are looked at. An incomplete walk proves nothing; one that Meta does not grant us finds nothing.
 */
export async function walkOwned(deps: VerifyDeps, account: MetaAccount): Promise<void> {
  const listing = await readSharedWabas(account, "owned_whatsapp_business_accounts");
  if (!listing.complete) return;
  const { connectionId } = account;
  const listed = new Set<string>();
  for (const waba of listing.wabas) {
    const known = await findOwnerId(deps.db, connectionId, "waba", waba.wabaId);
    listed.add(known ?? (await discoverOwned(deps, connectionId, waba)));
  }
  const owned = await findOwnedShares(deps.db, connectionId);
  for (const { assetId, memory } of owned)
    if (memory.facts.Shared.status === (listed.has(assetId) ? "False" : "True"))
      await recordObservation(deps, {
        assetId,
        observe: { type: "act", act: { kind: "suspicion" } },
        note: null,
        by: SYSTEM,
      });
}

async function discoverOwned(deps: VerifyDeps, connectionId: string, waba: ListedWaba): Promise<string> {
  const assetId = await discoverWaba(deps, { connectionId, ...waba });
  await recordObservation(deps, {
    assetId,
    configured: ["partner_model"],
    observe: async (tx) => {
      await saveAssetTerms(tx, assetId, { partnerModel: "owned", sendsWith: "system_user" });
      return { type: "act", act: { kind: "configure", partnerModel: "owned" } };
    },
    note: null,
    by: SYSTEM,
  });
  return assetId;
}
