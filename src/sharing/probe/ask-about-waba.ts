import type { GraphReply } from "../../meta/graph-reply.ts";
import type { VerifyDeps } from "./verify-share.ts";

/** Meta's answer. `no_room`: the WABA's budget of calls is used up until `at`, ms since the epoch. */
export type BudgetedReply = GraphReply | { kind: "no_room"; at: number };

/**
 * Asks Meta one question about a WABA for a person, within the budget of its probes. Undefined when we have
 * no account for it.
 */
export async function askAboutWaba(
  deps: Pick<VerifyDeps, "accountOf" | "budget">,
  { connectionId, wabaId, path }: { connectionId: string; wabaId: string; path: string },
): Promise<BudgetedReply | undefined> {
  const account = deps.accountOf(connectionId);
  if (account === undefined) return undefined;
  const waba = { appId: account.appId, wabaId };
  const admission = await deps.budget?.claimCall(waba);
  if (admission?.ok === false) return { kind: "no_room", at: admission.at };
  const reply = await account.graph.ask({ method: "GET", path, token: account.token });
  await deps.budget?.settle(waba);
  return reply;
}
