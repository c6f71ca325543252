import { deleteSecret, saveSecret } from "../credentials/secret-store.ts";
import type { Tx } from "../database/database.ts";
import type { Asset } from "../directory/asset-store.ts";
import type { GraphReply } from "../meta/graph-reply.ts";
import { Problem } from "../problems.ts";
import { metaMessageOf } from "../sharing/evidence/evidence-table.ts";
import { verifyTokenPlaceOf } from "../sharing/probe/find-held-override.ts";
import type { Override } from "../sharing/probe/repair-subscription.ts";
import type { VerifyDeps } from "../sharing/probe/verify-share.ts";

/** Seals the verify token of a callback with its owner, a WABA or a number, or deletes it. */
export async function saveToken(
  tx: Tx,
  { keyring }: Pick<VerifyDeps, "keyring">,
  owner: Pick<Asset, "id" | "connectionId">,
  override: Override | null,
): Promise<void> {
  const place = verifyTokenPlaceOf(owner);
  if (override === null) await deleteSecret(tx, place);
  else await saveSecret(tx, keyring, place, override.verifyToken);
}

/** After a refusal by Meta nothing is saved. @throws Problem meta_refused or meta_unreachable */
export function mustPass(reply: GraphReply): void {
  if (reply.kind === "success") return;
  throw new Problem(reply.kind === "refusal" ? "meta_refused" : "meta_unreachable", {
    metaMessage: metaMessageOf(reply),
  });
}
