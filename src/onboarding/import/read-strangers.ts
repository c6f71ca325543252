import { isMetaError } from "../../meta/error-code.ts";
import { expectedReplyOf } from "../../meta/expected-reply.ts";
import type { GraphReply } from "../../meta/graph-reply.ts";
import { findingOf } from "../../sharing/evidence/evidence-table.ts";
import type { MetaAccount } from "../../sharing/probe/meta-account.ts";

type NoAnswer = Exclude<GraphReply, { kind: "success" }>;

/** What Meta shows of WABAs that it does not list. */
export interface Strangers {
  shown: Set<string>;
  /** Meta says that there is no such WABA for us, and answers about our own portfolio. */
  unknown: Set<string>;
  /** The newest reply that decides neither: the rest is not yet known. */
  silent: NoAnswer | null;
}

/** Requests in parallel. */
const AT_ONCE = 10;

/**
 * Asks Meta about WABAs that a row names and that neither Meta's list nor we know. A wrong id and a WABA that
 * was never shared get the same answer; without an answer from Meta neither is decided.
 */
export async function readStrangers(account: MetaAccount, wabaIds: readonly string[]): Promise<Strangers> {
  const found: Strangers = { shown: new Set(), unknown: new Set(), silent: null };
  if (wabaIds.length === 0) return found;
  const ask = async (path: string): Promise<GraphReply> =>
    expectedReplyOf(
      await account.graph.ask({ method: "GET", path, query: { fields: "id" }, token: account.token }),
    );
  const control = await ask(`/${account.businessId}`);
  if (control.kind !== "success") return { ...found, silent: control };
  for (let from = 0; from < wabaIds.length; from += AT_ONCE)
    await Promise.all(
      wabaIds.slice(from, from + AT_ONCE).map(async (wabaId) => {
        const node = await ask(`/${wabaId}`);
        const reply = node.kind === "success" ? await ask(`/${wabaId}/phone_numbers`) : node;
        if (reply.kind === "success") found.shown.add(wabaId);
        else if (findingOf(reply).finding === "out_of_reach" || (node.kind === "success" && isNoEdge(reply)))
          found.unknown.add(wabaId);
        else found.silent = reply;
      }),
    );
  return found;
}

/**
 * An edge that only a WABA has: the id of a portfolio, a number or a page is a wrong id, too. "(#100) Tried
 * accessing nonexisting field (phone_numbers) on node type (Business)" (public reports); any other 100 speaks
 * of the request.
 */
function isNoEdge(reply: NoAnswer): boolean {
  if (reply.kind !== "refusal" || !isMetaError(reply.fault, "invalid_parameter") || reply.status >= 500)
    return false;
  return reply.fault.message.includes("nonexisting field (phone_numbers)");
}
