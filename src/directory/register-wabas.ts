import type { Tx } from "../database/database.ts";
import { newId } from "../lib/new-id.ts";
import type { Random } from "../lib/random.ts";
import { insertAssets, type NewAsset, type NewAssetsOf } from "./asset-store.ts";
import { insertClients, type NewClient } from "./client-store.ts";
import { findOwners, insertMetaIds, type OwnedMetaId } from "./meta-id-store.ts";

/** What is known of a WABA when it is first met. Names and the owner that are absent or null may follow. */
export interface WabaSketch {
  wabaId: string;
  name?: string | null;
  ownerBusinessId: string | null;
  ownerName?: string | null;
  /** Where it goes while Meta names no owner; absent or null: under a new client. */
  clientId?: string | null;
  /** WABAs of one key get one new client; absent or null: one of its own. */
  clientKey?: string | null;
}

/**
 * Gives WABAs our own ids, each under the client that owns its portfolio; a client is made when the portfolio
 * is new to us. The caller holds the locks of their ids at Meta (`lockWabas`), and none of them is known
 * here.
 *
 * @returns what was registered, by Meta's id of the WABA
 */
export async function registerWabas(
  tx: Tx,
  random: Random,
  sketches: readonly WabaSketch[],
  of: NewAssetsOf,
): Promise<Map<string, NewAsset>> {
  if (sketches.length === 0) return new Map();
  const { connectionId, at } = of;
  const portfolios = [...new Set(sketches.flatMap((sketch) => sketch.ownerBusinessId ?? []))];
  const owners = await findOwners(tx, connectionId, "business", portfolios);
  const clients: NewClient[] = [];
  const businesses: OwnedMetaId[] = [];
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
      clients.push({ id: clientId, name: sketch.ownerName ?? nameOf(sketch) });
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

const nameOf = ({ name, wabaId }: WabaSketch): string => name ?? `WABA ${wabaId}`;
