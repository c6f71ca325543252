import type { Database, Tx } from "../database/database.ts";
import type { Clock } from "../lib/clock.ts";
import { newId } from "../lib/new-id.ts";
import type { Random } from "../lib/random.ts";
import { english } from "../messages/english.ts";
import { readAlertFigures } from "./alert-figures-store.ts";
import type { AlertFigures } from "./alert-figures.ts";
import type { NotificationKind } from "./alert-message.ts";
import {
  insertNotifications,
  readNamedChannels,
  readToldChannels,
  type PlannedNotification,
} from "./alert-notification-store.ts";
import { readRoutes } from "./alert-route-store.ts";
import { termsOf, type AlertRoute } from "./alert-route.ts";
import {
  findFiringRules,
  findNextAlertTurn,
  hastenAlerts,
  lockAlerts,
  notifyAlerts,
  readDueAlerts,
  saveAlerts,
} from "./alert-store.ts";
import { renderAlertMessage } from "./alert-text.ts";
import type { Alert } from "./alert.ts";
import { judgeAlert, type Told } from "./judge-alert.ts";
import { INHIBITED_BY, type RuleId } from "./rules.ts";

export interface JudgeAlertsDeps {
  db: Database;
  clock: Clock;
  random: Random;
  /** Our address without a slash at the end; null: it is not set. */
  publicUrl: string | null;
}

const AT_ONCE = 100;
const INHIBITORS = Object.keys(INHIBITED_BY) as RuleId[];

/** Judges every alert that is due, and plans what people are told of it. */
export async function judgeDueAlerts(deps: JudgeAlertsDeps): Promise<void> {
  const { db, clock } = deps;
  for (;;) {
    const next = await findNextAlertTurn(db);
    if (next === null || next > clock.now()) return;
    await db.transaction((tx) => judgeSome(tx, deps));
  }
}

async function judgeSome(tx: Tx, deps: Omit<JudgeAlertsDeps, "db">): Promise<void> {
  await lockAlerts(tx);
  const now = deps.clock.now();
  // What inhibits others comes first.
  const due = await readDueAlerts(tx, { now, first: INHIBITORS, limit: AT_ONCE });
  const routes = new Map((await readRoutes(tx)).map((route) => [route.id, route]));
  const figures = await readAlertFigures(
    tx,
    due.map(({ id }) => id),
  );
  const firing = await findFiringRules(tx, INHIBITORS);
  const wasFiring = new Set(firing);
  const judged = due.map((alert) => {
    const route = routes.get(alert.routeId ?? "") ?? null;
    const known = figures.get(alert.id);
    const standing = {
      terms: termsOf(alert.rule, route),
      signalCount: known?.signalCount ?? 0,
      isInhibited: INHIBITORS.some((rule) => firing.has(rule) && INHIBITED_BY[rule]?.includes(alert.rule)),
      quietUntil: null,
    };
    const result = judgeAlert(alert, standing, now);
    if (INHIBITORS.includes(alert.rule) && result.alert.state === "firing") firing.add(alert.rule);
    return { ...result, before: alert, route, figures: known, quietUntil: standing.quietUntil };
  });
  const alerts = judged.map(({ alert }) => alert);
  await saveAlerts(tx, alerts);
  for (const one of judged) await planNotifications(tx, deps, one, now);
  const isFiring = await findFiringRules(tx, INHIBITORS);
  const ended = [...wasFiring].filter((rule) => !isFiring.has(rule));
  const freed = ended.flatMap((rule) => INHIBITED_BY[rule] ?? []);
  if (freed.length > 0) await hastenAlerts(tx, freed, now);
  await notifyAlerts(
    tx,
    alerts.filter(({ firedAt }) => firedAt !== null),
  );
}

interface ToldAlert {
  before: Alert;
  alert: Alert;
  told: readonly Told[];
  route: AlertRoute | null;
  figures: AlertFigures | undefined;
  quietUntil: number | null;
}

async function planNotifications(
  tx: Tx,
  { random, publicUrl }: Pick<JudgeAlertsDeps, "random" | "publicUrl">,
  { before, alert, told, route, figures, quietUntil }: ToldAlert,
  now: number,
): Promise<void> {
  if (figures === undefined) return;
  const planned: PlannedNotification[] = [];
  for (const kind of told) {
    const channels = await readNamedChannels(tx, await channelIdsOf(tx, kind, alert, route));
    const why = english("alerts.why", {
      route: route?.name ?? "",
      rule: english(`labels.alert_rule.${alert.rule}`),
    });
    for (const channel of channels) {
      const context = { id: newId("ntf", random), kind, why, toldCount: before.toldCount, publicUrl, now };
      planned.push({
        ...{ channelId: channel.id, recipient: channel.name, kind },
        message: renderAlertMessage(alert, figures, context),
        dueAt: quietUntil ?? now,
        droppedWhy: channel.state === "paused" ? english("alerts.dropped.paused") : null,
      });
    }
  }
  await insertNotifications(tx, planned, now);
}

/** Whoever was told of an alert is told that it is over. */
async function channelIdsOf(
  tx: Tx,
  kind: NotificationKind,
  alert: Alert,
  route: AlertRoute | null,
): Promise<readonly string[]> {
  if (kind === "resolved") return readToldChannels(tx, alert.id);
  if (kind === "escalated") return route?.escalateTo ?? [];
  return route?.channelIds ?? [];
}
