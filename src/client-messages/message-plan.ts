import type { ClientContact } from "../directory/client-details-store.ts";
import { HOUR } from "../sharing/model/timings.ts";
import {
  isCritical,
  type Channel,
  type ClientMessage,
  type MessageKind,
  type Why,
} from "./client-message.ts";
import { normalOf, type MailAddress } from "./mail-address.ts";
import { HELD_MS, isDue, kindOf, toldOf, type Notice } from "./notice.ts";

/** A client as its messages are planned. */
export interface Addressee {
  clientId: string;
  name: string;
  language: string | null;
  /** In the order of preference. */
  contacts: readonly ClientContact[];
  /** What is known of their addresses. */
  addresses: readonly MailAddress[];
}

export type NewMessage = Omit<ClientMessage, "id" | "createdBy" | "linkIds" | "askedLinkId" | "attemptCount">;

export interface PlanRules {
  now: number;
  channel: Channel;
  reminders: number;
}

/** WABAs that fall one after the other for one cause: at most one first message an hour to their client. */
const APART_MS = HOUR;

/**
 * The messages to one client that are due, and its notices after that.
 *
 * @param notices all that the client may be told of now, due or not
 * @param lastToldAt when it was last told of this cause
 */
export function planMessages(
  addressee: Addressee,
  notices: readonly Notice[],
  lastToldAt: (cause: string) => number | null,
  rules: PlanRules,
): { messages: NewMessage[]; notices: Notice[] } {
  const groups = Map.groupBy(notices, ({ topic, cause }) => `${topic} ${cause}`);
  const planned = [...groups.values()].map((group) => planGroup(addressee, group, lastToldAt, rules));
  return {
    messages: planned.flatMap(({ messages }) => messages),
    notices: planned.flatMap(({ notices: changed }) => changed),
  };
}

function planGroup(
  addressee: Addressee,
  group: readonly Notice[],
  lastToldAt: (cause: string) => number | null,
  rules: PlanRules,
): { messages: NewMessage[]; notices: Notice[] } {
  const { now, reminders } = rules;
  const due = group.filter((notice) => isDue(notice, now));
  const [first] = due;
  if (first === undefined) return { messages: [], notices: [] };
  const again = due.filter(({ sentCount }) => sentCount > 0);
  const told = lastToldAt(first.cause);
  if (again.length === 0 && told !== null && told <= now && now - told < APART_MS)
    return { messages: [], notices: due.map((notice) => ({ ...notice, nextAt: told + APART_MS })) };
  // Who falls with them is named with them, although its own time has not come.
  const members = [...again, ...group.filter(({ sentCount }) => sentCount === 0)];
  const fresh = members.find(({ sentCount }) => sentCount === 0);
  const least = again.toSorted((a, b) => a.sentCount - b.sentCount)[0];
  const kind = kindOf(fresh ?? least ?? first, reminders);
  const message = messageOf(addressee, members, { kind, why: WHY_OF[kind] ?? "lost" }, rules);
  if (message.recipient !== null || rules.channel === "event")
    return { messages: [message], notices: members.map((notice) => toldOf(notice, rules)) };
  // It is said once that nobody can be told, and said to the client as soon as there is an address.
  const isNews = members.some(({ waitsForAddress }) => !waitsForAddress);
  const waiting = members.map((notice) => ({ ...notice, waitsForAddress: true, nextAt: now + HELD_MS }));
  return { messages: isNews ? [message] : [], notices: waiting };
}

const WHY_OF: Partial<Record<MessageKind, Why>> = {
  first: "lost",
  reminder: "not_repaired",
  last_reminder: "not_repaired",
  warning: "warned",
};

function messageOf(
  addressee: Addressee,
  members: readonly Notice[],
  { kind, why }: { kind: MessageKind; why: Why },
  { now, channel }: PlanRules,
): NewMessage {
  const [{ topic, cause }] = members as [Notice, ...Notice[]];
  const about = { topic, kind, cause, why, assetIds: members.map(({ assetId }) => assetId), plannedAt: now };
  const contact = channel === "email" ? contactOf(addressee) : undefined;
  return addressed(about, { addressee, channel, contact });
}

type About = Pick<NewMessage, "topic" | "kind" | "cause" | "why" | "assetIds" | "plannedAt">;

/** The message for this contact: to be sent, or dropped where it may not be sent. */
export function addressed(
  about: About,
  {
    addressee,
    channel,
    contact,
  }: { addressee: Addressee; channel: Channel; contact: ClientContact | undefined },
): NewMessage {
  const { clientId, contacts } = addressee;
  const language = contact?.language ?? addressee.language ?? contacts[0]?.language ?? "en";
  const recipient = contact?.email ?? null;
  const message = { ...about, clientId, channel, recipient, contactName: contact?.name ?? null, language };
  const obstacle = channel === "email" ? obstacleOf(about, recipient, addressee) : null;
  if (obstacle === null)
    return { ...message, state: "pending", nextAttemptAt: about.plannedAt, endedAt: null, detail: null };
  return { ...message, state: "dropped", nextAttemptAt: null, endedAt: about.plannedAt, detail: obstacle };
}

/** Why a message is not sent: a word of `client_message_detail` of the texts. */
type Obstacle = "no_address" | "all_bounced" | "unsubscribed";

function obstacleOf(about: About, recipient: string | null, addressee: Addressee): Obstacle | null {
  if (recipient === null)
    return addressee.contacts.some(({ email }) => email !== null) ? "all_bounced" : "no_address";
  const isUnsubscribed = addressOf(addressee, recipient)?.unsubscribedAt != null;
  return isUnsubscribed && !isCritical(about) ? "unsubscribed" : null;
}

export const addressOf = (
  { addresses }: Pick<Addressee, "addresses">,
  email: string,
): MailAddress | undefined => addresses.find(({ address }) => address === normalOf(email));

/** The first contact whose mail does not bounce. */
export function contactOf(addressee: Addressee): ClientContact | undefined {
  return addressee.contacts.find(
    ({ email }) => email !== null && addressOf(addressee, email)?.bouncedAt == null,
  );
}
