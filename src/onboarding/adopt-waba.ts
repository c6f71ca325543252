import type { By } from "../sharing/record-observation.ts";
import { recordObservation } from "../sharing/record-observation.ts";
import { findShare } from "../sharing/share-store.ts";
import { verifyShare, type VerifyDeps } from "../sharing/verify-share.ts";

/** Takes in a WABA that was found, or one that was ended on purpose, and looks at it. One that is adopted already stays as it is. */
export async function adoptWaba(deps: VerifyDeps, input: { assetId: string; by: By }): Promise<void> {
  const { assetId, by } = input;
  const share = await findShare(deps.db, assetId);
  if (share === undefined || share.memory.adoption === "adopted") return;
  const note = {
    kind: "act",
    source: "operator",
    title: "waba.adopted",
    detail: null,
    evidence: null,
  } as const;
  await recordObservation(deps, { assetId, observe: { type: "act", act: { kind: "adopt" } }, note, by });
  await verifyShare(deps, { assetId, trigger: "check", by });
}
