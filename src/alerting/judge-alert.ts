/**
 * What becomes of an alert with time: a table of its legal transitions. Each row says from which state it
 * leaves, when it is due, what the alert is then, and what people are told. Rows are tried in order until
 * none is due; the alert's next turn is when the first of the others is.
 *
 *   pending ──(held, and no more join)──▶ firing ──(over for a while)──▶ resolved
 *      └──────(over before it held)───────────────────────────────────▶ resolved, untold
 *
 * An alert that is over stays open for a while, so that a share that flaps is told of once.
 */

import type { Alert } from "./alert.ts";
import type { NotificationKind } from "./alert-message.ts";
import type { AlertTerms } from "./alert-route.ts";
import { SETTLE_AT_MOST_S } from "./rules.ts";

/** What else decides about an alert at an instant. */
export interface AlertStanding {
  terms: AlertTerms;
  /** Subjects that had a signal of it. */
  signalCount: number;
  /** Another alert that fires explains it. */
  isInhibited: boolean;
  /** Until when quiet hours hold its messages, ms since the epoch; null: they do not. */
  quietUntil: number | null;
}

type Told = Exclude<NotificationKind, "acknowledged">;

/** It is told to have grown when it has this many times the signals, this long after it was told. */
const GREW = { times: 2, afterMs: 300_000 } as const;

interface Transition {
  from: Alert["state"];
  /** When it is due, ms since the epoch; null: not as things stand. */
  dueAt(alert: Alert, standing: AlertStanding): number | null;
  to(alert: Alert, now: number, standing: AlertStanding): Partial<Alert>;
  /** What people are told with it. */
  told: Told | null;
}

const heldAt = ({ startedAt }: Alert, { terms }: AlertStanding): number => startedAt + terms.pendingMs;

const settledAt = ({ startedAt, lastSignalAt }: Alert, { terms }: AlertStanding): number =>
  Math.min(lastSignalAt + terms.settleMs, startedAt + SETTLE_AT_MOST_S * 1000);

/** It fires once it held and no more join, or at its end. Null: it was over before it held. */
function firesAt(alert: Alert, standing: AlertStanding): number | null {
  const held = heldAt(alert, standing);
  if (alert.clearedAt !== null && alert.clearedAt < held) return null;
  return Math.max(held, Math.min(settledAt(alert, standing), alert.clearedAt ?? Infinity));
}

const overAt = ({ clearedAt }: Alert, { terms }: AlertStanding): number | null =>
  clearedAt === null ? null : clearedAt + terms.keepFiringMs;

const isSnoozed = ({ snoozedUntil, snoozedAbove }: Alert): boolean =>
  snoozedUntil !== null || snoozedAbove !== null;

/** `at`, or the end of the quiet hours if that is later. Null: nothing may be told as things stand. */
function tellAt(at: number, alert: Alert, { isInhibited, quietUntil }: AlertStanding): number | null {
  if (isInhibited || alert.clearedAt !== null) return null;
  return quietUntil === null ? at : Math.max(at, quietUntil);
}

const told = (_alert: Alert, now: number, { signalCount }: AlertStanding): Partial<Alert> => ({
  toldAt: now,
  toldCount: signalCount,
});
const endOf = ({ clearedAt }: Alert): Partial<Alert> => ({ state: "resolved", endedAt: clearedAt });
const UNSNOOZED = { snoozedUntil: null, snoozedAbove: null } as const;

const TRANSITIONS: readonly Transition[] = [
  {
    from: "pending",
    dueAt: firesAt,
    to: (_alert, now) => ({ state: "firing", firedAt: now }),
    told: null,
  },
  {
    from: "pending",
    dueAt: (alert, standing) => (firesAt(alert, standing) === null ? overAt(alert, standing) : null),
    to: endOf,
    told: null,
  },
  {
    // What held is told, even if it is over by now, unless something holds the message back.
    from: "firing",
    dueAt: (alert, standing) => {
      const firedAt = alert.firedAt ?? alert.startedAt;
      if (alert.toldAt !== null || isSnoozed(alert)) return null;
      const isHeldBack = standing.isInhibited || standing.quietUntil !== null;
      return isHeldBack ? tellAt(firedAt, alert, standing) : firedAt;
    },
    to: told,
    told: "opened",
  },
  {
    from: "firing",
    dueAt: (alert, standing) => (alert.toldAt === null ? null : overAt(alert, standing)),
    to: endOf,
    told: "resolved",
  },
  {
    from: "firing",
    dueAt: (alert, standing) => (alert.toldAt === null ? overAt(alert, standing) : null),
    to: endOf,
    told: null,
  },
  {
    from: "firing",
    dueAt: (alert, standing) =>
      alert.snoozedUntil === null ? null : tellAt(alert.snoozedUntil, alert, standing),
    to: (...at) => ({ ...told(...at), ...UNSNOOZED }),
    told: "repeated",
  },
  {
    from: "firing",
    dueAt: (alert, standing) =>
      alert.snoozedAbove === null || standing.signalCount <= alert.snoozedAbove
        ? null
        : tellAt(alert.lastSignalAt, alert, standing),
    to: (...at) => ({ ...told(...at), ...UNSNOOZED }),
    told: "grew",
  },
  {
    from: "firing",
    dueAt: (alert, standing) => {
      const { escalateAfterMs } = standing.terms;
      const { toldAt, escalatedAt, acknowledgedAt, firedAt } = alert;
      if (escalateAfterMs === null || toldAt === null || firedAt === null) return null;
      if (escalatedAt !== null || acknowledgedAt !== null || isSnoozed(alert)) return null;
      return tellAt(firedAt + escalateAfterMs, alert, standing);
    },
    to: (_alert, now) => ({ escalatedAt: now }),
    told: "escalated",
  },
  {
    from: "firing",
    dueAt: (alert, standing) => {
      const { toldAt, toldCount } = alert;
      if (toldAt === null || isSnoozed(alert) || standing.signalCount < GREW.times * toldCount) return null;
      return tellAt(toldAt + GREW.afterMs, alert, standing);
    },
    to: told,
    told: "grew",
  },
  {
    from: "firing",
    dueAt: (alert, standing) => {
      const { repeatMs } = standing.terms;
      const { toldAt, acknowledgedAt } = alert;
      if (repeatMs === null || toldAt === null || acknowledgedAt !== null || isSnoozed(alert)) return null;
      return tellAt(toldAt + repeatMs, alert, standing);
    },
    to: told,
    told: "repeated",
  },
];

export interface JudgedAlert {
  /** As it is from now on. */
  alert: Alert;
  /** What people are told, in order. */
  told: Told[];
}

export function judgeAlert(alert: Alert, standing: AlertStanding, now: number): JudgedAlert {
  let current = asOf(alert, now);
  const all: Told[] = [];
  // Each row changes what makes it due, so that none comes twice.
  for (;;) {
    const due = TRANSITIONS.find((row) => row.from === current.state && isDue(row, current, standing, now));
    if (due === undefined) break;
    current = { ...current, ...due.to(current, now, standing) };
    if (due.told !== null) all.push(due.told);
  }
  return { alert: { ...current, nextTurnAt: nextTurnOf(current, standing) }, told: all };
}

function isDue(row: Transition, alert: Alert, standing: AlertStanding, now: number): boolean {
  const dueAt = row.dueAt(alert, standing);
  return dueAt !== null && dueAt <= now;
}

function nextTurnOf(alert: Alert, standing: AlertStanding): number | null {
  const later = TRANSITIONS.filter(({ from }) => from === alert.state)
    .map((row) => row.dueAt(alert, standing))
    .filter((dueAt) => dueAt !== null);
  return later.length === 0 ? null : Math.min(...later);
}

/** The clock may have been set back: what lies in the future counts from now. */
function asOf(alert: Alert, now: number): Alert {
  const past = (at: number | null): number | null => (at === null ? null : Math.min(at, now));
  return {
    ...alert,
    startedAt: Math.min(alert.startedAt, now),
    lastSignalAt: Math.min(alert.lastSignalAt, now),
    ...{ clearedAt: past(alert.clearedAt), firedAt: past(alert.firedAt), toldAt: past(alert.toldAt) },
  };
}
