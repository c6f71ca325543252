import type { Sql, Tx } from "../database/database.ts";
import {
  completeInbox,
  completeInboxRows,
  failInbox,
  lockInbox,
  type InboxOutcome,
} from "../inbox/inbox-store.ts";
import { readInbox, type InboxItem } from "../inbox/read-inbox.ts";
import type { Keyring } from "../lib/keyring.ts";
import { parseNotices, type MetaNotice, type ParsedDelivery } from "../meta/account-update.ts";
import { echoesOf, type Echo } from "./echo.ts";
import type { Identity } from "./hint.ts";
import { maySayOfShare, recordHint } from "./record-hint.ts";
import { recordHints } from "./record-hints.ts";
import type { ShareDeps } from "./record-observation.ts";

export interface ProcessInboxDeps extends ShareDeps {
  keyring: Keyring;
  /** Who we are at Meta on this connection. */
  identityOf(connectionId: string): Identity | undefined;
  /** Told of messages that clients wrote in their app, the newest of each number, before their webhooks count as done. */
  onEchoes?: (echoes: Echo[]) => Promise<void>;
  /** Says whether webhooks about shares pile up; read by whoever can wait. */
  backlog?: { waits: boolean };
  /** Told of a webhook that could not be processed; it is tried again, and set aside after 20 tries. */
  processingFailed(inboxId: string, error: unknown): void;
}

const PAGE = 100;

/**
 * Takes every webhook that waits, in order, as hints. A webhook counts as done in the transaction that records its last notice, so that
 * several instances, and a start after a kill, take it once. Where they meet in the middle of several notices, what is told of already
 * is passed over: each notice is on the timeline once.
 *
 * Most webhooks are about messages and say nothing of a share: those are set aside together, after the others. A removal must not
 * wait for hundreds of commits about what was delivered and read.
 *
 * Once `stopping` is aborted it ends after the webhook under way: what waits is another instance's, or the next start's.
 */
export async function processInbox(deps: ProcessInboxDeps, stopping?: AbortSignal): Promise<void> {
  const isStopping = (): boolean => stopping?.aborted === true;
  while (!isStopping()) {
    const items = (await readInbox(deps, PAGE)).map((item) => parseItem(deps, item));
    let failedCount = 0;
    const telling = items.filter(isTelling);
    if (deps.backlog) deps.backlog.waits = telling.length > AT_ONCE;
    for (let from = 0; from < telling.length; from += AT_ONCE) {
      if (isStopping()) return;
      failedCount += await processTelling(deps, telling.slice(from, from + AT_ONCE));
    }
    failedCount += await completeSilent(
      deps,
      items.filter((item) => !isTelling(item)),
    );
    if (items.length < PAGE || failedCount > 0) return;
  }
}

/** Webhooks of one commit: a single one in quiet times, and never so many that the first waits long for the last. */
const AT_ONCE = 20;

/** In order. Returns how many of them failed. */
async function processTelling(deps: ProcessInboxDeps, items: readonly ReadItem[]): Promise<number> {
  if (items.length > 1 && (await haveRecorded(deps, items))) return 0;
  let failedCount = 0;
  for (const item of items) failedCount += (await processItem(deps, item)) ? 0 : 1;
  return failedCount;
}

/** False when they are to be taken one by one: a WABA is not known, or the database does not take one of them. */
async function haveRecorded(deps: ProcessInboxDeps, items: readonly ReadItem[]): Promise<boolean> {
  try {
    const told = items.flatMap(({ delivery, identity, ...item }) => {
      if (!delivery.understood || identity === undefined) return [];
      const outcome: InboxOutcome = "understood";
      return [{ ...item, identity, notices: delivery.notices, outcome, fields: delivery.fields }];
    });
    if (told.length < items.length) return false;
    await tellEchoes(deps, items);
    return await recordHints(deps, told);
  } catch {
    return false;
  }
}

/** A webhook and what it says. `identity`: undefined when its connection is gone; then nothing is done about it. */
interface ReadItem extends InboxItem {
  delivery: ParsedDelivery;
  identity: Identity | undefined;
}

function parseItem(deps: ProcessInboxDeps, item: InboxItem): ReadItem {
  return { ...item, delivery: parseNotices(item.rawBody), identity: deps.identityOf(item.connectionId) };
}

function isTelling({ delivery, identity }: ReadItem): boolean {
  return identity !== undefined && delivery.understood && delivery.notices.some(maySayOfShare);
}

const outcomeOf = ({ delivery }: ReadItem): InboxOutcome =>
  delivery.understood ? "understood" : "not_understood";

/** Returns how many of them failed. */
async function completeSilent(deps: ProcessInboxDeps, items: readonly ReadItem[]): Promise<number> {
  try {
    await tellEchoes(deps, items);
    const done = items.map((item) => ({
      id: item.id,
      receivedAt: item.receivedAt,
      outcome: outcomeOf(item),
      fields: item.delivery.fields,
    }));
    await completeInboxRows(deps.db, done, deps.clock.now());
    return 0;
  } catch {
    // One that the database does not take must not hold up the others: each is tried, and told of, by itself.
    let failedCount = 0;
    for (const item of items) failedCount += (await processItem(deps, item)) ? 0 : 1;
    return failedCount;
  }
}

async function tellEchoes(deps: ProcessInboxDeps, items: readonly ReadItem[]): Promise<void> {
  const echoes = echoesOf(
    items.map(({ connectionId, receivedAt, delivery }) => ({
      connectionId,
      receivedAt,
      notices: delivery.understood ? delivery.notices : [],
    })),
  );
  if (echoes.length > 0) await deps.onEchoes?.(echoes);
}

async function processItem(deps: ProcessInboxDeps, item: ReadItem): Promise<boolean> {
  const { delivery, identity } = item;
  try {
    await tellEchoes(deps, [item]);
    const complete = (sql: Sql): Promise<void> =>
      completeInbox(sql, item, outcomeOf(item), delivery.fields, deps.clock.now());
    if (delivery.understood && identity !== undefined) {
      if (!(await recordNotices(deps, item, { notices: delivery.notices, identity, complete }))) return true;
    }
    await complete(deps.db);
    return true;
  } catch (error) {
    deps.processingFailed(item.id, error);
    await failInbox(deps.db, item, deps.clock.now());
    return false;
  }
}

/** Every notice in a transaction of its own, the last one together with `complete`. False when another instance has the webhook. */
async function recordNotices(
  deps: ProcessInboxDeps,
  item: InboxItem,
  {
    notices,
    identity,
    complete,
  }: { notices: MetaNotice[]; identity: Identity; complete(tx: Tx): Promise<void> },
): Promise<boolean> {
  const { connectionId, receivedAt } = item;
  let isOurs = true;
  for (const [index, notice] of notices.entries()) {
    const stillDue = async (tx: Tx): Promise<boolean> => {
      isOurs = await lockInbox(tx, item);
      if (isOurs && index === notices.length - 1) await complete(tx);
      return isOurs;
    };
    // A lone notice is recorded and done in one transaction: it needs no mark.
    const delivery = notices.length > 1 ? `${item.id}/${index}` : undefined;
    await recordHint(deps, {
      ...{ connectionId, notice, receivedAt, identity, stillDue },
      ...(delivery !== undefined && { delivery }),
    });
    if (!isOurs) return false;
  }
  return true;
}
