import { ListPace } from "../../meta/list-pace.ts";
import { readPage, followPages, type ListPage, type PageReader } from "../../meta/read-pages.ts";
import type { GraphRequest } from "../../meta/graph-reply.ts";
import type { MetaAccount } from "../probe/meta-account.ts";
import { listedOf, type ListedWaba } from "../../meta/listed-waba.ts";
import type { PartnerModel } from "../model/partner-model.ts";

/** The two lists of Meta that contain WABAs of ours. */
export type ListName = NonNullable<PartnerModel["listing"]>;

export const SHARED_LIST: ListName = "client_whatsapp_business_accounts";
export const OWNED_LIST: ListName = "owned_whatsapp_business_accounts";

export type ListedPage =
  { kind: "page"; wabas: ListedWaba[]; after: string | null } | Extract<ListPage, { kind: "stopped" }>;

/**
 * One page of the WABAs shared with our portfolio, with their owners. A fleet is read page by page, never
 * held at once.
 */
export async function readListedPage(
  account: MetaAccount,
  after: string | null,
  pace = listedPace(),
): Promise<ListedPage> {
  const page = await readPage(account.graph, requestOf(account, SHARED_LIST), after, pace);
  return page.kind === "stopped" ? page : { kind: "page", wabas: wabasOf(page.items), after: page.after };
}

/**
 * The list only says which WABAs exist. Owners and names may be left out, and are then read for each WABA.
 */
export const listedPace = (): ListPace => new ListPace(["owner_business_info", "name"]);

/** A listing of two million WABAs ends within this. A longer one counts as broken. */
const MOST_PAGES = 20_000;

/** Reads a list to its end, page by page. A missing WABA proves something only when the list is complete. */
export function readListedPages(
  account: MetaAccount,
  list: ListName,
  take: (wabas: ListedWaba[]) => Promise<void> | void,
): Promise<PageReader> {
  return followPages(
    account.graph,
    requestOf(account, list),
    MOST_PAGES,
    (items) => take(wabasOf(items)),
    listedPace(),
  );
}

const requestOf = (account: MetaAccount, list: ListName): GraphRequest => ({
  method: "GET",
  path: `/${account.businessId}/${list}`,
  query: { fields: "id,name,owner_business_info" },
  token: account.token,
});

const wabasOf = (items: readonly Record<string, unknown>[]): ListedWaba[] =>
  items.map(listedOf).filter((waba) => waba !== null);
