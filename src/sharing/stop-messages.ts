import { findAsset } from "../directory/directory-store.ts";
import { recordObservation, type By, type ShareDeps } from "./record-observation.ts";
import { findShare } from "./share-store.ts";

/** "barred": there is nothing that we could stop, or nothing that we stopped. */
export type Stopping = "done" | "barred";

/**
 * Stops the messages of a WABA because we say so, whatever Meta proves; it is looked at as ever. Only `resumeMessages` lifts it. Barred
 * where it is not adopted or only observed: there the gate is not ours to close.
 */
export async function stopMessages(
  deps: ShareDeps,
  { assetId, why, by }: { assetId: string; why: string; by: By },
): Promise<Stopping> {
  const share = await findShare(deps.db, assetId);
  const asset = await findAsset(deps.db, assetId);
  if (share?.memory.adoption !== "adopted" || asset?.mode === "observe") return "barred";
  await recordObservation(deps, {
    assetId,
    observe: { type: "act", act: { kind: "operator_close", actor: by.actor, why } },
    note: { kind: "act", source: "operator", title: "waba.closed", detail: why, evidence: null },
    by,
  });
  return "done";
}

/** Lifts what an operator stopped: what Meta proves decides again. Barred where no operator stopped it: no click brings a share back. */
export async function resumeMessages(
  deps: ShareDeps,
  { assetId, by }: { assetId: string; by: By },
): Promise<Stopping> {
  const share = await findShare(deps.db, assetId);
  if (share === undefined || share.memory.operatorClosed === null) return "barred";
  await recordObservation(deps, {
    assetId,
    observe: { type: "act", act: { kind: "operator_reopen" } },
    note: { kind: "act", source: "operator", title: "waba.reopened", detail: null, evidence: null },
    by,
  });
  return "done";
}
