import { expectedReplyOf } from "../../meta/expected-reply.ts";
import type { MetaAccount } from "../../sharing/probe/meta-account.ts";
import { grantedIdsOf, tokenInfoOf } from "../../meta/token-info.ts";
import { isPassing } from "../passing-reply.ts";

/** "silent": Meta did not answer; it is asked again. "dead": the token is not valid. */
export type Granted = string[] | null | "silent" | "dead";

/** Ids of other kinds are few beside the WABAs: more than this are not read one by one. */
const MOST_READS = 20;

/**
 * Which WABAs the client's token reaches: by membership under the scopes of WABAs, asked with our own token;
 * and what else may be one, confirmed by a read with the token itself. Null: all, for the management scope
 * names no targets.
 *
 * @param named the WABAs that the attempt is about, by the dialog's message or by what is expected
 */
export async function readGranted(
  account: MetaAccount,
  token: string,
  named: readonly string[],
): Promise<Granted> {
  const query = { input_token: token };
  const info = tokenInfoOf(
    await account.graph.ask({ method: "GET", path: "/debug_token", query, token: account.token }),
  );
  if (info.kind === "unanswered") return "silent";
  if (info.kind === "invalid") return "dead";
  const { wabaIds, candidates } = grantedIdsOf(info);
  if (wabaIds === null) return null;
  const granted = [...wabaIds];
  const open = [...new Set([...named, ...candidates])].filter((id) => !wabaIds.includes(id));
  for (const id of open.slice(0, MOST_READS)) {
    const reach = await readWithToken(account, token, id);
    if (reach === "silent") return "silent";
    if (reach === "reached") granted.push(id);
  }
  return granted;
}

/**
 * A WABA that only the browser's message names must be readable with the token: otherwise one client's token
 * could be used in the place of another's.
 */
export async function readWithToken(
  account: MetaAccount,
  token: string,
  wabaId: string,
): Promise<"reached" | "refused" | "silent"> {
  // An edge that only a WABA has: the token may well read the node of another kind.
  const request = {
    method: "GET",
    path: `/${wabaId}/phone_numbers`,
    query: { fields: "id" },
    token,
  } as const;
  const reply = expectedReplyOf(await account.graph.ask(request));
  if (isPassing(reply)) return "silent";
  return reply.kind === "success" ? "reached" : "refused";
}
