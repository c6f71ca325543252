/** One message to one contact of a client. Instants: ms since the epoch. */
export interface ClientMessage {
  id: string;
  clientId: string;
  topic: Topic;
  kind: MessageKind;
  /** The reason of the loss; of a warning, what it warns of. */
  cause: string;
  assetIds: readonly string[];
  linkIds: readonly string[];
  /** The ended link whose holder asked for a fresh one. */
  askedLinkId: string | null;
  channel: Channel;
  /** Null: no contact has an address, or the provider sends it. */
  recipient: string | null;
  contactName: string | null;
  language: string;
  why: Why;
  createdBy: string;
  plannedAt: number;
  state: MessageState;
  attemptCount: number;
  nextAttemptAt: number | null;
  endedAt: number | null;
  detail: string | null;
}

export const TOPICS = ["loss", "app_activity", "payment"] as const;
export type Topic = (typeof TOPICS)[number];

export const MESSAGE_KINDS = [
  "first",
  "reminder",
  "last_reminder",
  "fresh_link",
  "manual",
  "warning",
] as const;
export type MessageKind = (typeof MESSAGE_KINDS)[number];

export const CHANNELS = ["email", "event"] as const;
export type Channel = (typeof CHANNELS)[number];

/**
 * `unknown`: this Sharekeeper died while it sent the message, or the mail server was given it and did not say
 * whether it took it. It is not sent again, so that nobody gets two.
 */
export const MESSAGE_STATES = [
  "pending",
  "sending",
  "sent",
  "failed",
  "bounced",
  "dropped",
  "unknown",
] as const;
type MessageState = (typeof MESSAGE_STATES)[number];

export const WHYS = ["lost", "not_repaired", "asked_fresh", "by_hand", "warned", "address_bounced"] as const;
export type Why = (typeof WHYS)[number];

/** A message that an unsubscribed person still gets: without it nobody could end the loss. */
export function isCritical({ topic, kind }: Pick<ClientMessage, "topic" | "kind">): boolean {
  return topic === "loss" && kind !== "reminder" && kind !== "last_reminder";
}

/** "a…@example.com": enough for its owner to recognise, and for nobody else to use. */
export function maskedOf(address: string): string {
  const at = address.lastIndexOf("@");
  return `${[...address.slice(0, at)][0] ?? ""}…${address.slice(at)}`;
}
