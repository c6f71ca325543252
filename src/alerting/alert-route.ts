import { ALERT_RULES, type RuleId, type Severity } from "./rules.ts";
import type { QuietHours } from "./quiet-hours.ts";

/** Which alerts a route takes; what is left out matches all. */
interface RouteMatch {
  rule?: RuleId;
  severity?: Severity;
  clientId?: string;
  /** Of the WABA or of its client. */
  tag?: string;
  /** Who is on the WABA, or looks after its client. */
  ownerId?: string;
}

/** Who is told of which alerts, and when. The first that matches a signal decides. */
export interface AlertRoute {
  id: string;
  name: string;
  position: number;
  match: RouteMatch;
  channelIds: readonly string[];
  /** Null: as the rule says. */
  pendingS: number | null;
  keepFiringS: number | null;
  /** Null: it is told once. */
  repeatS: number | null;
  quietHours: QuietHours | null;
  escalateAfterS: number | null;
  escalateTo: readonly string[];
  version: number;
  /** Ms since the epoch. */
  createdAt: number;
  createdBy: string;
}

/** What routes match by. */
export interface Routed {
  rule: RuleId;
  severity: Severity;
  /** Null: it is about no WABA. */
  clientId: string | null;
  tags: readonly string[];
  ownerIds: readonly string[];
}

/** @param routes in their order */
export const routeOf = (routes: readonly AlertRoute[], routed: Routed): AlertRoute | null =>
  routes.find(({ match }) => isMatch(match, routed)) ?? null;

function isMatch({ rule, severity, clientId, tag, ownerId }: RouteMatch, routed: Routed): boolean {
  return [
    rule === undefined || rule === routed.rule,
    severity === undefined || severity === routed.severity,
    clientId === undefined || clientId === routed.clientId,
    tag === undefined || routed.tags.includes(tag),
    ownerId === undefined || routed.ownerIds.includes(ownerId),
  ].every(Boolean);
}

/** The periods of an alert, in ms. */
export interface AlertTerms {
  pendingMs: number;
  settleMs: number;
  keepFiringMs: number;
  /** Null: it is told once. */
  repeatMs: number | null;
  /** Null: it is not escalated. */
  escalateAfterMs: number | null;
}

/** @param route null: none matched, or it was deleted */
export function termsOf(rule: RuleId, route: AlertRoute | null): AlertTerms {
  const { pendingS, settleS, keepFiringS } = ALERT_RULES[rule];
  const escalates = route !== null && route.escalateTo.length > 0;
  return {
    pendingMs: (route?.pendingS ?? pendingS) * 1000,
    settleMs: settleS * 1000,
    keepFiringMs: (route?.keepFiringS ?? keepFiringS) * 1000,
    repeatMs: msOf(route?.repeatS ?? null),
    escalateAfterMs: escalates ? msOf(route.escalateAfterS) : null,
  };
}

const msOf = (seconds: number | null): number | null => (seconds === null ? null : seconds * 1000);
