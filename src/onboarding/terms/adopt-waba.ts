import { checkShare } from "../../sharing/probe/check-share.ts";
import { recordObservation, type By } from "../../sharing/record/record-observation.ts";
import { findShare } from "../../sharing/record/share-store.ts";
import type { VerifyDeps } from "../../sharing/probe/verify-share.ts";

/**
 * "not_discovered": only a WABA that was discovered and not adopted, or that was offboarded, can be adopted.
 */
export type Adoption = "adopted" | "not_discovered" | "unknown";

/** Adopts a WABA that was shared without a signup here, and probes it until its state is settled. */
export async function adoptWaba(deps: VerifyDeps, input: { assetId: string; by: By }): Promise<Adoption> {
  const share = await findShare(deps.db, input.assetId);
  if (share === undefined) return "unknown";
  if (share.record.adoption === "adopted") return "not_discovered";
  await recordObservation(deps, {
    assetId: input.assetId,
    observe: { type: "command", command: { kind: "adopt" } },
    note: { kind: "command", source: "operator", title: "waba.adopted", detail: null, evidence: null },
    by: input.by,
  });
  await checkShare(deps, input);
  return "adopted";
}
