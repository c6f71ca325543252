import type { Database, Tx } from "../database/database.ts";
import type { Clock } from "../lib/clock.ts";
import type { Random } from "../lib/random.ts";
import { Problem } from "../problems.ts";
import { readAlertFigures } from "./alert-figures-store.ts";
import type { AlertFigures } from "./alert-figures.ts";
import { findAlert, lockAlerts, notifyAlerts, saveAlerts } from "./alert-store.ts";
import type { Alert } from "./alert.ts";
import { planNotifications } from "./plan-notifications.ts";

export interface ChangeAlertDeps {
  db: Database;
  clock: Clock;
  random: Random;
  /** Our address without a slash at the end; null: it is not set. */
  publicUrl: string | null;
}

/** What a person does with an alert. */
export type AlertAct =
  | { is: "acknowledged"; by: { id: string; name: string } }
  /** `until`: ms since the epoch; "worse": until it has more signals; null: it is not snoozed any more. */
  | { is: "snoozed"; until: number | "worse" | null };

/**
 * Acknowledges or snoozes an alert that fires. Whoever was told of it is told who is on it; the first who
 * acknowledges stays.
 *
 * @throws Problem alert_not_found, alert_over
 */
export async function changeAlert(
  deps: ChangeAlertDeps,
  id: string,
  act: AlertAct,
): Promise<{ before: Alert; after: Alert }> {
  return deps.db.transaction(async (tx) => {
    await lockAlerts(tx);
    const before = await findAlert(tx, id);
    if (before === undefined || before.firedAt === null) throw new Problem("alert_not_found", { id });
    if (before.state === "resolved") throw new Problem("alert_over");
    const now = deps.clock.now();
    const figures = (await readAlertFigures(tx, [id])).get(id);
    const after = changedBy(before, act, figures?.signalCount ?? 0, now);
    await saveAlerts(tx, [after]);
    await notifyAlerts(tx, [after]);
    if (act.is === "acknowledged" && before.acknowledgedAt === null)
      await announce(tx, deps, { before, after, figures, by: act.by.name });
    return { before, after };
  });
}

/** The next turn judges it anew. */
function changedBy(alert: Alert, act: AlertAct, signalCount: number, now: number): Alert {
  const judged = { ...alert, nextTurnAt: now };
  if (act.is === "snoozed")
    return {
      ...judged,
      snoozedUntil: typeof act.until === "number" ? act.until : null,
      snoozedAbove: act.until === "worse" ? signalCount : null,
    };
  if (alert.acknowledgedAt !== null) return alert;
  return { ...judged, acknowledgedAt: now, acknowledgedBy: act.by.id };
}

async function announce(
  tx: Tx,
  deps: Pick<ChangeAlertDeps, "clock" | "random" | "publicUrl">,
  done: { before: Alert; after: Alert; figures: AlertFigures | undefined; by: string },
): Promise<void> {
  const { before, after: alert, figures, by } = done;
  await planNotifications(tx, deps, { before, alert, told: ["acknowledged"], figures, quietUntil: null, by });
}
