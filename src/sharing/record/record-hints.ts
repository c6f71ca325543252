import type { Tx } from "../../database/database.ts";
import { findOwners } from "../../directory/meta-id-store.ts";
import { completeInboxRows, lockInboxRows, type DoneInboxRow } from "../../inbox/inbox-store.ts";
import type { MetaNotice } from "../../meta/account-update.ts";
import { parseMetaId } from "../../meta/meta-id.ts";
import { discoverWabas } from "./discover-wabas.ts";
import { hintOf, type Hint, type Identity } from "../evidence/hint.ts";
import {
  META,
  recordSeen,
  type Note,
  type Seen,
  type RecordDeps,
  type BeginDeps,
} from "./record-observation.ts";
import { MINUTE } from "../model/timings.ts";
import { findAnnouncedNotices } from "./timeline-store.ts";

/** A webhook that says something about shares, and its status once all of its notices are recorded. */
export interface TellingItem extends DoneInboxRow {
  connectionId: string;
  identity: Identity;
}

/** One notice of such a webhook. */
export interface AnnouncedNotice {
  item: TellingItem;
  notice: MetaNotice;
  /**
   * Identifies this notice of this delivery, where there are several. One that was already recorded is not
   * recorded again.
   */
  delivery: string | null;
  /** The webhook is done with this notice. */
  isLast: boolean;
}

/**
 * Takes notices of Meta as hints, in their order and in one transaction, whether they are one or many. In a
 * burst a commit for each would let the last removal wait for all of them. A WABA that we do not know is kept
 * as discovered.
 *
 * Locks are taken in one order everywhere: webhooks (never waited for), shares by id, the journal. So neither
 * two of these calls, nor one of them and a probe, can deadlock.
 *
 * @returns the webhooks that are ours, by id: the others were left to the instance that has them
 */
export async function recordHints(
  deps: RecordDeps,
  notices: readonly AnnouncedNotice[],
): Promise<Set<string>> {
  const hints = await hintsOf(deps, notices);
  const ours = await deps.db.transaction(async (tx) => {
    const items = new Map(notices.map(({ item }) => [item.id, item]));
    const locked = await lockInboxRows(tx, [...items.values()]);
    const untold = await untoldOf(
      tx,
      hints.filter(({ reported }) => locked.has(reported.item.id)),
    );
    const done = notices.filter(({ item, isLast }) => isLast && locked.has(item.id));
    await completeInboxRows(
      tx,
      done.map(({ item }) => item),
      deps.clock.now(),
    );
    // Last, because it ends with the journal, whose lock all instances wait for.
    for (const wave of wavesOf(untold.map(seenOf))) await recordSeen(tx, deps, wave);
    return locked;
  });
  deps.wake();
  return ours;
}

interface AnnouncedHint {
  reported: AnnouncedNotice;
  hint: Hint;
  assetId: string;
}

/** What each notice means, and for which WABA of ours. Notices without a meaning for any are left out. */
async function hintsOf(
  deps: BeginDeps & Pick<RecordDeps, "db" | "wake">,
  notices: readonly AnnouncedNotice[],
): Promise<AnnouncedHint[]> {
  const hints: AnnouncedHint[] = [];
  for (const [connectionId, ofConnection] of Map.groupBy(notices, ({ item }) => item.connectionId)) {
    const wabaIds = new Set(ofConnection.flatMap(({ notice }) => parseMetaId(notice.wabaId) ?? []));
    const known = await findOwners(deps.db, connectionId, "waba", [...wabaIds]);
    for (const reported of ofConnection) {
      const hint = hintOf(reported.notice, reported.item.receivedAt, reported.item.identity);
      const assetId = await findAssetId(deps, { reported, hint, known });
      if (assetId !== undefined) hints.push({ reported, hint, assetId });
    }
  }
  return hints;
}

async function findAssetId(
  deps: BeginDeps & Pick<RecordDeps, "db" | "wake">,
  { reported, hint, known }: { reported: AnnouncedNotice; hint: Hint; known: Map<string, string> },
): Promise<string | undefined> {
  const { notice, item } = reported;
  const wabaId = parseMetaId(notice.wabaId);
  if (wabaId === null) return undefined;
  const assetId = known.get(wabaId);
  // Without a `waba_info` the envelope's id may be a portfolio, and our own portfolio is no WABA. Neither a
  // foreign hint nor a loss creates a discovered WABA, because a lost one cannot be adopted.
  const isFound =
    hint.foreign === null && hint.effect.kind !== "closing" && wabaId !== item.identity.businessId;
  if (assetId !== undefined || !isFound) return assetId;
  const { connectionId } = item;
  const wabas = [{ wabaId, ownerBusinessId: notice.ownerBusinessId }];
  const found = await discoverWabas(deps, { connectionId, wabas, by: META });
  for (const [id, ours] of found) known.set(id, ours);
  return known.get(wabaId);
}

/**
 * How far the clocks of two instances may differ. Within it the other instance may have recorded the same
 * notice.
 */
const CLOCKS_DIFFER_BY = MINUTE;

/**
 * The notices that are not recorded yet. A lone notice is recorded and completed in one transaction, so it is
 * recorded once anyway.
 */
async function untoldOf(tx: Tx, hints: readonly AnnouncedHint[]): Promise<readonly AnnouncedHint[]> {
  const marked = hints.filter(({ reported }) => reported.delivery !== null);
  if (marked.length === 0) return hints;
  const since = Math.min(...marked.map(({ reported }) => reported.item.receivedAt)) - CLOCKS_DIFFER_BY;
  const assetIds = marked.map(({ assetId }) => assetId);
  const deliveries = marked.flatMap(({ reported }) => reported.delivery ?? []);
  const known = await findAnnouncedNotices(tx, { assetIds, deliveries, since });
  return hints.filter(({ reported }) => reported.delivery === null || !known.has(reported.delivery));
}

/**
 * Several hints about one WABA are recorded in as many waves, because each step rests on the one before it.
 */
function wavesOf(seen: readonly Seen[]): Seen[][] {
  const waves: Seen[][] = [];
  const countOf = new Map<string, number>();
  for (const each of seen) {
    const nth = countOf.get(each.assetId) ?? 0;
    countOf.set(each.assetId, nth + 1);
    (waves[nth] ??= []).push(each);
  }
  return waves;
}

function seenOf({ reported, hint, assetId }: AnnouncedHint): Seen {
  return { assetId, observe: { type: "hint", hint }, note: noteOf(reported, hint), by: META };
}

function noteOf({ notice, delivery }: AnnouncedNotice, hint: Hint): Note {
  return {
    kind: "hint",
    source: "event",
    title: `hint.${notice.meaning.kind}`,
    detail: hint.foreign === null ? null : `It starts a look and cannot close: ${hint.foreign}.`,
    evidence: {
      field: notice.field,
      event: notice.event,
      entry_id: notice.entryId,
      entry_time: notice.entryTimeS,
      received_at: new Date(hint.receivedAt).toISOString(),
      value: notice.said,
      ...(delivery !== null && { delivery }),
    },
  };
}
