import { findOwners } from "../../directory/meta-id-store.ts";
import { MetaIdSet } from "../../meta/meta-id-set.ts";
import { discoverWabas } from "../record/discover-wabas.ts";
import { SYSTEM, type BeginDeps } from "../record/record-observation.ts";
import type { MetaAccount } from "../probe/meta-account.ts";
import { OWNED_LIST, readListedPages, type ListName } from "./read-listed-page.ts";
import type { VerifyDeps } from "../probe/verify-share.ts";

/**
 * Reconciles one list of Meta with ours, page by page to its end; only the ids of a page are kept, packed.
 * Unknown WABAs are kept as soon as their page was read, because a page shows what was shared when it was
 * asked. A WABA counts as missing only at the end of the list.
 *
 * @returns what is listed, and since when it was asked; null when the reconciliation was stopped: then it
 * proves nothing
 */
export async function reconcileList(
  deps: BeginDeps & Pick<VerifyDeps, "db" | "wake">,
  account: MetaAccount,
  list: ListName,
): Promise<{ wabaIds: MetaIdSet; askedAt: number } | null> {
  const { connectionId } = account;
  const model = list === OWNED_LIST ? "owned" : "portfolio_share";
  const wabaIds = new MetaIdSet();
  let foundBefore = 0;
  const walk = await readListedPages(account, list, async (page) => {
    const ids = page.map((waba) => waba.wabaId);
    const known = await findOwners(deps.db, connectionId, "waba", ids);
    const wabas = page.filter((waba) => !known.has(waba.wabaId));
    await discoverWabas(deps, { connectionId, wabas, foundBefore, model, by: SYSTEM });
    foundBefore += wabas.length;
    for (const id of ids) wabaIds.add(id);
  });
  return walk.kind === "complete" ? { wabaIds, askedAt: walk.askedAt } : null;
}
