import type { Asset } from "../../directory/asset-store.ts";
import type { GraphReply } from "../../meta/graph-reply.ts";
import { findHeldOverride } from "../../sharing/probe/find-held-override.ts";
import { WIDEST } from "../../sharing/probe/probe-meta.ts";
import { repairSubscription } from "../../sharing/probe/repair-subscription.ts";
import type { MetaAccount } from "../../sharing/probe/meta-account.ts";
import { findShare } from "../../sharing/record/share-store.ts";
import type { SignupDeps } from "../signup-deps.ts";

/**
 * Subscribes our app to the WABA's webhooks with the client's token, which is fresh when ours may not reach
 * the WABA yet. Uses the same way as the probes' repair, so that nothing erases an override.
 *
 * @returns the answer that decided: a read that shows the subscription, or the last write
 */
export async function subscribeWaba(
  deps: Pick<SignupDeps, "db" | "keyring">,
  input: { asset: Asset; account: MetaAccount; token: string },
): Promise<GraphReply> {
  const { asset, token } = input;
  const account = { ...input.account, token };
  const path = `/${asset.wabaId}/subscribed_apps`;
  const read = await account.graph.ask({ method: "GET", path, query: WIDEST, token });
  const share = await findShare(deps.db, asset.id);
  const override = share === undefined ? null : await findHeldOverride(deps, asset, share.record);
  const { repair, repairOverride } = await repairSubscription(account, {
    wabaId: asset.wabaId,
    read,
    override,
  });
  return repairOverride ?? repair ?? read;
}
