import { findAssets } from "../../directory/asset-store.ts";
import type { GraphReply } from "../../meta/graph-reply.ts";
import type { MetaIdSet } from "../../meta/meta-id-set.ts";
import { findNewestProven, findOpenIncident, saveConfirmed } from "../incidents/incident-store.ts";
import { countsAbsence, isConfirmedAbsent, type Incident } from "../rules/incident.ts";
import type { ListedWaba } from "../../meta/listed-waba.ts";
import type { MetaAccount } from "../probe/meta-account.ts";
import { readDisagreements } from "./read-disagreements.ts";
import { readListedPages, SHARED_LIST } from "./read-listed-page.ts";
import { recordObservation, SYSTEM } from "../record/record-observation.ts";
import { readStatuses, type ComparedShare } from "../record/share-store.ts";
import { verifyShare, type VerifyDeps } from "../probe/verify-share.ts";
import { reconcileList } from "./reconcile-list.ts";

export type Listing =
  | { complete: true; askedAt: number; wabas: ListedWaba[] }
  | { complete: false; reply: Exclude<GraphReply, { kind: "success" }> };

/** All WABAs shared with our portfolio, as Meta lists them, at once. An incomplete list yields nothing. */
export async function readSharedWabas(account: MetaAccount): Promise<Listing> {
  const wabas: ListedWaba[] = [];
  const walk = await readListedPages(account, SHARED_LIST, (page) => void wabas.push(...page));
  if (walk.kind !== "complete") return { complete: false, reply: walk.reply };
  return { complete: true, askedAt: walk.askedAt, wabas };
}

/**
 * Reconciles the shared WABAs: finds those that were shared by hand, and those whose presence in the listing
 * disagrees with our records. The listing only starts probes; the probe proves. While many WABAs fail
 * together it also shows which of them are lost (docs/decisions/0003).
 */
export async function reconcileShared(deps: VerifyDeps, account: MetaAccount): Promise<void> {
  const listing = await reconcileList(deps, account, SHARED_LIST);
  if (listing === null) return;
  const { connectionId } = account;
  const incident = await findOpenIncident(deps.db, connectionId);
  const isLaterThanIncident = incident !== null && listing.askedAt >= incident.openedAt;
  const isBelieved =
    incident === null || (isLaterThanIncident && (await isAbsenceBelieved(deps, incident, listing.wabaIds)));
  const readCompared = (after: string, limit: number): Promise<ComparedShare[]> =>
    readStatuses(deps.db, connectionId, after, limit);
  for await (const { share, isListed } of readDisagreements(
    deps,
    SHARED_LIST,
    listing.wabaIds,
    readCompared,
  )) {
    if (!isListed && (!isBelieved || isConfirmedAbsent(share.record, incident))) continue;
    const isConfirmed = !isListed && incident !== null;
    // Counted first, because the incident may end once the last of them counts as lost.
    if (isConfirmed) await saveConfirmed(deps.db, incident.id, 1);
    await recordObservation(deps, {
      assetId: share.assetId,
      observe: {
        type: "command",
        command: { kind: "suspicion", ...(isConfirmed && { absentAt: listing.askedAt }) },
      },
      note: null,
      by: SYSTEM,
    });
  }
}

/** WABAs that are probed to find one that is listed and intact: one is enough. */
const WITNESSES_SOUGHT = 4;

async function isAbsenceBelieved(deps: VerifyDeps, incident: Incident, listed: MetaIdSet): Promise<boolean> {
  const proven = await findNewestProven(deps.db, incident.connectionId, WITNESSES_SOUGHT);
  const assets = await findAssets(deps.db, proven);
  let hasIntactWaba = false;
  for (const { id } of assets.filter(({ wabaId }) => listed.has(wabaId)))
    hasIntactWaba ||= await standsSince(deps, id, incident.openedAt);
  return countsAbsence(incident, hasIntactWaba, deps.clock.now());
}

/** Whether a WABA was seen intact since then; it is probed for that. */
async function standsSince(deps: VerifyDeps, assetId: string, since: number): Promise<boolean> {
  const step = await verifyShare(deps, { assetId, trigger: "listing" });
  const shared = step?.record.facts.Shared;
  return shared?.status === "True" && shared.at >= since;
}
