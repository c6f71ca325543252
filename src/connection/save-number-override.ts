import { findAsset } from "../directory/asset-store.ts";
import { findNumber } from "../directory/number-store.ts";
import { Problem } from "../problems.ts";
import { mustPass, saveToken } from "./held-token.ts";
import { writeNumberOverride, type Override } from "../sharing/probe/repair-subscription.ts";
import { recordObservation, type By, type RecordDeps } from "../sharing/record/record-observation.ts";
import { findShare } from "../sharing/record/share-store.ts";
import type { VerifyDeps } from "../sharing/probe/verify-share.ts";
import { withoutQuery } from "../sharing/status/setup-issues.ts";

/**
 * Sets a callback of its own for this number at Meta, at once. Holds its verify token, so that the callback
 * can be written back when it is lost. Null removes the callback and the token.
 *
 * @returns false when there is no such number
 * @throws Problem not_written when nothing is written at Meta for its WABA, meta_refused, meta_unreachable
 */
export async function saveNumberOverride(
  deps: RecordDeps & Pick<VerifyDeps, "accountOf" | "keyring">,
  input: { numberId: string; override: Override | null; by: By },
): Promise<boolean> {
  const { numberId, override, by } = input;
  const number = await findNumber(deps.db, numberId);
  const asset = number && (await findAsset(deps.db, number.assetId));
  const share = asset && (await findShare(deps.db, asset.id));
  const account = asset && deps.accountOf(asset.connectionId);
  const known = share?.record.numbers[number?.id ?? ""];
  if (!number || !asset || !share || !account || !known) return false;
  const mayWrite = share.record.adoption === "adopted" && asset.mode === "enforce";
  if (!mayWrite && override !== null) throw new Problem("not_written", { id: asset.wabaId });
  const isGone = override === null && (!mayWrite || share.record.facts.Shared.status === "False");
  const { phoneNumberId } = number;
  const written = override ?? { uri: "", verifyToken: "" };
  if (!isGone) mustPass(await writeNumberOverride(account, { phoneNumberId, ...written }));
  await recordObservation(deps, {
    assetId: asset.id,
    observe: async (tx) => {
      await saveToken(tx, deps, number, override);
      return {
        type: "command",
        command: { kind: "number_override", numberId: number.id, uri: override?.uri ?? null },
      };
    },
    note: {
      kind: "command",
      source: "operator",
      title: override === null ? "subscription.number_override_removed" : "subscription.number_override_set",
      detail: phoneNumberId + (override === null ? "" : `: ${withoutQuery(override.uri)}`),
      evidence: null,
    },
    by,
  });
  return true;
}
