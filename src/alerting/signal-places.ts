/**
 * Which alert each signal belongs to. A signal joins an alert of its rule, cause and route that is open: the
 * one that had this very subject before (a flap), else one whose newest signal began shortly before. Else it
 * opens an alert.
 */

import { alertOf, severityOf, type Alert } from "./alert.ts";
import { routeOf, termsOf, type AlertRoute, type Routed } from "./alert-route.ts";
import { GROUP_WITHIN_S } from "./rules.ts";
import type { BegunSignal } from "./signal.ts";

/** An alert that is open, as signals join it and end. */
interface OpenAlert {
  alert: Alert;
  /** Its signals that hold. */
  holdingCount: number;
  /** Whose flap joins it. */
  subjects: Set<string>;
}

export interface SignalPlace {
  signal: BegunSignal;
  alertId: string;
}

/** What is known before. */
export interface Places {
  open: OpenAlert[];
  /** In their order. */
  routes: readonly AlertRoute[];
  routedOf(signal: BegunSignal): Omit<Routed, "rule" | "severity">;
  newId(): string;
}

/** A signal that was recorded before, and ended. */
export interface EndedPlace {
  alertId: string;
  at: number;
}

/** Changes the alerts of `places`, and adds those that open. Returns where each signal is. */
export function placesOf(
  places: Places,
  begun: readonly BegunSignal[],
  ended: readonly EndedPlace[],
): SignalPlace[] {
  const found: SignalPlace[] = [];
  const later: EndedPlace[] = [...ended].sort((one, other) => one.at - other.at);
  const endUntil = (at: number): void => {
    while (later[0] !== undefined && later[0].at <= at) endOne(places, later.shift() as EndedPlace);
  };
  for (const signal of [...begun].sort((one, other) => one.beganAt - other.beganAt)) {
    endUntil(signal.beganAt);
    const { alert } = join(places, signal);
    found.push({ signal, alertId: alert.id });
    if (signal.end === undefined) continue;
    const at = Math.max(signal.end.at, signal.beganAt);
    const nth = later.findIndex((other) => other.at > at);
    later.splice(nth === -1 ? later.length : nth, 0, { alertId: alert.id, at });
  }
  endUntil(Infinity);
  return found;
}

function join(places: Places, signal: BegunSignal): OpenAlert {
  const routed = { rule: signal.rule, severity: severityOf(signal), ...places.routedOf(signal) };
  const route = routeOf(places.routes, routed);
  const alike = places.open.filter(({ alert }) => isAlike(alert, signal, route));
  const { keepFiringMs } = termsOf(signal.rule, route);
  const joined =
    alike.find(
      ({ alert, subjects }) => subjects.has(signal.subject) && isOpenAt(alert, signal, keepFiringMs),
    ) ??
    alike.findLast(({ alert }) => isGroupOf(alert, signal, keepFiringMs)) ??
    openFor(places, signal, route);
  joined.holdingCount += 1;
  joined.subjects.add(signal.subject);
  joined.alert.lastSignalAt = Math.max(joined.alert.lastSignalAt, signal.beganAt);
  joined.alert.clearedAt = null;
  return joined;
}

const isAlike = (alert: Alert, { rule, cause, isObserved }: BegunSignal, route: AlertRoute | null): boolean =>
  alert.rule === rule &&
  alert.cause === cause &&
  alert.isObserved === (isObserved === true) &&
  alert.routeId === (route?.id ?? null);

/** Whether it was not resolved by then: the turns may be behind. */
const isOpenAt = ({ clearedAt }: Alert, { beganAt }: BegunSignal, keepFiringMs: number): boolean =>
  clearedAt === null || beganAt < clearedAt + keepFiringMs;

/** What was over before anybody was told takes no other WABA: that one would not have to hold. */
function isGroupOf(alert: Alert, signal: BegunSignal, keepFiringMs: number): boolean {
  if (alert.clearedAt !== null && alert.state === "pending") return false;
  const isNear = Math.abs(signal.beganAt - alert.lastSignalAt) <= GROUP_WITHIN_S * 1000;
  return isNear && isOpenAt(alert, signal, keepFiringMs);
}

function openFor(places: Places, signal: BegunSignal, route: AlertRoute | null): OpenAlert {
  const alert = alertOf(signal, places.newId(), route?.id ?? null);
  const opened = { alert, holdingCount: 0, subjects: new Set<string>() };
  places.open.push(opened);
  return opened;
}

function endOne({ open }: Places, { alertId, at }: EndedPlace): void {
  const found = open.find(({ alert }) => alert.id === alertId);
  if (found === undefined) return;
  found.holdingCount -= 1;
  if (found.holdingCount <= 0) found.alert.clearedAt = at;
}
