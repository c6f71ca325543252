import type { By, ShareDeps } from "../sharing/record-observation.ts";
import { recordObservation } from "../sharing/record-observation.ts";
import { findShare } from "../sharing/share-store.ts";

/** Ends a WABA on purpose: its gate closes and nobody looks any more. Nothing is taken from its history. */
export async function offboardWaba(deps: ShareDeps, input: { assetId: string; by: By }): Promise<void> {
  const { assetId, by } = input;
  const share = await findShare(deps.db, assetId);
  if (share === undefined || share.memory.adoption === "offboarded") return;
  const note = {
    kind: "act",
    source: "operator",
    title: "waba.offboarded",
    detail: null,
    evidence: null,
  } as const;
  await recordObservation(deps, { assetId, observe: { type: "act", act: { kind: "offboard" } }, note, by });
}
