import { readPage, type ListPage } from "../meta/read-pages.ts";
import type { MetaAccount } from "./meta-account.ts";
import { listedOf, type ListedWaba } from "./listed-waba.ts";

export type ListedPage =
  { kind: "page"; wabas: ListedWaba[]; after: string | null } | Extract<ListPage, { kind: "stopped" }>;

/** One page of the WABAs shared with our portfolio, with their owners: a fleet is taken in page by page, never held at once. */
export async function readListedPage(account: MetaAccount, after: string | null): Promise<ListedPage> {
  const page = await readPage(
    account.graph,
    {
      method: "GET",
      path: `/${account.businessId}/client_whatsapp_business_accounts`,
      query: { fields: "id,name,owner_business_info" },
      token: account.token,
    },
    after,
  );
  if (page.kind === "stopped") return page;
  return {
    kind: "page",
    wabas: page.items.map(listedOf).filter((waba) => waba !== null),
    after: page.after,
  };
}
