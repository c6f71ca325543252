import { findAssetIdsOf, findAssets, type Asset, type Mode } from "../../directory/asset-store.ts";
import { saveClientMode } from "../../directory/client-store.ts";
import type { By, RecordDeps } from "../../sharing/record/record-observation.ts";
import { findShares } from "../../sharing/record/share-store.ts";
import { stateOf } from "../../sharing/status/share-state.ts";
import { recordConfigured } from "./record-configured.ts";
import { saveWabaTerms } from "./save-waba-terms.ts";

/** Which WABAs: those named, or all of a client that have no mode of their own. */
export type Cohort = { assetIds: readonly string[] } | { clientId: string };

/** The effect of the switch on one WABA. */
export interface ModeStep {
  assetId: string;
  wabaId: string;
  before: Mode;
  after: Mode;
  status: string;
  reason: string | null;
  /** Its messages pass now and would stop, or the reverse. */
  gate: "closes" | "opens" | "stays";
}

/**
 * Switches a cohort between observing and enforcing, on the record, one WABA after the other; with `dryRun`
 * it only returns the effects. A mode that is set on a client applies to its later WABAs too.
 */
export async function saveModes(
  deps: RecordDeps,
  input: { mode: Mode; cohort: Cohort; dryRun: boolean; by: By },
): Promise<ModeStep[]> {
  const { mode, cohort, by } = input;
  const assetIds = "clientId" in cohort ? await findAssetIdsOf(deps.db, cohort.clientId) : cohort.assetIds;
  const before = await readStates(deps, assetIds);
  if (!input.dryRun && "clientId" in cohort) await saveForClient(deps, cohort.clientId, assetIds, input);
  if (!input.dryRun && "assetIds" in cohort)
    for (const assetId of assetIds) await saveWabaTerms(deps, { assetId, terms: { mode }, by });
  return before
    .filter(({ asset }) => "assetIds" in cohort || asset.ownMode === null)
    .map(({ asset, state }) => ({
      assetId: asset.id,
      wabaId: asset.wabaId,
      before: asset.mode,
      after: mode,
      status: state.status,
      reason: state.reason,
      gate: gateStepOf(asset.mode, mode, state.gate),
    }));
}

/** The client's mode first: a WABA that is imported meanwhile gets it at once. */
async function saveForClient(
  deps: RecordDeps,
  clientId: string,
  assetIds: readonly string[],
  { mode, by }: { mode: Mode; by: By },
): Promise<void> {
  await deps.db.transaction((tx) => saveClientMode(tx, clientId, mode));
  const heirs = (await findAssets(deps.db, assetIds)).filter((asset) => asset.ownMode === null);
  for (const { id } of heirs)
    await recordConfigured(deps, {
      assetId: id,
      configured: ["mode"],
      command: { kind: "configure" },
      evidence: { mode, client_id: clientId },
      save: () => Promise.resolve(),
      by,
    });
}

async function readStates(deps: Pick<RecordDeps, "db" | "clock">, assetIds: readonly string[]) {
  const now = deps.clock.now();
  const assets: Asset[] = await findAssets(deps.db, assetIds);
  const shares = new Map((await findShares(deps.db, assetIds)).map((share) => [share.assetId, share]));
  return assets.flatMap((asset) => {
    const share = shares.get(asset.id);
    return share === undefined ? [] : [{ asset, state: stateOf(share.record, now) }];
  });
}

function gateStepOf(before: Mode, after: Mode, gate: "open" | "closed"): ModeStep["gate"] {
  if (before === after || gate === "open") return "stays";
  return after === "enforce" ? "closes" : "opens";
}
