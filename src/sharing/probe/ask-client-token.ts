import type { ClientReplies } from "../evidence/client-evidence.ts";
import type { MetaAccount } from "./meta-account.ts";
import { listsWaba, tokenInfoOf } from "../../meta/token-info.ts";

/** Two such questions and those of the probe fit into the 10 s of a `check`. */
const ASK_TIMEOUT_MS = 2500;

/**
 * Asks Meta about a client's own token: `debug_token` with ours. Only when that does not prove the token does
 * it read the WABA with the client's own. Two questions at most.
 */
export async function askClientToken(
  account: MetaAccount,
  input: { wabaId: string; token: string | null },
): Promise<ClientReplies> {
  const { wabaId, token } = input;
  if (token === null) return { held: false, debugToken: null, clientRead: null };
  const ask = (path: string, query: Record<string, string>, by: string) =>
    account.graph.ask({ method: "GET", path, query, token: by, timeoutMs: ASK_TIMEOUT_MS });
  const debugToken = await ask("/debug_token", { input_token: token }, account.token);
  const isWell = listsWaba(tokenInfoOf(debugToken), wabaId);
  // Without an answer by Meta there is nothing to confirm.
  const clientRead =
    isWell || debugToken.kind === "no_answer" ? null : await ask(`/${wabaId}`, { fields: "id" }, token);
  return { held: true, debugToken, clientRead };
}
