import type { Logger } from "pino";
import type { Sql, Tx } from "../database/database.ts";
import type { Mailer } from "../mail/open-mailer.ts";
import { openReshareLink, type OpenLinkDeps } from "../recovery/open-reshare-link.ts";
import type { ReshareLink } from "../recovery/reshare-link.ts";
import { appendJournal } from "../sharing/record/journal-store.ts";
import { recordObservation, SYSTEM, type RecordDeps } from "../sharing/record/record-observation.ts";
import { findShare } from "../sharing/record/share-store.ts";
import { appendTold } from "./append-told.ts";
import type { ClientMessage } from "./client-message.ts";
import { namedWabasOf, renderWords, type Sender, type Words } from "./client-words.ts";
import { getMailAddress, saveBounced } from "./mail-address-store.ts";
import { judgeMessage, type MessageVerdict } from "./message-verdict.ts";
import { findMessage, lockDueMessage, saveAttempt, saveOutcome, saveSending } from "./message-store.ts";
import { HELD_MS } from "./notice.ts";
import { passOn, uncount } from "./pass-on.ts";
import { readAddressee, readSubjects, type KnownSubject } from "./read-subjects.ts";
import { waitAfter } from "./retry-plan.ts";

export interface SendDeps extends OpenLinkDeps {
  log: Logger;
  mailer: Pick<Mailer, "isSetUp" | "send">;
  sender: Sender;
  /** The address of a re-share link. Anyone with it can open the page, so it is never logged or kept. */
  linkUrlOf(linkId: string): string;
  /** The page on which the holder of an address unsubscribes it, by the id of the address. */
  unsubscribeUrlOf(addressId: string): string;
}

/** Longer than a mail takes. An instance that dies leaves a message of unknown fate after that. */
export const SENDING_LEASE_MS = 11 * 60_000;

/**
 * Sends a message whose time has come, or drops it where it is no longer wanted. Each message is sent at most
 * once: that it is being sent is committed before the mail server is asked. Only what the server certainly
 * did not take is tried again.
 */
export async function sendMessage(deps: SendDeps, id: string): Promise<void> {
  const taken = await takeOrPostpone(deps, id);
  if (taken === null) return;
  const { to, words, headers } = taken;
  const answer = await deps.mailer.send({ id, to, ...words, headers }).catch((error: unknown): Answer => {
    deps.log.error({ message: id, err: error }, "a mail to a client could not be handed over");
    return { outcome: "failed", detail: "our_fault" };
  });
  const message = await deps.db.transaction((tx) => record(tx, deps, id, answer));
  if (message?.state === "sent") await recordLinkSent(deps, message);
}

/** `failed`: a defect of ours, after which nobody knows whether the mail went out. */
interface Answer {
  outcome: "sent" | "deferred" | "refused" | "unknown" | "failed";
  detail: string;
  isAddressAtFault?: boolean;
}

/**
 * A message that cannot be written, for a value that is missing, says so, and is tried again later: it holds
 * up no other.
 */
async function takeOrPostpone(deps: Omit<SendDeps, "mailer">, id: string): Promise<Taken | null> {
  try {
    const planned = await findMessage(deps.db, id);
    if (planned?.state !== "pending") return null;
    const { verdict } = await judge(deps.db, planned, deps.clock.now());
    const links = verdict.is === "send" ? await openLinks(deps, verdict.assetIds) : new Map();
    return await deps.db.transaction((tx) => take(tx, deps, id, links));
  } catch (error) {
    deps.log.error({ message: id, err: error }, "a message to a client could not be written");
    const now = deps.clock.now();
    await deps.db.transaction(async (tx) => {
      const message = await lockDueMessage(tx, id, now);
      if (message === null) return;
      await saveAttempt(tx, id);
      await postpone(tx, { ...message, attemptCount: message.attemptCount + 1 }, "our_fault", now);
    });
    return null;
  }
}

/** Tried again later, for about a day. */
async function postpone(tx: Tx, message: ClientMessage, detail: string, now: number): Promise<void> {
  const wait = waitAfter(message.attemptCount);
  if (wait !== null)
    return saveOutcome(tx, message.id, {
      state: "pending",
      nextAttemptAt: now + wait,
      endedAt: null,
      detail,
    });
  await end(tx, message, { state: "failed", detail }, await readSubjects(tx, message.assetIds, now), now);
}

interface Judged {
  verdict: MessageVerdict;
  subjects: Map<string, KnownSubject>;
}

async function judge(sql: Sql, message: ClientMessage, now: number): Promise<Judged> {
  const subjects = await readSubjects(sql, message.assetIds, now);
  const addressee = await readAddressee(sql, message.clientId);
  return { verdict: judgeMessage(message, subjects, addressee, now), subjects };
}

/** Each message names a live link of each WABA. */
async function openLinks(deps: OpenLinkDeps, assetIds: readonly string[]): Promise<Map<string, ReshareLink>> {
  const links = new Map<string, ReshareLink>();
  for (const assetId of assetIds) {
    const link = await openReshareLink(deps, { assetId, rotate: false, by: SYSTEM });
    if (link !== undefined) links.set(assetId, link);
  }
  return links;
}

/** What taking a message needs: it is written in the same transaction. */
type TakeDeps = Pick<SendDeps, "clock" | "random" | "sender" | "linkUrlOf" | "unsubscribeUrlOf">;

interface Taken {
  to: string;
  words: Words;
  headers: Record<string, string>;
}

/** Takes the message under its lock: the last look before it is sent. Null: this call sends no mail. */
async function take(
  tx: Tx,
  deps: TakeDeps,
  id: string,
  links: ReadonlyMap<string, ReshareLink>,
): Promise<Taken | null> {
  const now = deps.clock.now();
  const message = await lockDueMessage(tx, id, now);
  if (message === null) return null;
  const { verdict, subjects } = await judge(tx, message, now);
  switch (verdict.is) {
    case "wait":
      await saveOutcome(tx, id, { ...message, nextAttemptAt: now + HELD_MS });
      return null;
    case "drop":
      await end(tx, message, { state: "dropped", detail: verdict.detail }, subjects, now);
      if (verdict.detail !== "unsubscribed") await uncount(tx, message, now);
      return null;
    case "pass_on":
      await end(tx, message, { state: "dropped", detail: verdict.detail }, subjects, now);
      await passOn(tx, deps, message, now);
      return null;
    case "send": {
      const linked = verdict.assetIds.filter((assetId) => links.has(assetId));
      // Its state changed between the two looks: the next turn opens its link.
      if (linked.length < verdict.assetIds.length) return null;
      return takeToSend(tx, deps, { ...message, assetIds: linked }, { links, subjects, now });
    }
  }
}

interface Sending {
  links: ReadonlyMap<string, ReshareLink>;
  subjects: ReadonlyMap<string, KnownSubject>;
  now: number;
}

async function takeToSend(
  tx: Tx,
  deps: Omit<TakeDeps, "clock">,
  message: ClientMessage,
  { links, subjects, now }: Sending,
): Promise<Taken | null> {
  const linkIds = message.assetIds.flatMap((assetId) => links.get(assetId)?.id ?? []);
  const sending = { ...message, linkIds };
  await saveSending(tx, message.id, { ...sending, leasedUntil: now + SENDING_LEASE_MS });
  if (message.channel === "event") {
    await requestSending(tx, sending, subjects, now);
    return null;
  }
  const { recipient: to } = message;
  if (to === null) return null;
  const { id: addressId } = await getMailAddress(tx, { address: to, random: deps.random, at: now });
  const unsubscribeUrl = deps.unsubscribeUrlOf(addressId);
  const wabas = namedWabasOf(message, links, subjects, deps.linkUrlOf);
  const { name: clientName } = await readAddressee(tx, message.clientId);
  const words = renderWords({ message, clientName, wabas, sender: deps.sender, unsubscribeUrl });
  return { to, words, headers: unsubscribeHeadersOf(unsubscribeUrl) };
}

/** RFC 8058: the reader's mail program offers the button. */
const unsubscribeHeadersOf = (url: string): Record<string, string> => ({
  "List-Unsubscribe": `<${url}>`,
  "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
});

/** The provider sends it by its own channel: an event asks for it. */
async function requestSending(
  tx: Tx,
  message: ClientMessage,
  subjects: ReadonlyMap<string, KnownSubject>,
  now: number,
): Promise<void> {
  await end(tx, message, { state: "sent", detail: null }, subjects, now);
  const [subject] = message.assetIds.flatMap((assetId) => subjects.get(assetId) ?? []);
  if (subject === undefined) return;
  const { share, state, mode } = subject;
  const data = { changed: [], before: null, state, mode, clientMessageId: message.id };
  const { connectionId, assetId } = share;
  const line = { connectionId, assetId, numberId: null, type: REQUESTED, at: new Date(now) };
  await appendJournal(tx, [{ ...line, actor: message.createdBy, requestId: null, data }]);
}

const REQUESTED = "client_message.requested";

async function end(
  tx: Tx,
  message: ClientMessage,
  { state, detail }: Pick<ClientMessage, "state" | "detail">,
  subjects: ReadonlyMap<string, KnownSubject>,
  now: number,
): Promise<void> {
  await saveOutcome(tx, message.id, { state, nextAttemptAt: null, endedAt: now, detail });
  await appendTold(tx, { ...message, state }, subjects, now);
}

/** What the mail server said. */
async function record(
  tx: Tx,
  deps: Pick<SendDeps, "clock" | "random">,
  id: string,
  { outcome, detail, isAddressAtFault }: Answer,
): Promise<ClientMessage | undefined> {
  const now = deps.clock.now();
  const message = await findMessage(tx, id);
  // Another instance took us for dead. What it wrote stands: nobody gets two.
  if (message?.state !== "sending") return message;
  // What a person must repair, such as a sender that the server does not know, is no fault of the address.
  if (outcome === "deferred" || (outcome === "refused" && isAddressAtFault !== true)) {
    await postpone(tx, message, detail, now);
    return message;
  }
  const subjects = await readSubjects(tx, message.assetIds, now);
  const state = outcome === "refused" ? "bounced" : outcome;
  await end(tx, message, { state, detail }, subjects, now);
  if (state === "bounced" && message.recipient !== null) {
    const address = await getMailAddress(tx, { address: message.recipient, random: deps.random, at: now });
    await saveBounced(tx, address.id, { detail, at: now });
    await passOn(tx, deps, message, now);
  }
  return { ...message, state };
}

/** The client no longer waits for the link that it asked for. */
async function recordLinkSent(deps: RecordDeps, { assetIds }: ClientMessage): Promise<void> {
  for (const assetId of assetIds) {
    const share = await findShare(deps.db, assetId);
    if (share?.record.client?.askedLinkAt === undefined) continue;
    const observe = {
      type: "command",
      command: { kind: "client_signal", signal: { is: "link_sent" } },
    } as const;
    await recordObservation(deps, { assetId, by: SYSTEM, note: null, event: "reshare.link_sent", observe });
  }
}
