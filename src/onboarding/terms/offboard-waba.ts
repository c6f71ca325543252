import { findAsset } from "../../directory/asset-store.ts";
import { metaMessageOf } from "../../sharing/evidence/evidence-table.ts";
import { recordObservation, type By, type RecordDeps } from "../../sharing/record/record-observation.ts";
import { findShare } from "../../sharing/record/share-store.ts";
import { abandonSignup } from "../signup/abandon-signup.ts";
import { readOpenSignupsOf } from "../signup/signup-store.ts";
import type { VerifyDeps } from "../../sharing/probe/verify-share.ts";

/**
 * Offboards a WABA: no messages and no probes any more. The subscription is removed while we still can; if
 * Meta refuses, the WABA is offboarded nevertheless and the timeline says so.
 *
 * @returns false when there is no such WABA
 */
export async function offboardWaba(
  deps: RecordDeps & Pick<VerifyDeps, "accountOf">,
  input: { assetId: string; by: By },
): Promise<boolean> {
  const asset = await findAsset(deps.db, input.assetId);
  const share = await findShare(deps.db, input.assetId);
  if (asset === undefined || share === undefined) return false;
  const account = deps.accountOf(asset.connectionId);
  const mayWrite = asset.mode === "enforce" && share.record.adoption === "adopted";
  const reply =
    mayWrite && account !== undefined
      ? await account.graph.ask({
          method: "DELETE",
          path: `/${asset.wabaId}/subscribed_apps`,
          token: account.token,
        })
      : null;
  await recordObservation(deps, {
    assetId: asset.id,
    observe: { type: "command", command: { kind: "offboard" } },
    note: {
      kind: "command",
      source: "operator",
      title: "waba.offboarded",
      detail:
        reply === null || reply.kind === "success" ? null : `The subscription stays: ${metaMessageOf(reply)}`,
      evidence: null,
    },
    by: input.by,
  });
  // An earlier signup does not import it again: only a signup that begins after this.
  for (const id of await readOpenSignupsOf(deps.db, asset.id)) await abandonSignup(deps, id);
  return true;
}
