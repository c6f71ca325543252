import type { LoggedNotification } from "../../../alerting/alert-notification-store.ts";
import { sentencesOf, titleOf } from "../../../alerting/alert-text.ts";
import type { Alert } from "../../../alerting/alert.ts";
import { isoOf, isoOrNull } from "../wabas/render-waba.ts";
import type { AlertJson } from "./alert-schema.ts";
import type { AlertView } from "./read-alert-views.ts";

/** @param now ms since the epoch */
export function renderAlert(view: AlertView, now: number): AlertJson {
  const { alert, figures } = view;
  return {
    ...{ id: alert.id, rule: alert.rule, severity: alert.severity, state: shownStateOf(alert) },
    ...{ title: titleOf(alert, figures), lines: sentencesOf(alert), cause: alert.cause },
    observed: alert.isObserved,
    started_at: isoOf(alert.startedAt),
    ended_at: isoOrNull(alert.endedAt),
    lasted_s: Math.max(0, Math.round(((alert.endedAt ?? now) - alert.startedAt) / 1000)),
    wabas: view.wabas.map(({ wabaId, name }) => ({ id: wabaId, name })),
    waba_count: figures.wabaCount,
    signal_count: figures.signalCount,
    holding_count: figures.holdingCount,
    route: alert.routeId === null ? null : { id: alert.routeId, name: view.routeName },
    acknowledged_at: isoOrNull(alert.acknowledgedAt),
    acknowledged_by: view.acknowledgedBy,
    snoozed_until: isoOrNull(alert.snoozedUntil),
    snoozed_until_worse: alert.snoozedAbove !== null,
    escalated_at: isoOrNull(alert.escalatedAt),
    notifications: view.notifications.map(renderNotification),
  };
}

function shownStateOf({ state, acknowledgedAt }: Alert): AlertJson["state"] {
  if (state === "resolved") return "resolved";
  return acknowledgedAt === null ? "firing" : "acknowledged";
}

function renderNotification(one: LoggedNotification): AlertJson["notifications"][number] {
  return {
    ...{ id: one.id, channel_id: one.channel_id, to: one.recipient, kind: one.kind, why: one.why },
    ...{ at: isoOf((one.ended_at ?? one.planned_at).getTime()), outcome: one.state, detail: one.detail },
  };
}
