import type { Tx } from "../database/database.ts";
import { newId } from "../lib/new-id.ts";
import type { Random } from "../lib/random.ts";
import { saveAssetClient } from "./asset-store.ts";
import { insertClients, lockClient, saveClientName } from "./client-store.ts";
import { findOwnerId, hasPortfolio, insertMetaIds } from "./meta-id-store.ts";

/** The owner's portfolio, read while the share exists, because it cannot be read after its loss. */
export async function saveOwner(
  tx: Tx,
  random: Random,
  asset: { id: string; connectionId: string; clientId: string },
  owner: { businessId: string; name: string },
  now: number,
): Promise<void> {
  const { connectionId } = asset;
  const of = { connectionId, type: "business", at: now } as const;
  const known = await findOwnerId(tx, connectionId, "business", owner.businessId);
  if (known === asset.clientId) {
    await saveClientName(tx, known, owner.name);
    return;
  }
  // Two of its WABAs may learn of two owners at once: only the first gives it a portfolio.
  await lockClient(tx, asset.clientId);
  // A client that was made while Meta named no owner gets the portfolio: its name and the provider's id stay
  // with it.
  if (known === undefined && !(await hasPortfolio(tx, asset.clientId))) {
    await insertMetaIds(tx, [{ metaId: owner.businessId, ownerId: asset.clientId }], of);
    await saveClientName(tx, asset.clientId, owner.name);
    return;
  }
  const found = await findOwnerId(tx, connectionId, "business", owner.businessId);
  const clientId = found ?? newId("cli", random);
  if (found === undefined) {
    await insertClients(tx, [{ id: clientId, name: owner.name }], of);
    await insertMetaIds(tx, [{ metaId: owner.businessId, ownerId: clientId }], of);
  }
  await saveAssetClient(tx, asset.id, clientId);
}
