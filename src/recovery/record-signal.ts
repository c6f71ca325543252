import type { Tx } from "../database/database.ts";
import { findAsset } from "../directory/asset-store.ts";
import { appendAudit } from "../access/audit-store.ts";
import type { ClientSignal, ClientSignals } from "../sharing/model/client-signals.ts";
import { recordSeen, type RecordDeps } from "../sharing/record/record-observation.ts";
import { lockShare, type ShareRow } from "../sharing/record/share-store.ts";
import { stateOf } from "../sharing/status/share-state.ts";
import { appendVisit, lockLink, readVisits, saveSeen, type VisitKind } from "./reshare-link-store.ts";
import { isLost, SAID_PER_DAY, SEEN_GAP_MS, VISIT_GAP_MS, type ReshareLink } from "./reshare-link.ts";

export interface Visit {
  link: Pick<ReshareLink, "id" | "assetId">;
  language: string;
  requestId: string | null;
}

/** The outcome. `later`: it was reported too often with this link; possible again in so many ms. */
export type Said = { outcome: "said" | "known" } | { outcome: "later"; waitMs: number };

const KNOWN: Said = { outcome: "known" };

/**
 * Records a statement of the client with its link. Whether it is new, and whether the link's limit allows it,
 * is decided under the lock of its WABA and its own, so that a hundred requests at once leave one line. It is
 * an event of the journal.
 */
export async function recordSignal(deps: RecordDeps, visit: Visit, signal: ClientSignal): Promise<Said> {
  const said = await deps.db.transaction(async (tx): Promise<Said> => {
    const share = await lockShare(tx, visit.link.assetId);
    const link = await lockLink(tx, visit.link.id);
    if (share === undefined || link === undefined) return KNOWN;
    const now = deps.clock.now();
    if (!(await isNews(tx, { share, link, signal, now }))) return KNOWN;
    const waitMs = await waitOf(tx, link, signal, now);
    if (waitMs > 0) return signal.is === "step_reached" ? KNOWN : { outcome: "later", waitMs };
    await appendVisit(tx, {
      linkId: link.id,
      kind: signal.is as VisitKind,
      language: visit.language,
      at: now,
    });
    const by = { actor: CLIENT, requestId: visit.requestId };
    const { assetId } = share;
    await recordSeen(tx, deps, [
      {
        ...{ assetId, by, note: null, event: `reshare.${signal.is}` },
        ownLines: isFirstOpening(share, signal, now) ? [REPAIR_OPENED] : [],
        observe: { type: "command", command: { kind: "client_signal", signal } },
      },
    ]);
    const asset = await findAsset(tx, assetId);
    await appendAudit(tx, auditOf(share, asset?.wabaId ?? null, { visit, signal, at: now }));
    return { outcome: "said" };
  });
  if (said.outcome === "said") deps.wake();
  return said;
}

const REPAIR_OPENED = { type: "waba.repair.opened", changed: ["client_signals"] };

/** Once for each loss, whichever link leads to its page. */
function isFirstOpening({ record }: ShareRow, { is }: ClientSignal, now: number): boolean {
  return is === "opened" && record.client?.openedAt === undefined && isLost(stateOf(record, now));
}

/** A person has the page open. The first time in a loss, and again after half an hour, it is an event. */
export async function recordOpened(
  deps: RecordDeps,
  { link, ...visit }: Visit & { link: ReshareLink },
): Promise<void> {
  const now = deps.clock.now();
  const seenAt = link.lastSeenAt ?? 0;
  if (seenAt >= (link.lostAt ?? 0) && Math.abs(now - seenAt) < SEEN_GAP_MS) return;
  await saveSeen(deps.db, link.id, visit.language, now);
  await recordSignal(deps, { link, ...visit }, { is: "opened" });
}

/** The actor is whoever holds the link: nobody signs in to follow it. */
export const CLIENT = "client";

interface Case {
  share: ShareRow;
  link: ReshareLink;
  signal: ClientSignal;
  now: number;
}

async function isNews(tx: Tx, { share, link, signal, now }: Case): Promise<boolean> {
  const said: ClientSignals = share.record.client ?? {};
  switch (signal.is) {
    case "opened": {
      const since = Math.max(now - VISIT_GAP_MS, (link.lostAt ?? 0) - 1);
      return (await readVisits(tx, link.id, ["opened"], since)).length === 0;
    }
    case "asked_fresh":
      return said.askedLinkAt === undefined && (await isFirstOfDay(tx, link, now));
    case "intended":
      return said.intendedAt === undefined;
    case "resumed":
      return said.intendedAt !== undefined;
    case "app_works_again":
      return said.appWorksAt === undefined;
    case "step_reached":
      return (
        said.step?.name !== signal.step ||
        said.step.outcome !== signal.outcome ||
        now - said.step.at > SEEN_GAP_MS
      );
    // Recorded by the signup itself, with a link or without one (end-attempt.ts).
    case "chose_another":
    case "link_sent":
      return false;
  }
}

const isFirstOfDay = async (tx: Tx, link: ReshareLink, now: number): Promise<boolean> =>
  (await readVisits(tx, link.id, ["asked_fresh"], now - DAY_MS)).length === 0;

const DAY_MS = 24 * 3_600_000;
const BUDGETS: Partial<Record<ClientSignal["is"], { kinds: readonly VisitKind[]; perDay: number }>> = {
  intended: { kinds: ["intended", "resumed"], perDay: SAID_PER_DAY.mind },
  resumed: { kinds: ["intended", "resumed"], perDay: SAID_PER_DAY.mind },
  step_reached: { kinds: ["step_reached"], perDay: SAID_PER_DAY.step },
};

/** 0 when the limit allows it, else how many ms to wait. */
function waitOf(tx: Tx, link: ReshareLink, { is }: ClientSignal, now: number): Promise<number> {
  const budget = BUDGETS[is];
  return budget === undefined ? Promise.resolve(0) : waitFor(tx, link.id, budget, now);
}

/** How long until one more of these kinds fits into the link's day. */
export async function waitFor(
  tx: Tx,
  linkId: string,
  { kinds, perDay }: { kinds: readonly VisitKind[]; perDay: number },
  now: number,
): Promise<number> {
  const recent = await readVisits(tx, linkId, kinds, now - DAY_MS);
  const oldest = recent[recent.length - perDay];
  return oldest === undefined ? 0 : Math.max(1000, oldest + DAY_MS - now);
}

function auditOf(
  { connectionId, assetId }: ShareRow,
  wabaId: string | null,
  { visit, signal, at }: { visit: Visit; signal: ClientSignal; at: number },
): Parameters<typeof appendAudit>[1] {
  return {
    ...{
      at,
      connectionId,
      actor: CLIENT,
      requestId: visit.requestId,
      action: `reshare.${signal.is}`,
      target: { type: "waba", id: wabaId ?? assetId, wabaId },
    },
    detail: { link_id: visit.link.id },
  };
}
