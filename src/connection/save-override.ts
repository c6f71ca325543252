import { findAsset } from "../directory/asset-store.ts";
import { Problem } from "../problems.ts";
import { mustPass, saveToken } from "./held-token.ts";
import { subscriptionIn } from "../sharing/evidence/subscription-evidence.ts";
import { writeSubscription, type Override } from "../sharing/probe/repair-subscription.ts";
import type { MetaAccount } from "../sharing/probe/meta-account.ts";
import { recordObservation, type By, type RecordDeps } from "../sharing/record/record-observation.ts";
import { findShare } from "../sharing/record/share-store.ts";
import type { VerifyDeps } from "../sharing/probe/verify-share.ts";
import { withoutQuery } from "../sharing/status/setup-issues.ts";

/**
 * Sets a callback of its own for this WABA at Meta, at once. Holds its verify token, so that the callback can
 * be written back whenever Meta drops it. Null removes the callback and the token. After a refusal by Meta
 * nothing is saved.
 *
 * @returns false when there is no such WABA
 * @throws Problem not_written when nothing is written at Meta for this WABA, meta_refused, meta_unreachable
 */
export async function saveOverride(
  deps: RecordDeps & Pick<VerifyDeps, "accountOf" | "keyring">,
  input: { assetId: string; override: Override | null; by: By },
): Promise<boolean> {
  const { assetId, override, by } = input;
  const asset = await findAsset(deps.db, assetId);
  const share = await findShare(deps.db, assetId);
  const account = asset && deps.accountOf(asset.connectionId);
  if (asset === undefined || share === undefined || account === undefined) return false;
  const mayWrite = share.record.adoption === "adopted" && asset.mode === "enforce";
  if (!mayWrite && override !== null) throw new Problem("not_written", { id: asset.wabaId });
  // A callback that Meta dropped with the share need not be removed at Meta.
  const isGone = override === null && (!mayWrite || share.record.facts.Shared.status === "False");
  if (!isGone) await writeAtMeta(account, asset.wabaId, override);
  await recordObservation(deps, {
    assetId,
    observe: async (tx) => {
      await saveToken(tx, deps, asset, override);
      return { type: "command", command: { kind: "override", uri: override?.uri ?? null } };
    },
    note: {
      kind: "command",
      source: "operator",
      title: override === null ? "subscription.override_removed" : "subscription.override_set",
      detail: override && withoutQuery(override.uri),
      evidence: null,
    },
    by,
  });
  return true;
}

/**
 * First the subscription, then the override. Removal is the bare POST, and only where there is a callback to
 * remove.
 */
async function writeAtMeta(account: MetaAccount, wabaId: string, override: Override | null): Promise<void> {
  const path = `/${wabaId}/subscribed_apps`;
  const read = await account.graph.ask({ method: "GET", path, token: account.token });
  mustPass(read);
  const own = subscriptionIn(read, account.appId);
  const needsBare = override === null ? own !== null && own.override !== null : own === null;
  if (needsBare) mustPass(await writeSubscription(account, wabaId, null));
  if (override !== null) mustPass(await writeSubscription(account, wabaId, override));
}
