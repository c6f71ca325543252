import { findOwnerId } from "../directory/directory-store.ts";
import type { GraphReply } from "../meta/graph-reply.ts";
import { parseMetaId } from "../meta/meta-id.ts";
import { readPages } from "../meta/read-pages.ts";
import type { MetaAccount } from "./meta-account.ts";
import { recordObservation, SYSTEM } from "./record-observation.ts";
import { discoverWaba } from "./record-hint.ts";
import { findShares } from "./share-store.ts";
import type { VerifyDeps } from "./verify-share.ts";

/** A WABA as the listing shows it. */
export interface ListedWaba {
  wabaId: string;
  name: string | null;
  ownerBusinessId: string | null;
  ownerName: string | null;
}

export type Listing =
  | { complete: true; wabas: ListedWaba[] }
  | { complete: false; reply: Exclude<GraphReply, { kind: "success" }> };

/** All WABAs shared with our portfolio, as Meta lists them. An incomplete walk proves nothing and yields nothing. */
export async function readSharedWabas(account: MetaAccount): Promise<Listing> {
  const list = await readPages(account.graph, {
    method: "GET",
    path: `/${account.businessId}/client_whatsapp_business_accounts`,
    query: { fields: "id,name,owner_business_info" },
    token: account.token,
  });
  if (list.kind !== "complete") return { complete: false, reply: list.reply };
  return { complete: true, wabas: list.items.map(listedOf).filter((waba) => waba !== null) };
}

function listedOf(item: Record<string, unknown>): ListedWaba | null {
  const wabaId = parseMetaId(String(item.id));
  if (wabaId === null) return null;
  const owner = item.owner_business_info as { id?: unknown; name?: unknown } | undefined;
  const text = (value: unknown): string | null => (typeof value === "string" ? value : null);
  return { wabaId, name: text(item.name), ownerBusinessId: text(owner?.id), ownerName: text(owner?.name) };
}

/**
 * The bulk walk: finds WABAs that were shared by hand, and those whose presence in the listing disagrees with what we know. The
 * listing only makes us look; the look proves.
 */
export async function walkListing(deps: VerifyDeps, account: MetaAccount): Promise<void> {
  const listing = await readSharedWabas(account);
  if (!listing.complete) return;
  const listed = new Map<string, ListedWaba>();
  for (const waba of listing.wabas) {
    const { connectionId } = account;
    const known = await findOwnerId(deps.db, connectionId, "waba", waba.wabaId);
    listed.set(known ?? (await discoverWaba(deps, { connectionId, ...waba })), waba);
  }
  for (const assetId of await findDisagreements(deps, account.connectionId, new Set(listed.keys())))
    await recordObservation(deps, {
      assetId,
      observe: { type: "act", act: { kind: "suspicion" } },
      note: null,
      by: SYSTEM,
    });
}

/** Shares that we hold to stand and Meta does not list, or that Meta lists and we hold to be lost. */
async function findDisagreements(
  deps: VerifyDeps,
  connectionId: string,
  listed: Set<string>,
): Promise<string[]> {
  const rows = await deps.db.query<{ asset_id: string }>(
    "select asset_id from share where connection_id = $1",
    [connectionId],
  );
  const shares = await findShares(
    deps.db,
    rows.map((row) => row.asset_id),
  );
  return shares
    .filter(({ memory }) => memory.adoption === "adopted")
    .filter(({ assetId, memory }) => memory.facts.Shared.status === (listed.has(assetId) ? "False" : "True"))
    .map(({ assetId }) => assetId);
}
