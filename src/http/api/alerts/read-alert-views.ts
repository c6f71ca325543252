import { readAlertFigures, readAlertWabas, type AlertWaba } from "../../../alerting/alert-figures-store.ts";
import type { AlertFigures } from "../../../alerting/alert-figures.ts";
import { readNotifications, type LoggedNotification } from "../../../alerting/alert-notification-store.ts";
import { readRoutes } from "../../../alerting/alert-route-store.ts";
import type { Alert } from "../../../alerting/alert.ts";
import { readActorNames } from "../../../access/actor-name-store.ts";
import type { Sql } from "../../../database/database.ts";

/** An alert with what the API shows beside it. */
export interface AlertView {
  alert: Alert;
  figures: AlertFigures;
  wabas: readonly AlertWaba[];
  notifications: readonly LoggedNotification[];
  /** Of its route; null: it was deleted, or none matched. */
  routeName: string | null;
  acknowledgedBy: { id: string; name: string } | null;
}

/** In the order of `alerts`. */
export async function readAlertViews(
  sql: Sql,
  alerts: readonly Alert[],
  { wabaLimit }: { wabaLimit: number },
): Promise<AlertView[]> {
  const ids = alerts.map(({ id }) => id);
  const figures = await readAlertFigures(sql, ids);
  const wabas = Map.groupBy(await readAlertWabas(sql, ids, wabaLimit), ({ alertId }) => alertId);
  const notifications = Map.groupBy(await readNotifications(sql, ids), ({ alert_id: id }) => id);
  const names = new Map((await readRoutes(sql)).map(({ id, name }) => [id, name]));
  const people = await readActorNames(
    sql,
    alerts.flatMap(({ acknowledgedBy }) => acknowledgedBy ?? []),
  );
  return alerts.flatMap((alert): AlertView[] => {
    const known = figures.get(alert.id);
    if (known === undefined) return [];
    const by = alert.acknowledgedBy;
    return [
      {
        ...{ alert, figures: known, wabas: wabas.get(alert.id) ?? [] },
        notifications: notifications.get(alert.id) ?? [],
        routeName: names.get(alert.routeId ?? "") ?? null,
        acknowledgedBy: by === null ? null : { id: by, name: people.get(by) ?? by },
      },
    ];
  });
}
