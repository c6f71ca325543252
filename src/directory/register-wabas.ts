import type { Tx } from "../database/database.ts";
import { newId } from "../lib/new-id.ts";
import type { Random } from "../lib/random.ts";
import { findOwners, insertAssets, insertClients, insertMetaIds, type NewAsset } from "./bulk-store.ts";
import type { WabaSketch } from "./register-waba.ts";

/** A WABA of an import. */
export interface BulkSketch extends Omit<WabaSketch, "connectionId"> {
  /** Where it goes while Meta names no owner; null: under a new client. */
  clientId: string | null;
  /** WABAs of one key get one new client; null: one of its own. */
  clientKey: string | null;
}

/**
 * Gives many WABAs our own ids at once, each under the client that owns its portfolio. The caller holds the
 * locks of their ids at Meta (`lockWabas`), and none of them is known here.
 *
 * @returns what was registered, by Meta's id of the WABA
 */
export async function registerWabas(
  tx: Tx,
  random: Random,
  sketches: readonly BulkSketch[],
  of: { connectionId: string; importId: string | null; mode: "enforce" | "observe" | null; at: number },
): Promise<Map<string, NewAsset>> {
  if (sketches.length === 0) return new Map();
  const { connectionId, at } = of;
  const portfolios = [...new Set(sketches.flatMap((sketch) => sketch.ownerBusinessId ?? []))];
  const owners = await findOwners(tx, connectionId, "business", portfolios);
  const clients: { id: string; name: string; externalId: null }[] = [];
  const businesses: { metaId: string; ownerId: string }[] = [];
  const assets = new Map<string, NewAsset>();
  const begun = new Map<string, string>();
  for (const sketch of sketches) {
    const { wabaId, ownerBusinessId } = sketch;
    const key =
      ownerBusinessId === null ? `key:${sketch.clientKey ?? wabaId}` : `business:${ownerBusinessId}`;
    const known = ownerBusinessId === null ? sketch.clientId : owners.get(ownerBusinessId);
    const clientId = known ?? begun.get(key) ?? newId("cli", random);
    if (!known && !begun.has(key)) {
      begun.set(key, clientId);
      clients.push({ id: clientId, name: sketch.ownerName ?? nameOf(sketch), externalId: null });
      if (ownerBusinessId !== null) businesses.push({ metaId: ownerBusinessId, ownerId: clientId });
    }
    assets.set(wabaId, { id: newId("ast", random), clientId, name: nameOf(sketch) });
  }
  await insertClients(tx, clients, of);
  await insertMetaIds(tx, businesses, { connectionId, type: "business", at });
  await insertAssets(tx, [...assets.values()], of);
  const ids = [...assets].map(([metaId, { id }]) => ({ metaId, ownerId: id }));
  await insertMetaIds(tx, ids, { connectionId, type: "waba", at });
  return assets;
}

const nameOf = ({ name, wabaId }: BulkSketch): string => name ?? `WABA ${wabaId}`;
