import { z } from "zod";
import type { Sql, Tx } from "../database/database.ts";
import { ALERT_STATES, type Alert } from "./alert.ts";
import { ALERT_RULES, SEVERITIES, type RuleId } from "./rules.ts";

const RULES = Object.keys(ALERT_RULES) as [RuleId, ...RuleId[]];
const Instant = z.date().transform((at) => at.getTime());

const Row = z.object({
  id: z.string(),
  rule: z.enum(RULES),
  severity: z.enum(SEVERITIES),
  cause: z.string().nullable(),
  observed: z.boolean(),
  usual_per_day: z.number().nullable(),
  route_id: z.string().nullable(),
  state: z.enum(ALERT_STATES),
  started_at: Instant,
  last_signal_at: Instant,
  cleared_at: Instant.nullable(),
  fired_at: Instant.nullable(),
  ended_at: Instant.nullable(),
  told_at: Instant.nullable(),
  told_count: z.number(),
  acknowledged_at: Instant.nullable(),
  acknowledged_by: z.string().nullable(),
  snoozed_until: Instant.nullable(),
  snoozed_above: z.number().nullable(),
  escalated_at: Instant.nullable(),
  next_turn_at: Instant.nullable(),
});
const COLUMNS = Object.keys(Row.shape);
const LIST = COLUMNS.join(", ");

/**
 * The one lock of whoever changes alerts, over all instances: until the transaction ends the others wait.
 * Returns up to which line of the journal alerts are raised.
 */
export async function lockAlerts(tx: Tx): Promise<string> {
  const [row] = await tx.query<{ seq: string }>(
    "select journal_seq::text as seq from alert_cursor for update",
  );
  return row?.seq ?? "0";
}

/** The last line of the journal before alerts existed, in ms since the epoch; null: there was none. */
export async function findAlertsBegin(sql: Sql): Promise<number | null> {
  const [row] = await sql.query<{ at: Date | null }>("select begins_at as at from alert_cursor");
  return row?.at?.getTime() ?? null;
}

/** Whether the journal has lines of which no alert was raised yet. */
export async function hasNewLines(sql: Sql): Promise<boolean> {
  const [row] = await sql.query<{ is: boolean }>(
    "select exists (select from journal where seq > (select journal_seq from alert_cursor)) as is",
  );
  return row?.is === true;
}

export async function saveAlertCursor(tx: Tx, seq: string): Promise<void> {
  await tx.query("update alert_cursor set journal_seq = $1", [seq]);
}

/** The alerts that are not resolved, of these rules, oldest first. */
export async function readOpenAlerts(sql: Sql, rules: readonly RuleId[]): Promise<Alert[]> {
  const rows = await sql.query(
    `select ${LIST} from alert where rule = any($1) and state <> 'resolved' order by started_at, id`,
    [rules],
  );
  return rows.map(alertOfRow);
}

/** What time alone may change by `now` (ms): at most `limit`, with those of the rules `first` in front. */
export async function readDueAlerts(
  sql: Sql,
  { now, first, limit }: { now: number; first: readonly RuleId[]; limit: number },
): Promise<Alert[]> {
  const rows = await sql.query(
    `select ${LIST} from alert where next_turn_at <= $1
     order by (rule = any($2)) desc, next_turn_at, id limit $3`,
    [new Date(now), first, limit],
  );
  return rows.map(alertOfRow);
}

/** When the next alert is due, in ms since the epoch; null: none is. */
export async function findNextAlertTurn(sql: Sql): Promise<number | null> {
  const [row] = await sql.query<{ at: Date | null }>(
    "select min(next_turn_at) as at from alert where next_turn_at is not null",
  );
  return row?.at?.getTime() ?? null;
}

/** Of these rules, those of which an alert fires. */
export async function findFiringRules(sql: Sql, rules: readonly RuleId[]): Promise<Set<RuleId>> {
  const rows = await sql.query<{ rule: RuleId }>(
    "select distinct rule from alert where rule = any($1) and state = 'firing'",
    [rules],
  );
  return new Set(rows.map(({ rule }) => rule));
}

/** Alerts of these rules that fire are due now. */
export async function hastenAlerts(tx: Tx, rules: readonly RuleId[], now: number): Promise<void> {
  await tx.query("update alert set next_turn_at = $2 where rule = any($1) and state = 'firing'", [
    rules,
    new Date(now),
  ]);
}

/** After the clock was set back: what happened in its future is judged again at once. */
export async function hastenFutureAlerts(sql: Sql, now: number): Promise<void> {
  await sql.query(
    `update alert set next_turn_at = $1 where state <> 'resolved' and next_turn_at > $1
       and greatest(started_at, last_signal_at, cleared_at, fired_at, told_at) > $2`,
    [new Date(now), new Date(now + 60_000)],
  );
}

export async function findAlert(sql: Sql, id: string): Promise<Alert | undefined> {
  const [row] = await sql.query(`select ${LIST} from alert where id = $1`, [id]);
  return row && alertOfRow(row);
}

/** Inserts new ones, and saves all of the others. */
export async function saveAlerts(tx: Tx, alerts: readonly Alert[]): Promise<void> {
  if (alerts.length === 0) return;
  const rest = COLUMNS.filter((column) => column !== "id");
  await tx.query(
    `insert into alert (${LIST}) select ${LIST} from jsonb_populate_recordset(null::alert, $1::jsonb)
     on conflict (id) do update set ${rest.map((column) => `${column} = excluded.${column}`).join(", ")}`,
    [JSON.stringify(alerts.map(rowOf))],
  );
}

/** Losses a day in the 30 days before `now` (ms). */
export async function countUsualLosses(sql: Sql, now: number): Promise<number> {
  const [row] = await sql.query<{ count: number }>(
    "select count(*)::int as count from episode where closed_at >= $1 and closed_at < $2",
    [new Date(now - 30 * 86_400_000), new Date(now)],
  );
  return (row?.count ?? 0) / 30;
}

/** The notice that an alert changed, for the streams of all instances: its id and its state. */
export const ALERT_NOTICE = "alert";

export async function notifyAlerts(tx: Tx, alerts: readonly Alert[]): Promise<void> {
  await tx.query("select pg_notify($1, payload) from unnest($2::text[]) as payload", [
    ALERT_NOTICE,
    alerts.map(({ id, state }) => JSON.stringify({ id, state })),
  ]);
}

/** Which alerts a page lists. */
export interface AlertFilter {
  /** `acknowledged`: those that fire and somebody is on. */
  state: "firing" | "acknowledged" | "resolved" | null;
  severity: Alert["severity"] | null;
  assetId: string | null;
}

/** Newest first, without those of which nobody was told. @param before the last one of the page before */
export async function readAlerts(
  sql: Sql,
  { state, severity, assetId }: AlertFilter,
  page: { before: { startedAt: number; id: string } | null; limit: number },
): Promise<Alert[]> {
  const rows = await sql.query(
    `select ${LIST} from alert
     where fired_at is not null
       and ($1::text is null or case when state = 'firing' and acknowledged_at is not null
         then 'acknowledged' else state end = $1)
       and ($2::text is null or severity = $2)
       and ($3::text is null or id in (select alert_id from alert_signal where asset_id = $3))
       and ($4::timestamptz is null or (started_at, id) < ($4, $5))
     order by started_at desc, id desc limit $6`,
    [
      ...[state, severity, assetId],
      ...[page.before === null ? null : new Date(page.before.startedAt), page.before?.id ?? "", page.limit],
    ],
  );
  return rows.map(alertOfRow);
}

/** Deletes alerts that ended before an instant (ms), with their signals and notifications. */
export async function deleteOldAlerts(sql: Sql, before: number): Promise<void> {
  await sql.query("delete from alert where state = 'resolved' and coalesce(ended_at, started_at) < $1", [
    new Date(before),
  ]);
}

const isoOrNull = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

function rowOf(alert: Alert): Record<keyof z.input<typeof Row>, unknown> {
  return {
    ...{ id: alert.id, rule: alert.rule, severity: alert.severity, cause: alert.cause },
    ...{ observed: alert.isObserved, usual_per_day: alert.usualPerDay, route_id: alert.routeId },
    ...{ state: alert.state, started_at: isoOrNull(alert.startedAt) },
    ...{ last_signal_at: isoOrNull(alert.lastSignalAt), cleared_at: isoOrNull(alert.clearedAt) },
    ...{ fired_at: isoOrNull(alert.firedAt), ended_at: isoOrNull(alert.endedAt) },
    ...{ told_at: isoOrNull(alert.toldAt), told_count: alert.toldCount },
    ...{ acknowledged_at: isoOrNull(alert.acknowledgedAt), acknowledged_by: alert.acknowledgedBy },
    ...{ snoozed_until: isoOrNull(alert.snoozedUntil), snoozed_above: alert.snoozedAbove },
    ...{ escalated_at: isoOrNull(alert.escalatedAt), next_turn_at: isoOrNull(alert.nextTurnAt) },
  };
}

function alertOfRow(row: object): Alert {
  const known = Row.parse(row);
  return {
    ...{ id: known.id, rule: known.rule, severity: known.severity, cause: known.cause, state: known.state },
    ...{ isObserved: known.observed, usualPerDay: known.usual_per_day, routeId: known.route_id },
    ...{ startedAt: known.started_at, lastSignalAt: known.last_signal_at, clearedAt: known.cleared_at },
    ...{ firedAt: known.fired_at, endedAt: known.ended_at, toldAt: known.told_at },
    ...{ toldCount: known.told_count, acknowledgedAt: known.acknowledged_at },
    ...{ acknowledgedBy: known.acknowledged_by, snoozedUntil: known.snoozed_until },
    ...{ snoozedAbove: known.snoozed_above, escalatedAt: known.escalated_at, nextTurnAt: known.next_turn_at },
  };
}
