import {
  findOwners,
  hasDoubled,
  lockWabas,
  recordStatistics,
  saveOwned,
} from "../../directory/bulk-store.ts";
import { registerWabas } from "../../directory/register-wabas.ts";
import { beginShares } from "../record/begin-shares.ts";
import { newShareRecord } from "../model/share-record.ts";
import { SYSTEM, type ShareDeps } from "../record/record-observation.ts";
import type { ListedWaba } from "../../meta/listed-waba.ts";

const BATCH = 200;
/**
 * Up to so many are probed at once. Of more, the probes are spread, because a fleet that was never imported
 * is found in one reconciliation.
 */
const FEW = 20;

export interface Discovery {
  connectionId: string;
  wabas: readonly ListedWaba[];
  /** How many the same reconciliation has found before these. */
  foundBefore: number;
  /** Which of Meta's lists contains them: those of the second are our own. */
  model: "portfolio_share" | "owned";
}

/** Keeps unknown WABAs of Meta's listing as discovered. Two discoveries at once create one WABA. */
export async function discoverWabas(deps: ShareDeps, discovery: Discovery): Promise<void> {
  const { foundBefore } = discovery;
  const wabas = [...new Map(discovery.wabas.map((waba) => [waba.wabaId, waba])).values()];
  const areMany = foundBefore + wabas.length > FEW;
  for (let from = 0; from < wabas.length; from += BATCH) {
    const batch = wabas.slice(from, from + BATCH);
    await discoverBatch(deps, discovery, batch, areMany);
    const before = foundBefore + from;
    if (hasDoubled(before, before + batch.length)) await recordStatistics(deps.db);
  }
  if (wabas.length > 0) deps.wake();
}

function discoverBatch(
  deps: ShareDeps,
  { connectionId, model }: Discovery,
  batch: readonly ListedWaba[],
  areMany: boolean,
): Promise<void> {
  const ids = batch.map((waba) => waba.wabaId);
  return deps.db.transaction(async (tx) => {
    await lockWabas(tx, connectionId, ids);
    const known = await findOwners(tx, connectionId, "waba", ids);
    const fresh = batch
      .filter(({ wabaId }) => !known.has(wabaId))
      .map((waba) => ({ ...waba, clientId: null, clientKey: null }));
    const now = deps.clock.now();
    const of = { connectionId, importId: null, mode: null, at: now };
    const made = await registerWabas(tx, deps.random, fresh, of);
    const assetIds = [...made.values()].map((asset) => asset.id);
    if (model === "owned") await saveOwned(tx, assetIds);
    const record = newShareRecord({ adoption: "discovered", origin: "discovery", now });
    await beginShares(tx, deps, {
      connectionId,
      assetIds,
      record: model === "owned" ? { ...record, partnerModel: model } : record,
      withinMs: areMany ? deps.sweepPeriodMs : 0,
      note: { kind: "command", source: "system", title: "waba.discovered", detail: null, evidence: null },
      by: SYSTEM,
    });
  });
}
