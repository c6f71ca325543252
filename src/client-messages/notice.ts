import { DAY, MINUTE } from "../sharing/model/timings.ts";
import type { MessageKind, Topic } from "./client-message.ts";

/**
 * What the client of a WABA is told about: a loss, or a warning before one. Instants: ms since the epoch.
 *
 * A notice follows the state of the WABA and not its events, so that fifty losses within an hour are one
 * notice. It outlasts the loss: a WABA that is lost again for the same cause goes on with its count.
 */
export interface Notice {
  assetId: string;
  topic: Topic;
  clientId: string;
  cause: string;
  beganAt: number;
  /** The first message and its reminders. */
  sentCount: number;
  lastSentAt: number | null;
  /** No contact has an address. */
  waitsForAddress: boolean;
  /** Null: nothing more is sent. */
  nextAt: number | null;
  /** Null: it stands. */
  stoppedWhy: StoppedWhy | null;
}

export const STOPPED_WHYS = [
  "recovered",
  "intended",
  "observed",
  "offboarded",
  "not_adopted",
  "closed_by_operator",
  "lost_before_import",
  "provider_acts",
  "switched_off",
] as const;
export type StoppedWhy = (typeof STOPPED_WHYS)[number];

/**
 * What the state of a WABA asks for. `held`: nothing is said now, and nothing is over. With a cause it is
 * said once nothing holds it, which no line of the journal reports.
 */
export type Need =
  { is: "told"; cause: string } | { is: "held"; cause: string | null } | { is: "over"; why: StoppedWhy };

/** WABAs of one client that fall within this time are one message. A WABA that comes back in it is none. */
export const SETTLE_MS = 2 * MINUTE;
/** A WABA is told of once for a cause within this time, however often it comes and goes. */
const TOLD_ONCE_MS: Record<Topic, number> = { loss: DAY, app_activity: DAY, payment: 7 * DAY };
/** What is held is looked at again after this time. */
export const HELD_MS = 5 * MINUTE;
/** The wait after the first message, after the first reminder, …; the last one repeats. */
const GAPS_MS = [DAY, 3 * DAY, 7 * DAY, 14 * DAY, 30 * DAY] as const;
export const LONGEST_GAP_MS = 30 * DAY;

/** How long after the `sentCount`-th message the next one follows; null: none does. A warning has none. */
function gapAfter(topic: Topic, sentCount: number, reminders: number): number | null {
  if (topic !== "loss" || sentCount > reminders) return null;
  return GAPS_MS[sentCount - 1] ?? LONGEST_GAP_MS;
}

/** What the next message of a notice is. */
export function kindOf(
  { topic, sentCount }: Pick<Notice, "topic" | "sentCount">,
  reminders: number,
): MessageKind {
  if (topic !== "loss") return "warning";
  if (sentCount === 0) return "first";
  return sentCount >= reminders ? "last_reminder" : "reminder";
}

type About = Pick<Notice, "assetId" | "topic" | "clientId">;

/**
 * The notice after its WABA was looked at; undefined: there is nothing to say, and there never was.
 *
 * @param reminders how many follow the first message
 */
export function planNotice(
  known: Notice | undefined,
  need: Need,
  about: About,
  { now, reminders }: { now: number; reminders: number },
): Notice | undefined {
  const before = isOfAnother(known, need, about) ? undefined : known;
  const stands = before !== undefined && before.stoppedWhy === null;
  switch (need.is) {
    case "over":
      return stands ? { ...before, nextAt: null, waitsForAddress: false, stoppedWhy: need.why } : before;
    case "held": {
      const held =
        stands || need.cause === null ? before : begin(before, need.cause, about, { now, reminders });
      return held !== undefined && held.stoppedWhy === null && (isDue(held, now) || held !== before)
        ? { ...held, nextAt: held.nextAt === null ? null : Math.max(held.nextAt, now + HELD_MS) }
        : held;
    }
    case "told":
      return stands
        ? goOn(before, need.cause, about, now)
        : begin(before, need.cause, about, { now, reminders });
  }
}

/** The new client of a WABA was told nothing yet. What is over ends as it was. */
const isOfAnother = (known: Notice | undefined, need: Need, { clientId }: About): boolean =>
  known !== undefined && known.clientId !== clientId && need.is !== "over";

export function isDue({ nextAt }: Pick<Notice, "nextAt">, now: number): boolean {
  return nextAt !== null && nextAt <= now;
}

function begin(
  before: Notice | undefined,
  cause: string,
  about: About,
  { now, reminders }: { now: number; reminders: number },
): Notice {
  const settledAt = now + SETTLE_MS;
  const begun = { ...about, cause, beganAt: now, waitsForAddress: false, stoppedWhy: null };
  // After the clock was set back, what was sent later counts as sent now.
  const lastSentAt = before?.lastSentAt == null ? null : Math.min(before.lastSentAt, now);
  const isTold =
    before?.cause === cause && lastSentAt !== null && now - lastSentAt < TOLD_ONCE_MS[about.topic];
  if (!isTold) return { ...begun, sentCount: 0, lastSentAt: null, nextAt: settledAt };
  const { sentCount } = before;
  const gap = gapAfter(about.topic, sentCount, reminders);
  return {
    ...begun,
    sentCount,
    lastSentAt,
    nextAt: gap === null ? null : Math.max(settledAt, lastSentAt + gap),
  };
}

/** Another cause changes the words; the count of a loss goes on. Another warning is said anew. */
function goOn(before: Notice, cause: string, about: About, now: number): Notice {
  const changed = { ...before, ...about, cause };
  if (cause !== before.cause && about.topic !== "loss")
    return { ...changed, sentCount: 0, waitsForAddress: false, nextAt: now + SETTLE_MS };
  // After the clock was set back, nobody waits longer than the longest gap.
  const { nextAt } = before;
  return { ...changed, nextAt: nextAt === null ? null : Math.min(nextAt, now + LONGEST_GAP_MS) };
}

/** The notice after a message about it was planned. */
export function toldOf(notice: Notice, { now, reminders }: { now: number; reminders: number }): Notice {
  const sentCount = notice.sentCount + 1;
  const gap = gapAfter(notice.topic, sentCount, reminders);
  const told = { sentCount, lastSentAt: now, waitsForAddress: false };
  return { ...notice, ...told, nextAt: gap === null ? null : now + gap };
}
