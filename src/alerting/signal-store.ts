import type { Sql, Tx } from "../database/database.ts";
import type { RuleId } from "./rules.ts";
import type { SignalPlace } from "./signal-places.ts";
import type { OpenSignal } from "./signals-of.ts";
import type { EndedSignal, SignalKey } from "./signal.ts";

/** The signals of these WABAs that hold. */
export async function readOpenSignalsOf(sql: Sql, assetIds: readonly string[]): Promise<OpenSignal[]> {
  const rows = await sql.query<{ rule: RuleId; subject: string; asset_id: string; observed: boolean }>(
    `select signal.rule, signal.subject, signal.asset_id, alert.observed from alert_signal signal
     join alert on alert.id = signal.alert_id
     where signal.ended_at is null and signal.asset_id = any($1) order by signal.id`,
    [assetIds],
  );
  return rows.map(({ rule, subject, asset_id: assetId, observed }) => ({
    ...{ rule, subject, assetId },
    ...(observed && { isObserved: true as const }),
  }));
}

/** The signals of these rules that hold, whatever they are about. */
export async function readOpenSignals(
  sql: Sql,
  rules: readonly RuleId[],
): Promise<(SignalKey & { cause: string | null })[]> {
  return sql.query<SignalKey & { cause: string | null }>(
    `select signal.rule, signal.subject, alert.cause from alert_signal signal
     join alert on alert.id = signal.alert_id
     where signal.ended_at is null and signal.rule = any($1) order by signal.id`,
    [rules],
  );
}

/** Ends signals that hold. Returns the alert of each, and when it ended. */
export async function endSignals(
  tx: Tx,
  ended: readonly EndedSignal[],
): Promise<{ alertId: string; at: number }[]> {
  if (ended.length === 0) return [];
  const rows = await tx.query<{ alert_id: string; at: Date }>(
    `update alert_signal signal set ended_at = greatest(gone.at, signal.began_at), ended_why = gone.why
     from jsonb_to_recordset($1::jsonb) as gone (rule text, subject text, at timestamptz, why text)
     where signal.rule = gone.rule and signal.subject = gone.subject and signal.ended_at is null
     returning signal.alert_id, signal.ended_at as at`,
    [JSON.stringify(ended.map((each) => ({ ...each, at: new Date(each.at).toISOString() })))],
  );
  return rows.map((row) => ({ alertId: row.alert_id, at: row.at.getTime() }));
}

/** How many signals of these alerts hold, by alert. */
export async function countHolding(sql: Sql, alertIds: readonly string[]): Promise<Map<string, number>> {
  const rows = await sql.query<{ alert_id: string; count: number }>(
    `select alert_id, count(*)::int as count from alert_signal
     where alert_id = any($1) and ended_at is null group by alert_id`,
    [alertIds],
  );
  return new Map(rows.map((row) => [row.alert_id, row.count]));
}

/** Of these signals, those that hold already. */
export async function findHolding(tx: Tx, signals: readonly SignalKey[]): Promise<SignalKey[]> {
  return tx.query<SignalKey & object>(
    `select signal.rule, signal.subject from alert_signal signal
     join jsonb_to_recordset($1::jsonb) as wanted (rule text, subject text)
       on wanted.rule = signal.rule and wanted.subject = signal.subject
     where signal.ended_at is null`,
    [JSON.stringify(signals.map(({ rule, subject }) => ({ rule, subject })))],
  );
}

/** Which of these alerts had a signal of which of these subjects. */
export async function readSubjects(
  sql: Sql,
  alertIds: readonly string[],
  subjects: readonly string[],
): Promise<{ alertId: string; subject: string }[]> {
  const rows = await sql.query<{ alert_id: string; subject: string }>(
    `select distinct alert_id, subject from alert_signal
     where alert_id = any($1) and subject = any($2)`,
    [alertIds, subjects],
  );
  return rows.map(({ alert_id: alertId, subject }) => ({ alertId, subject }));
}

export async function insertSignals(tx: Tx, signals: readonly SignalPlace[]): Promise<void> {
  if (signals.length === 0) return;
  await tx.query(
    `insert into alert_signal (alert_id, rule, subject, asset_id, detail, began_at, ended_at, ended_why)
     select alert_id, rule, subject, asset_id, detail, began_at, ended_at, ended_why
     from jsonb_to_recordset($1::jsonb) as new (n int, alert_id text, rule text, subject text,
       asset_id text, detail jsonb, began_at timestamptz, ended_at timestamptz, ended_why text)
     order by n`,
    [
      JSON.stringify(
        signals.map(({ signal, alertId }, n) => ({
          ...{ n, alert_id: alertId, rule: signal.rule, subject: signal.subject, asset_id: signal.assetId },
          ...{ detail: signal.detail, began_at: new Date(signal.beganAt).toISOString() },
          ended_at: signal.end === undefined ? null : new Date(signal.end.at).toISOString(),
          ended_why: signal.end?.why ?? null,
        })),
      ),
    ],
  );
}

/** What routes match of these WABAs. */
export interface RoutedAsset {
  clientId: string;
  tags: string[];
  ownerIds: string[];
}

export async function readRoutedAssets(
  sql: Sql,
  assetIds: readonly string[],
): Promise<Map<string, RoutedAsset>> {
  const rows = await sql.query<{ id: string; client_id: string; tags: string[]; owner_ids: string[] }>(
    `select asset.id, asset.client_id, asset.tags || client.tags as tags,
       array_remove(array[asset.owner_id, client.owner_id], null) as owner_ids
     from asset join client on client.id = asset.client_id where asset.id = any($1)`,
    [assetIds],
  );
  return new Map(
    rows.map(({ id, client_id: clientId, tags, owner_ids: ownerIds }) => [id, { clientId, tags, ownerIds }]),
  );
}

/** Of these WABAs, those that were lost before they came here, and still are. */
export async function findSilent(sql: Sql, assetIds: readonly string[]): Promise<Set<string>> {
  const rows = await sql.query<{ asset_id: string }>(
    "select asset_id from share where asset_id = any($1) and record -> 'suppressNotifications' is not null",
    [assetIds],
  );
  return new Set(rows.map((row) => row.asset_id));
}
