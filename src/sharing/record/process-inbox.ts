import { completeInboxRows, failInbox, type DoneInboxRow } from "../../inbox/inbox-store.ts";
import { readInbox, type InboxItem } from "../../inbox/read-inbox.ts";
import type { Keyring } from "../../lib/keyring.ts";
import { parseNotices, type MetaNotice, type ParsedDelivery } from "../../meta/account-update.ts";
import type { EarlyWarning } from "../../meta/early-warning.ts";
import { echoesOf, type Echo } from "../../meta/echo.ts";
import { failedStatusesOf, type FailedStatus } from "../../meta/failed-status.ts";
import { maySayOfShare, type Identity } from "../evidence/hint.ts";
import { recordHints, type TellingItem, type AnnouncedNotice } from "./record-hints.ts";
import type { RecordDeps } from "./record-observation.ts";

export interface ProcessInboxDeps extends RecordDeps {
  keyring: Keyring;
  /** Who we are at Meta on this connection. */
  identityOf(connectionId: string): Identity | undefined;
  /**
   * Called with messages that clients wrote in their app, the newest of each number, before their webhooks
   * count as done.
   */
  onEchoes?: (echoes: Echo[]) => Promise<void>;
  /** Called with what Meta warns of, before its webhooks count as done. A warning may come twice. */
  onEarlyWarnings?: (warnings: readonly AnnouncedWarning[]) => Promise<void>;
  /** Called with messages that failed after Meta had accepted them. Such a hint closes nothing. */
  onFailedStatuses?: (failed: readonly FailedStatus[]) => void;
  /** Whether webhooks about shares pile up. Work that can wait reads it. */
  backlog?: { waits: boolean };
  /** Called for a webhook that could not be processed. It is tried again, and set aside after 20 tries. */
  processingFailed(inboxId: string, error: unknown): void;
}

/** What Meta warns of, about which WABA. */
export interface AnnouncedWarning {
  connectionId: string;
  wabaId: string;
  /** When it came, ms since the epoch. */
  at: number;
  warning: EarlyWarning;
}

const PAGE = 200;

/**
 * Takes every waiting webhook, in order, as hints. A webhook counts as done in the transaction that records
 * its last notice, so that several instances, and a start after a kill, take it once. Where two instances
 * meet in the middle of several notices, those already recorded are skipped: each notice is on the timeline
 * once.
 *
 * Most webhooks are about messages and say nothing about a share. Those are completed together, after the
 * others, so that a removal does not wait for hundreds of commits about delivery reports.
 *
 * Once `stopping` is aborted it ends after the commit under way. The other webhooks are left to another
 * instance or the next start.
 */
export async function processInbox(deps: ProcessInboxDeps, stopping?: AbortSignal): Promise<void> {
  const isStopping = (): boolean => stopping?.aborted === true;
  while (!isStopping()) {
    const items = (await readInbox(deps, PAGE)).map((item) => parseItem(deps, item));
    const notices = items.flatMap(noticesOf);
    const passedOver = new Set<string>();
    let failedCount = 0;
    if (deps.backlog) deps.backlog.waits = notices.length > FEW;
    for (let from = 0; from < notices.length; from += AT_ONCE) {
      if (isStopping()) return;
      failedCount += await recordNotices(deps, notices.slice(from, from + AT_ONCE), passedOver);
    }
    failedCount += await completeSilent(
      deps,
      items.filter((item) => noticesOf(item).length === 0),
    );
    if (items.length < PAGE || failedCount > 0) return;
  }
}

/**
 * Most notices of one commit. Usually it is one. The limit keeps the first from waiting long for the last.
 */
export const AT_ONCE = 50;
/** More notices than these are a burst, and fewer probes run meanwhile. */
const FEW = 20;

/** A webhook and what it says. `identity` is undefined when its connection is gone; then it is ignored. */
interface ReadItem extends InboxItem, DoneInboxRow {
  delivery: ParsedDelivery;
  identity: Identity | undefined;
}

function parseItem(deps: Pick<ProcessInboxDeps, "identityOf">, item: InboxItem): ReadItem {
  const delivery = parseNotices(item.rawBody);
  const outcome = delivery.understood ? "understood" : "not_understood";
  return {
    ...item,
    delivery,
    outcome,
    fields: delivery.fields,
    identity: deps.identityOf(item.connectionId),
  };
}

interface DueNotice extends AnnouncedNotice {
  item: ReadItem & TellingItem;
}

/** What a webhook says about shares. For most webhooks the list is empty. */
function noticesOf(item: ReadItem): DueNotice[] {
  const { delivery, identity } = item;
  if (!delivery.understood || identity === undefined) return [];
  const isOneOfSeveral = delivery.notices.length > 1;
  const reported = delivery.notices.flatMap((notice, index) =>
    maySayOfShare(notice)
      ? [{ item: { ...item, identity }, notice, delivery: isOneOfSeveral ? `${item.id}/${index}` : null }]
      : [],
  );
  return reported.map((each, index) => ({ ...each, isLast: index === reported.length - 1 }));
}

/**
 * In order, in one commit. If the database rejects them together, each is recorded by itself.
 *
 * @param passedOver ids of webhooks that failed or that another instance has: a later round begins them anew
 * @returns how many of the webhooks failed
 */
async function recordNotices(
  deps: RecordDeps & Pick<ProcessInboxDeps, MessageReaders | "processingFailed">,
  notices: readonly DueNotice[],
  passedOver: Set<string>,
): Promise<number> {
  const due = notices.filter(({ item }) => !passedOver.has(item.id));
  if (due.length === 0) return 0;
  try {
    const items = due.filter(({ isLast }) => isLast).map(({ item }) => item);
    await reportMessages(deps, items);
    const ours = await recordHints(deps, due);
    for (const { item } of due) if (!ours.has(item.id)) passedOver.add(item.id);
    return 0;
  } catch (error) {
    const [{ item }, ...others] = due as [DueNotice, ...DueNotice[]];
    if (others.length === 0) {
      passedOver.add(item.id);
      await fail(deps, item, error);
      return 1;
    }
  }
  let failedCount = 0;
  for (const each of due) failedCount += await recordNotices(deps, [each], passedOver);
  return failedCount;
}

async function fail(
  deps: Pick<ProcessInboxDeps, "db" | "clock" | "processingFailed">,
  item: ReadItem,
  error: unknown,
): Promise<void> {
  deps.processingFailed(item.id, error);
  await failInbox(deps.db, item, deps.clock.now());
}

/** Completes webhooks that say nothing about a share. Returns how many of them failed. */
async function completeSilent(
  deps: Pick<ProcessInboxDeps, "db" | "clock" | MessageReaders | "processingFailed">,
  items: readonly ReadItem[],
): Promise<number> {
  try {
    await reportMessages(deps, items);
    await completeInboxRows(deps.db, items, deps.clock.now());
    return 0;
  } catch (error) {
    // A webhook that the database rejects must not delay the others, so each is tried and reported by itself.
    const [first, ...others] = items;
    if (first !== undefined && others.length === 0) {
      await fail(deps, first, error);
      return 1;
    }
  }
  let failedCount = 0;
  for (const item of items) failedCount += await completeSilent(deps, [item]);
  return failedCount;
}

/** Who reads what says nothing about a share. */
type MessageReaders = "onEchoes" | "onFailedStatuses" | "onEarlyWarnings";

async function reportMessages(
  deps: Pick<ProcessInboxDeps, MessageReaders>,
  items: readonly ReadItem[],
): Promise<void> {
  const deliveries = items.map(({ connectionId, receivedAt, delivery }) => ({
    connectionId,
    receivedAt,
    notices: delivery.understood ? delivery.notices : [],
  }));
  const failed = failedStatusesOf(deliveries);
  if (failed.length > 0) deps.onFailedStatuses?.(failed);
  const echoes = echoesOf(deliveries);
  if (echoes.length > 0) await deps.onEchoes?.(echoes);
  const warnings = deliveries.flatMap(warningsOf);
  if (warnings.length > 0) await deps.onEarlyWarnings?.(warnings);
}

const warningsOf = (delivery: {
  connectionId: string;
  receivedAt: number;
  notices: readonly MetaNotice[];
}): AnnouncedWarning[] =>
  delivery.notices.flatMap(({ wabaId, meaning }) =>
    meaning.kind === "early_warning" && wabaId !== null
      ? [{ connectionId: delivery.connectionId, wabaId, at: delivery.receivedAt, warning: meaning }]
      : [],
  );
