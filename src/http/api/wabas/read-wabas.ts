import type { Sql } from "../../../database/database.ts";
import { findAssets, type Asset } from "../../../directory/asset-store.ts";
import { findClients } from "../../../directory/client-store.ts";
import { findNumbersOf } from "../../../directory/number-store.ts";
import { readCases } from "../../../cases/case-store.ts";
import { findAppActivities } from "../../../coexistence/app-activity-store.ts";
import { findCurrentLinks } from "../../../recovery/reshare-link-store.ts";
import { findShares } from "../../../sharing/record/share-store.ts";
import { stateOf, type ShareState } from "../../../sharing/status/share-state.ts";
import type { WabaView } from "./render-waba.ts";

/** The WABAs as they are now, in the order of the given assets. Assets that no longer exist are left out. */
export async function readWabaViews(sql: Sql, assetIds: readonly string[], now: number): Promise<WabaView[]> {
  if (assetIds.length === 0) return [];
  const shares = await findShares(sql, assetIds);
  const states = new Map(shares.map((share) => [share.assetId, stateOf(share.record, now)]));
  return readViewsOf(
    sql,
    assetIds.flatMap((assetId) => pairOf(assetId, states.get(assetId))),
  );
}

/** The same with known states, such as those of the journal. */
export async function readViewsOf(
  sql: Sql,
  stated: readonly { assetId: string; state: ShareState }[],
): Promise<WabaView[]> {
  const ids = [...new Set(stated.map(({ assetId }) => assetId))];
  const assets = new Map((await findAssets(sql, ids)).map((asset) => [asset.id, asset]));
  const clientIds = [...new Set([...assets.values()].map((asset) => asset.clientId))];
  const clients = new Map((await findClients(sql, clientIds)).map((client) => [client.id, client]));
  const numbers = Map.groupBy(await findNumbersOf(sql, ids), (number) => number.assetId);
  const links = new Map((await findCurrentLinks(sql, ids)).map((link) => [link.assetId, link]));
  const cases = new Map((await readCases(sql, ids)).map((each) => [each.assetId, each]));
  const appActivities = Map.groupBy(await findAppActivities(sql, ids), (appActivity) => appActivity.assetId);
  return stated.flatMap(({ assetId, state }) => {
    const asset: Asset | undefined = assets.get(assetId);
    const client = asset && clients.get(asset.clientId);
    const ofAsset = {
      numbers: numbers.get(assetId) ?? [],
      link: links.get(assetId) ?? null,
      appActivities: appActivities.get(assetId) ?? [],
    };
    const ownCase = cases.get(assetId);
    return asset && client && ownCase ? [{ asset, client, state, case: ownCase, ...ofAsset }] : [];
  });
}

function pairOf(assetId: string, state: ShareState | undefined): { assetId: string; state: ShareState }[] {
  return state === undefined ? [] : [{ assetId, state }];
}
