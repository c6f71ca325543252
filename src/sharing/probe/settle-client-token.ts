import { findClientToken } from "../../credentials/client-token-store.ts";
import type { Asset } from "../../directory/asset-store.ts";
import type { Keyring } from "../../lib/keyring.ts";
import { askClientToken } from "./ask-client-token.ts";
import { judgeClientToken, type ClientReplies } from "../evidence/client-evidence.ts";
import type { MetaAccount } from "./meta-account.ts";
import { obtainClientToken } from "./obtain-client-token.ts";
import { SYSTEM, type RecordDeps } from "../record/record-observation.ts";

/**
 * What the client's own token proves, for one probe; null where we hold none and need none. A token that we
 * send with and that is dead or missing is first fetched again, once.
 *
 * @param input.mayObtain false in observe mode and for a WABA that is not adopted
 */
export async function settleClientToken(
  deps: Pick<RecordDeps, "db" | "clock"> & { keyring: Keyring },
  input: { asset: Asset; account: MetaAccount; isNeeded: boolean; mayObtain: boolean },
): Promise<{ token: string | null; replies: ClientReplies } | null> {
  const { asset, account, isNeeded } = input;
  const { wabaId } = asset;
  const token = (await findClientToken(deps.db, deps.keyring, asset)) ?? null;
  if (token === null && !isNeeded) return null;
  const replies = await askClientToken(account, { wabaId, token });
  const { TokenValid: valid, AppInstalled: app } = judgeClientToken(replies, {
    wabaId,
    appId: account.appId,
  });
  // A client that removed the app and granted it again without a code (hosted signup) has a new token that
  // only Meta holds.
  const isDead = valid.verdict === "bad" || app.verdict === "bad";
  if (!isDead || !isNeeded || !input.mayObtain) return { token, replies };
  const obtained = await obtainClientToken(deps, { asset, account, by: SYSTEM });
  if (!("token" in obtained)) return { token, replies };
  return { token: obtained.token, replies: await askClientToken(account, { wabaId, token: obtained.token }) };
}
