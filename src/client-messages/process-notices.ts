import type { Logger } from "pino";
import type { Tx } from "../database/database.ts";
import type { Clock } from "../lib/clock.ts";
import { newId } from "../lib/new-id.ts";
import type { Random } from "../lib/random.ts";
import type { Database } from "../database/database.ts";
import { HOUR } from "../sharing/model/timings.ts";
import { findNewestSeq } from "../sharing/record/journal-store.ts";
import { TOPICS, type Channel, type ClientMessage } from "./client-message.ts";
import { appendDropped } from "./append-told.ts";
import { planMessages, type NewMessage, type PlanRules } from "./message-plan.ts";
import { insertMessages, readLastTold } from "./message-store.ts";
import { needOf } from "./notice-need.ts";
import {
  lockCursor,
  readChanged,
  readDueWabas,
  readNotices,
  saveCursor,
  saveNotices,
  stopNotices,
} from "./notice-store.ts";
import { HELD_MS, isDue, planNotice, type Notice } from "./notice.ts";
import { readAddressee, readSubjects, type KnownSubject } from "./read-subjects.ts";

export interface NoticeDeps {
  db: Database;
  clock: Clock;
  random: Random;
  clientRules: ClientRules;
}

interface ClientRules {
  /** How clients are told; "off": only people of the provider send messages. */
  channel: Channel | "off";
  /** How many reminders follow the first message. */
  reminders: number;
}

type PlanDeps = NoticeDeps & { log: Logger };

const LINES_AT_ONCE = 1000;
const CLIENTS_AT_ONCE = 100;

/**
 * Follows the journal and the time: what each WABA's client is told of, and the messages that are due.
 * Decision and message are one transaction, and one instance decides at a time.
 *
 * @returns whether there may be more to do at once
 */
export async function processNotices(deps: PlanDeps): Promise<boolean> {
  return deps.db.transaction(async (tx) => {
    const cursor = await lockCursor(tx);
    if (deps.clientRules.channel === "off") return skipAll(tx, cursor);
    const changed = await readChanged(tx, cursor, LINES_AT_ONCE);
    const now = deps.clock.now();
    const due = await readDueWabas(tx, now, CLIENTS_AT_ONCE);
    const told = await followWabas(tx, deps, [...new Set([...(changed?.assetIds ?? []), ...due])], now);
    await planDue(tx, deps, { ...told, channel: deps.clientRules.channel, now });
    if (changed !== null) await saveCursor(tx, changed.lastSeq);
    return changed !== null;
  });
}

/** What is lost while messages are off is not told of later. */
async function skipAll(tx: Tx, cursor: string): Promise<boolean> {
  const newest = await findNewestSeq(tx);
  if (newest === cursor) return false;
  await saveCursor(tx, newest);
  await stopNotices(tx);
  return false;
}

interface Told {
  subjects: ReadonlyMap<string, KnownSubject>;
  /** What clients may be told of now. */
  notices: Notice[];
}

async function followWabas(
  tx: Tx,
  { clientRules: { reminders } }: Pick<NoticeDeps, "clientRules">,
  assetIds: readonly string[],
  now: number,
): Promise<Told> {
  const subjects = await readSubjects(tx, assetIds, now);
  const known = new Map((await readNotices(tx, assetIds)).map((notice) => [keyOf(notice), notice]));
  const saved: Notice[] = [];
  const notices: Notice[] = [];
  for (const [assetId, subject] of subjects)
    for (const topic of TOPICS) {
      const before = known.get(keyOf({ assetId, topic }));
      const need = needOf(topic, subject, now);
      const about = { assetId, topic, clientId: subject.asset.clientId };
      const after = planNotice(before, need, about, { now, reminders });
      if (after === undefined) continue;
      if (after !== before) saved.push(after);
      if (need.is === "told" && after.nextAt !== null) notices.push(after);
    }
  await saveNotices(tx, saved);
  return { subjects, notices };
}

const keyOf = ({ assetId, topic }: Pick<Notice, "assetId" | "topic">): string => `${assetId} ${topic}`;

async function planDue(
  tx: Tx,
  deps: Pick<PlanDeps, "random" | "clientRules" | "log">,
  { subjects, notices, channel, now }: Told & { channel: Channel; now: number },
): Promise<void> {
  const byClient = Map.groupBy(notices, ({ clientId }) => clientId);
  const due = [...byClient].filter(([, own]) => own.some((notice) => isDue(notice, now)));
  if (due.length === 0) return;
  const lastTold = await readLastTold(
    tx,
    due.map(([clientId]) => clientId),
    now - HOUR,
  );
  for (const [clientId, own] of due) {
    const lastToldAt = (cause: string): number | null =>
      lastTold.find((one) => one.clientId === clientId && one.cause === cause)?.at ?? null;
    const rules = { now, channel, reminders: deps.clientRules.reminders };
    const planned = await planClient(tx, deps.log, { clientId, own, lastToldAt, rules });
    const messages = planned.messages.map((message) => bySystem(deps, message));
    await insertMessages(tx, messages);
    await appendDropped(tx, messages, subjects, now);
    await saveNotices(tx, planned.notices);
  }
}

/** A client whose data is broken rests, and the others are told. */
async function planClient(
  tx: Tx,
  log: Logger,
  { clientId, own, lastToldAt, rules }: ClientPlan,
): Promise<ReturnType<typeof planMessages>> {
  try {
    return planMessages(await readAddressee(tx, clientId), own, lastToldAt, rules);
  } catch (error) {
    log.error({ client: clientId, err: error }, "messages to a client could not be planned");
    const due = own.filter((notice) => isDue(notice, rules.now));
    return { messages: [], notices: due.map((notice) => ({ ...notice, nextAt: rules.now + HELD_MS })) };
  }
}

interface ClientPlan {
  clientId: string;
  own: readonly Notice[];
  lastToldAt: (cause: string) => number | null;
  rules: PlanRules;
}

/** A message that no person ordered. */
export function bySystem({ random }: Pick<NoticeDeps, "random">, message: NewMessage): ClientMessage {
  const id = newId("cmg", random);
  return { ...message, id, createdBy: "system", linkIds: [], askedLinkId: null, attemptCount: 0 };
}
