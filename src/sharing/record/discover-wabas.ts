import { saveOwned } from "../../directory/asset-store.ts";
import { findOwners, lockWabas } from "../../directory/meta-id-store.ts";
import { recordStatistics } from "../../directory/record-statistics.ts";
import { registerWabas, type WabaSketch } from "../../directory/register-wabas.ts";
import { newShareRecord } from "../model/share-record.ts";
import { beginShares, type By, type Note, type RecordDeps, type BeginDeps } from "./record-observation.ts";

const BATCH = 200;
/**
 * Up to so many are probed at once. Of more, the probes are spread, because a fleet that was never imported
 * is found in one reconciliation.
 */
const FEW = 20;

export interface Discovery {
  connectionId: string;
  wabas: readonly WabaSketch[];
  /** How many the same reconciliation has found before these. */
  foundBefore?: number;
  /** `owned`: they belong to our own portfolio. The others are shared with it. */
  model?: "portfolio_share" | "owned";
  /** Who named them. */
  by: By;
}

/**
 * Keeps WABAs that are shared with us without a signup here as discovered. Two discoveries at once create one
 * WABA.
 *
 * @returns our ids by Meta's, of those that were known before too
 */
export async function discoverWabas(
  deps: BeginDeps & Pick<RecordDeps, "db" | "wake">,
  discovery: Discovery,
): Promise<Map<string, string>> {
  const { foundBefore = 0 } = discovery;
  const wabas = [...new Map(discovery.wabas.map((waba) => [waba.wabaId, waba])).values()];
  const areMany = foundBefore + wabas.length > FEW;
  const assetIds = new Map<string, string>();
  for (let from = 0; from < wabas.length; from += BATCH) {
    const batch = wabas.slice(from, from + BATCH);
    for (const [wabaId, assetId] of await discoverBatch(deps, discovery, batch, areMany))
      assetIds.set(wabaId, assetId);
    const before = foundBefore + from;
    await recordStatistics(deps.db, before, before + batch.length);
  }
  if (wabas.length > 0) deps.wake();
  return assetIds;
}

function discoverBatch(
  deps: BeginDeps & Pick<RecordDeps, "db">,
  { connectionId, model, by }: Discovery,
  batch: readonly WabaSketch[],
  areMany: boolean,
): Promise<Map<string, string>> {
  const ids = batch.map((waba) => waba.wabaId);
  return deps.db.transaction(async (tx) => {
    await lockWabas(tx, connectionId, ids);
    const known = await findOwners(tx, connectionId, "waba", ids);
    const fresh = batch.filter(({ wabaId }) => !known.has(wabaId));
    if (fresh.length === 0) return known;
    const now = deps.clock.now();
    const made = await registerWabas(tx, deps.random, fresh, { connectionId, at: now });
    const assetIds = [...made].map(([wabaId, { id }]) => [wabaId, id] as const);
    if (model === "owned")
      await saveOwned(
        tx,
        assetIds.map(([, id]) => id),
      );
    const record = newShareRecord({ adoption: "discovered", origin: "discovery", now });
    await beginShares(tx, deps, {
      connectionId,
      shares: assetIds.map(([wabaId, assetId]) => ({ assetId, note: noteOf(wabaId) })),
      record: model === "owned" ? { ...record, partnerModel: model } : record,
      withinMs: areMany ? deps.sweepPeriodMs : 0,
      by,
    });
    return new Map([...known, ...assetIds]);
  });
}

function noteOf(wabaId: string): Note {
  const evidence = { waba_id: wabaId };
  return { kind: "command", source: "system", title: "waba.discovered", detail: null, evidence };
}
