import { findOwnerIds } from "../directory/directory-store.ts";
import type { GraphReply } from "../meta/graph-reply.ts";
import { readPages } from "../meta/read-pages.ts";
import type { MetaAccount } from "./meta-account.ts";
import { findNewestProven, findOpenIncident, saveConfirmed } from "./incident-store.ts";
import { believesAbsence, isConfirmedAbsent, type Incident } from "./incident.ts";
import { listedOf, type ListedWaba } from "./listed-waba.ts";
import { modelOf, type PartnerModel } from "./partner-model.ts";
import { recordObservation, SYSTEM } from "./record-observation.ts";
import { discoverWabas } from "./discover-wabas.ts";
import { findShares, readStatuses, type ShareRow } from "./share-store.ts";
import { verifyShare, type VerifyDeps } from "./verify-share.ts";

export type Listing =
  | { complete: true; askedAt: number; wabas: ListedWaba[] }
  | { complete: false; reply: Exclude<GraphReply, { kind: "success" }> };

const SHARED_LIST = "client_whatsapp_business_accounts";

/** A listing of two million WABAs has an end; one that does not end is none. */
const MOST_PAGES = 20_000;

/** All WABAs shared with our portfolio, or of its own where `edge` says so, as Meta lists them. An incomplete walk proves nothing and yields nothing. */
export async function readSharedWabas(
  account: MetaAccount,
  edge: NonNullable<PartnerModel["listing"]> = SHARED_LIST,
): Promise<Listing> {
  const list = await readPages(
    account.graph,
    {
      method: "GET",
      path: `/${account.businessId}/${edge}`,
      query: { fields: "id,name,owner_business_info" },
      token: account.token,
    },
    MOST_PAGES,
  );
  if (list.kind !== "complete") return { complete: false, reply: list.reply };
  return {
    complete: true,
    askedAt: list.askedAt,
    wabas: list.items.map(listedOf).filter((waba) => waba !== null),
  };
}

/**
 * The bulk walk: finds WABAs that were shared by hand, and those whose presence in the listing disagrees with what we know. The
 * listing only makes us look; the look proves. While many WABAs fail together it also says which of them are lost indeed
 * (docs/decisions/0003).
 */
export async function walkListing(deps: VerifyDeps, account: MetaAccount): Promise<void> {
  const listing = await readSharedWabas(account);
  if (!listing.complete) return;
  const { connectionId } = account;
  const listed = await knownOf(deps, connectionId, listing.wabas);
  const incident = await findOpenIncident(deps.db, connectionId);
  const isLaterThanIncident = incident !== null && listing.askedAt >= incident.openedAt;
  const isBelieved =
    incident === null || (isLaterThanIncident && (await isAbsenceBelieved(deps, incident, listed)));
  for await (const { share, isListed } of disagreementsIn(deps, connectionId, listed)) {
    if (!isListed && (!isBelieved || isConfirmedAbsent(share.memory, incident))) continue;
    const isConfirmed = !isListed && incident !== null;
    // Counted first: once the last of them counts as lost the incident may end.
    if (isConfirmed) await saveConfirmed(deps.db, incident.id, 1);
    await recordObservation(deps, {
      assetId: share.assetId,
      observe: { type: "act", act: { kind: "suspicion", ...(isConfirmed && { absentAt: listing.askedAt }) } },
      note: null,
      by: SYSTEM,
    });
  }
}

/** Our ids of the listed WABAs; what we did not know is kept as found. */
async function knownOf(
  deps: VerifyDeps,
  connectionId: string,
  wabas: readonly ListedWaba[],
): Promise<Set<string>> {
  const known = await findOwnerIds(
    deps.db,
    connectionId,
    "waba",
    wabas.map((waba) => waba.wabaId),
  );
  const unknown = wabas.filter((waba) => !known.has(waba.wabaId));
  const found = await discoverWabas(deps, { connectionId, wabas: unknown });
  return new Set([...known.values(), ...found.values()]);
}

/** WABAs looked at to find one that is listed and stands: one is witness enough. */
const WITNESSES_SOUGHT = 4;

async function isAbsenceBelieved(
  deps: VerifyDeps,
  incident: Incident,
  listed: ReadonlySet<string>,
): Promise<boolean> {
  const proven = await findNewestProven(deps.db, incident.connectionId, WITNESSES_SOUGHT);
  let hasWitness = false;
  for (const assetId of proven.filter((id) => listed.has(id))) {
    hasWitness ||= await standsSince(deps, assetId, incident.openedAt);
  }
  return believesAbsence(incident, hasWitness, deps.clock.now());
}

/** Whether a WABA was seen to stand since; it is looked at for it. */
async function standsSince(deps: VerifyDeps, assetId: string, since: number): Promise<boolean> {
  const step = await verifyShare(deps, { assetId, trigger: "listing" });
  const shared = step?.memory.facts.Shared;
  return shared?.status === "True" && shared.at >= since;
}

/** Status columns read at once: a fleet is compared without reading what is remembered of each share. */
const PAGE = 5000;
/** Statuses in which a share may be held to be lost. */
const MAY_BE_LOST = new Set(["permission_removed", "closed", "onboarding"]);

/** Shares that we do not hold to be lost and Meta does not list, or that Meta lists and we hold to be lost. */
async function* disagreementsIn(
  deps: VerifyDeps,
  connectionId: string,
  listed: ReadonlySet<string>,
): AsyncGenerator<{ share: ShareRow; isListed: boolean }> {
  for (let after = ""; ;) {
    const page = await readStatuses(deps.db, connectionId, after, PAGE);
    const doubtful = page
      .filter(({ assetId, status }) =>
        listed.has(assetId) ? MAY_BE_LOST.has(status) : status !== "permission_removed",
      )
      .map(({ assetId }) => assetId);
    for (const share of doubtful.length === 0 ? [] : await findShares(deps.db, doubtful)) {
      const isListed = listed.has(share.assetId);
      const isHeldLost = share.memory.facts.Shared.status === "False";
      const isOfThisList = modelOf(share.memory).listing === SHARED_LIST;
      if (share.memory.adoption === "adopted" && isOfThisList && isListed === isHeldLost)
        yield { share, isListed };
    }
    if (page.length < PAGE) return;
    after = page.at(-1)?.assetId ?? "";
  }
}
