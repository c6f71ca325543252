import { ALERT_RULES, type RuleId, type Severity } from "./rules.ts";
import type { Signal } from "./signal.ts";

/** `pending`: nobody is told yet, and no list has it. */
export const ALERT_STATES = ["pending", "firing", "resolved"] as const;

/** One thing that people must know: the signals of one rule and cause that began together. Instants: ms. */
export interface Alert {
  id: string;
  rule: RuleId;
  severity: Severity;
  cause: string | null;
  isObserved: boolean;
  /** Losses a day in the month before it; null: it is not about a loss. */
  usualPerDay: number | null;
  /** Null: no route matched. The route may have been deleted. */
  routeId: string | null;
  state: (typeof ALERT_STATES)[number];
  startedAt: number;
  /** When the newest signal joined. */
  lastSignalAt: number;
  /** No signal of it holds since then; null: one holds. */
  clearedAt: number | null;
  /** Null: it cleared before it fired, or it is pending. */
  firedAt: number | null;
  endedAt: number | null;
  /** The last message about it, and how many signals it had then. */
  toldAt: number | null;
  toldCount: number;
  acknowledgedAt: number | null;
  acknowledgedBy: string | null;
  snoozedUntil: number | null;
  /** It is snoozed until it has more signals than these. */
  snoozedAbove: number | null;
  escalatedAt: number | null;
  /** When time alone may change it; null: never. */
  nextTurnAt: number | null;
}

/** Who only observes is never woken: nothing was stopped. */
export const severityOf = ({ rule, isObserved }: Pick<Signal, "rule" | "isObserved">): Severity =>
  isObserved === true ? "info" : ALERT_RULES[rule].severity;

/** A new alert, of its first signal. */
export function alertOf(signal: Signal, id: string, routeId: string | null): Alert {
  return {
    ...{ id, rule: signal.rule, severity: severityOf(signal), cause: signal.cause },
    ...{ isObserved: signal.isObserved === true, usualPerDay: null, routeId, state: "pending" },
    ...{ startedAt: signal.beganAt, lastSignalAt: signal.beganAt, clearedAt: null, firedAt: null },
    ...{ endedAt: null, toldAt: null, toldCount: 0, acknowledgedAt: null, acknowledgedBy: null },
    ...{ snoozedUntil: null, snoozedAbove: null, escalatedAt: null, nextTurnAt: null },
  };
}
