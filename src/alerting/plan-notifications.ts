import type { Tx } from "../database/database.ts";
import type { Clock } from "../lib/clock.ts";
import { newId } from "../lib/new-id.ts";
import type { Random } from "../lib/random.ts";
import { english } from "../messages/english.ts";
import type { AlertFigures } from "./alert-figures.ts";
import type { NotificationKind } from "./alert-message.ts";
import {
  insertNotifications,
  readNamedChannels,
  readToldChannels,
  type PlannedNotification,
} from "./alert-notification-store.ts";
import { readRoutes } from "./alert-route-store.ts";
import type { AlertRoute } from "./alert-route.ts";
import { renderAlertMessage } from "./alert-text.ts";
import type { Alert } from "./alert.ts";

export interface PlanNotificationsDeps {
  clock: Clock;
  random: Random;
  /** Our address without a slash at the end; null: it is not set. */
  publicUrl: string | null;
}

/** What people are told of an alert. */
export interface ToldAlert {
  before: Alert;
  alert: Alert;
  told: readonly NotificationKind[];
  /** Undefined: it has no signals, and nothing is told. */
  figures: AlertFigures | undefined;
  /** Until when quiet hours hold the messages, ms since the epoch; null: they do not. */
  quietUntil: number | null;
  /** The name of who acknowledged it; null: nobody did. */
  by: string | null;
}

/** Plans a message for each channel that is to know, in the transaction that decided it. */
export async function planNotifications(
  tx: Tx,
  { clock, random, publicUrl }: PlanNotificationsDeps,
  { before, alert, told, figures, quietUntil, by }: ToldAlert,
): Promise<void> {
  if (figures === undefined || told.length === 0) return;
  const now = clock.now();
  const route = (await readRoutes(tx)).find(({ id }) => id === alert.routeId) ?? null;
  const rule = english(`labels.alert_rule.${alert.rule}`);
  const why = english("alerts.why", { route: route?.name ?? english("alerts.deleted_route"), rule });
  for (const kind of told) {
    const planned: PlannedNotification[] = [];
    const ids = await channelIdsOf(tx, kind, alert, route);
    for (const channel of await readNamedChannels(tx, ids)) {
      const context = {
        id: newId("ntf", random),
        kind,
        why,
        toldCount: before.toldCount,
        publicUrl,
        now,
        by,
      };
      planned.push({
        ...{ channelId: channel.id, recipient: channel.name, kind },
        message: renderAlertMessage(alert, figures, context),
        dueAt: quietUntil ?? now,
        droppedWhy: channel.state === "paused" ? english("alerts.dropped.paused") : null,
      });
    }
    // Before the next kind: the end goes to whoever is told of the beginning now.
    await insertNotifications(tx, planned, now);
  }
}

/** Whoever was told of an alert is told that somebody is on it, and that it is over. */
async function channelIdsOf(
  tx: Tx,
  kind: NotificationKind,
  alert: Alert,
  route: AlertRoute | null,
): Promise<readonly string[]> {
  if (kind === "resolved" || kind === "acknowledged") return readToldChannels(tx, alert.id);
  if (kind === "escalated") return route?.escalateTo ?? [];
  return route?.channelIds ?? [];
}
