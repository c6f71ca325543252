import type { ShareState } from "../sharing/status/share-state.ts";
import { DAY, HOUR, MINUTE } from "../sharing/model/timings.ts";

/**
 * When somebody last opened the WhatsApp Business app of a coexistence number, as far as it was reported. No
 * field of the Graph API holds it, so we can only remind people. Instants in ms since the epoch.
 */
export interface AppActivity {
  numberId: string;
  connectionId: string;
  assetId: string;
  /** The newest confirmation; before the first one, when we learnt that the number is used in the app. */
  countedFrom: number;
  confirmedAt: number | null;
  confirmedBy: Confirmation | null;
  /** The state last written to the journal. */
  announced: AppActivityState;
}

/** By the client's page, by the API, by a message that was written in the app, by a finished signup. */
export const CONFIRMATIONS = ["link", "api", "echo", "signup"] as const;
export type Confirmation = (typeof CONFIRMATIONS)[number];

export const APP_ACTIVITY_STATES = ["fresh", "due_soon", "overdue"] as const;
export type AppActivityState = (typeof APP_ACTIVITY_STATES)[number];

/** Two days before the day that providers name to their clients. */
export const DUE_SOON_AFTER = 11 * DAY;
/**
 * "Open the app at least every 13 days": the rule of 360dialog, Coral and Dualhook (docs.coralmessaging.com,
 * dualhook.com/docs/heartbeat).
 */
export const OVERDUE_AFTER = 13 * DAY;

export function appActivityStateOf(countedFrom: number, now: number): AppActivityState {
  const age = now - countedFrom;
  if (age >= OVERDUE_AFTER) return "overdue";
  return age >= DUE_SOON_AFTER ? "due_soon" : "fresh";
}

/**
 * Statuses in which the number may still be linked to its app, so that opening the app keeps something alive.
 */
export const COUNTED_STATUSES = ["live", "unknown", "disabled"] as const;

export function isCounted({ status }: Pick<ShareState, "status">): boolean {
  return COUNTED_STATUSES.some((counted) => counted === status);
}

/**
 * An app in daily use echoes every message, so one confirmation an hour is enough. A person's second click
 * adds nothing.
 */
const NEWS_AFTER: Record<Confirmation, number> = { echo: HOUR, link: MINUTE, api: 0, signup: 0 };

/**
 * Whether a confirmation of `at` moves the count: never back, and not for every message. One with a future
 * time is from before the clock was set back, and is ignored.
 */
export function isNews(known: AppActivity | undefined, at: number, how: Confirmation, now: number): boolean {
  if (known === undefined || known.countedFrom > now) return true;
  if (known.confirmedAt === null) return at >= known.countedFrom;
  return at > known.confirmedAt && at - known.confirmedAt >= NEWS_AFTER[how];
}

/** Whether the journal announces it: every report by a person, and everything that ends a reminder. */
export function isAnnounced(known: AppActivity | undefined, how: Confirmation): boolean {
  return how !== "echo" || (known !== undefined && known.announced !== "fresh");
}
