import type { Database, Tx } from "../database/database.ts";
import { readAlertFigures } from "./alert-figures-store.ts";
import { readRoutes } from "./alert-route-store.ts";
import { termsOf } from "./alert-route.ts";
import {
  findFiringRules,
  findNextAlertTurn,
  hastenAlerts,
  lockAlerts,
  notifyAlerts,
  readDueAlerts,
  saveAlerts,
} from "./alert-store.ts";
import { judgeAlert } from "./judge-alert.ts";
import { planNotifications, type PlanNotificationsDeps } from "./plan-notifications.ts";
import { quietUntil } from "./quiet-hours.ts";
import { INHIBITED_BY, type RuleId } from "./rules.ts";

export interface JudgeAlertsDeps extends PlanNotificationsDeps {
  db: Database;
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
    const hours = route?.quietHours ?? null;
    const standing = {
      terms: termsOf(alert.rule, route),
      signalCount: known?.signalCount ?? 0,
      isInhibited: INHIBITORS.some((rule) => firing.has(rule) && INHIBITED_BY[rule]?.includes(alert.rule)),
      quietUntil: hours === null || alert.severity === "critical" ? null : quietUntil(hours, now),
    };
    const result = judgeAlert(alert, standing, now);
    if (INHIBITORS.includes(alert.rule) && result.alert.state === "firing") firing.add(alert.rule);
    return { ...result, before: alert, figures: known, quietUntil: standing.quietUntil, by: null };
  });
  const alerts = judged.map(({ alert }) => alert);
  await saveAlerts(tx, alerts);
  for (const one of judged) await planNotifications(tx, deps, one);
  const isFiring = await findFiringRules(tx, INHIBITORS);
  const ended = [...wasFiring].filter((rule) => !isFiring.has(rule));
  const freed = ended.flatMap((rule) => INHIBITED_BY[rule] ?? []);
  if (freed.length > 0) await hastenAlerts(tx, freed, now);
  await notifyAlerts(
    tx,
    alerts.filter(({ firedAt }) => firedAt !== null),
  );
}
