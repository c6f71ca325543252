import type { RuleId, Severity } from "./rules.ts";

/** Why a channel gets a message. */
export const NOTIFICATION_KINDS = [
  "opened",
  "grew",
  "repeated",
  "escalated",
  "acknowledged",
  "resolved",
] as const;
export type NotificationKind = (typeof NOTIFICATION_KINDS)[number];

/** What a channel is told: fixed once, so that each attempt says the same. Instants: ms since the epoch. */
export interface AlertMessage {
  /** ntf_…: the same at each attempt; a test of a channel has one of its own. */
  id: string;
  /** The same for all messages of one alert: receivers update or close by it. */
  alertId: string;
  kind: NotificationKind | "test";
  rule: RuleId | "test";
  severity: Severity;
  /** One line, such as "201 clients removed our access in 3 min, usually 3 a day". */
  title: string;
  /** Plain sentences: what happened, what it means, what to do. */
  lines: string[];
  /** Label and value, such as "First" and "Ada's Bakery, 14:03 UTC". */
  facts: { label: string; value: string }[];
  startedAt: number;
  /** Null: it is not over. */
  endedAt: number | null;
  /** The alert in the Hub; null without PUBLIC_URL. */
  url: string | null;
  /** Opens a page where the reader, signed in, acknowledges with one click; null without PUBLIC_URL. */
  acknowledgeUrl: string | null;
  /** Why this channel gets it, such as "route “On call”". */
  why: string;
}

/** `later`: it is worth trying again. */
export const CHANNEL_OUTCOMES = ["sent", "later", "refused"] as const;

/** What came of one attempt. */
export interface ChannelOutcome {
  outcome: (typeof CHANNEL_OUTCOMES)[number];
  /** One line for people: the status, the receiver's word, or what failed. No address, no key. */
  detail: string;
  tookMs: number;
  /** The receiver asks not to be tried before, in ms; null: it does not say. */
  waitMs: number | null;
}
