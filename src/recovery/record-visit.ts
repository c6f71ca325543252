import { appendAudit } from "../access/audit-store.ts";
import type { Database, Tx } from "../database/database.ts";
import type { Clock } from "../lib/clock.ts";
import { appendObservation } from "../sharing/timeline-store.ts";
import { lockShare } from "../sharing/share-store.ts";
import { recordConfirmed } from "./record-heartbeat.ts";
import {
  appendVisit,
  readVisits,
  saveAppWorks,
  saveIntended,
  saveOpened,
  type VisitKind,
} from "./reshare-link-store.ts";
import { appWorksAgain, CHECKS_PER_MINUTE, VISIT_GAP_MS, type ReshareLink } from "./reshare-link.ts";

export interface VisitDeps {
  db: Database;
  clock: Clock;
}

interface Visit {
  link: ReshareLink;
  language: string;
  requestId: string;
}

/** Whoever holds the link: nobody signs in to follow it. */
const CLIENT = "client";

/** A person opened the page. Loading it again within a minute is the same visit; the first one stands in the timeline. */
export async function recordOpened(deps: VisitDeps, visit: Visit): Promise<void> {
  const now = deps.clock.now();
  await deps.db.transaction(async (tx) => {
    const isFirst = await saveOpened(tx, visit.link.id, visit.language, now);
    const recent = await readVisits(tx, visit.link.id, "opened", now - VISIT_GAP_MS);
    if (recent.length === 0) await note(tx, visit, "opened", now);
    if (isFirst) await tell(tx, visit, "reshare.opened", now);
  });
}

/** Asks to look at Meta on the link's budget. @returns 0 when it may, else how many ms to wait */
export async function recordCheck(deps: VisitDeps, visit: Visit): Promise<number> {
  const now = deps.clock.now();
  return deps.db.transaction(async (tx) => {
    await tx.query("select id from reshare_link where id = $1 for update", [visit.link.id]);
    const recent = await readVisits(tx, visit.link.id, "checked", now - MINUTE_MS);
    const oldest = recent[0];
    if (oldest !== undefined && recent.length >= CHECKS_PER_MINUTE)
      return Math.max(1000, oldest + MINUTE_MS - now);
    await note(tx, visit, "checked", now);
    return 0;
  });
}

/** The client says that the loss was intended: nobody chases any more, and the provider is told. Saying it again changes nothing. */
export async function recordIntended(deps: VisitDeps, visit: Visit): Promise<void> {
  if (visit.link.intendedAt !== null) return;
  const now = deps.clock.now();
  await deps.db.transaction(async (tx) => {
    await saveIntended(tx, visit.link.id, now);
    await note(tx, visit, "intended", now);
    await tell(tx, visit, "reshare.intended", now);
  });
}

/** The client has changed its mind. */
export async function recordResumed(deps: VisitDeps, visit: Visit): Promise<void> {
  if (visit.link.intendedAt === null) return;
  const now = deps.clock.now();
  await deps.db.transaction(async (tx) => {
    await saveIntended(tx, visit.link.id, null);
    await note(tx, visit, "resumed", now);
    await tell(tx, visit, "reshare.resumed", now);
  });
}

/** Somebody holds an expired link and asks for a fresh one: the provider is told, once a day. */
export async function recordFreshAsked(deps: VisitDeps, visit: Visit): Promise<void> {
  const now = deps.clock.now();
  await deps.db.transaction(async (tx) => {
    const recent = await readVisits(tx, visit.link.id, "asked_fresh", now - DAY_MS);
    if (recent.length > 0) return;
    await note(tx, visit, "asked_fresh", now);
    await tell(tx, visit, "reshare.asked_fresh", now);
  });
}

/** The client says that a banned app works again: from now on the way back begins with the signup. Once within a loss. */
export async function recordAppWorks(deps: VisitDeps, visit: Visit): Promise<void> {
  if (appWorksAgain(visit.link)) return;
  const now = deps.clock.now();
  await deps.db.transaction(async (tx) => {
    await saveAppWorks(tx, visit.link.id, now);
    await note(tx, visit, "app_works_again", now);
    await tell(tx, visit, "reshare.app_works_again", now);
  });
}

/** The client has opened the WhatsApp Business app of these numbers of one WABA. Saying it again within a minute is the same. */
export async function recordAppOpened(
  deps: VisitDeps,
  visit: Visit & { assetId: string; numberIds: readonly string[] },
): Promise<void> {
  const now = deps.clock.now();
  const by = { actor: CLIENT, requestId: visit.requestId };
  await deps.db.transaction(async (tx) => {
    const share = await lockShare(tx, visit.assetId);
    const recent = await readVisits(tx, visit.link.id, "app_opened", now - VISIT_GAP_MS);
    if (share === undefined || recent.length > 0) return;
    await note(tx, visit, "app_opened", now);
    for (const numberId of visit.numberIds)
      await recordConfirmed(tx, share, { numberId, at: now, how: "link", by }, now);
  });
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

function note(tx: Tx, { link, language }: Visit, kind: VisitKind, at: number): Promise<void> {
  return appendVisit(tx, { linkId: link.id, kind, language, at });
}

/** On the WABA's timeline, and in the audit. */
async function tell(tx: Tx, { link, requestId }: Visit, title: string, at: number): Promise<void> {
  const { assetId, connectionId } = link;
  const evidence = { link_id: link.id };
  const seen = { kind: "act", source: "client", title, detail: null, evidence } as const;
  await appendObservation(tx, { connectionId, assetId, at, ...seen, actor: CLIENT, requestId });
  await appendAudit(tx, {
    at,
    connectionId,
    actor: CLIENT,
    requestId,
    action: title,
    target: assetId,
    detail: evidence,
  });
}
