import type { Database, Sql, Tx } from "../../database/database.ts";
import { DOUBTED_REASON, type EndedWhy, type Incident, type TroubleWindow } from "../rules/incident.ts";

interface Row {
  id: string;
  connection_id: string;
  about: Incident["about"];
  reason: string;
  opened_at: Date;
  probed: number;
  troubled: number;
  most_troubled: number;
  confirmed: number;
  ended_at: Date | null;
  ended_why: EndedWhy | null;
}

const toIncident = (row: Row): Incident => ({
  id: row.id,
  connectionId: row.connection_id,
  about: row.about,
  reason: row.reason,
  openedAt: row.opened_at.getTime(),
  probed: row.probed,
  troubled: row.troubled,
  mostTroubled: row.most_troubled,
  confirmed: row.confirmed,
  endedAt: row.ended_at?.getTime() ?? null,
  endedWhy: row.ended_why,
});

/** Opens an incident, unless one of this connection is open. @returns whether this call opened it */
export async function insertIncident(tx: Tx, incident: Incident): Promise<boolean> {
  const rows = await tx.query(
    `insert into incident (id, connection_id, about, reason, opened_at, probed, troubled, most_troubled)
     values ($1, $2, $3, $4, $5, $6, $7, $7) on conflict (connection_id) where ended_at is null do nothing
     returning id`,
    [
      incident.id,
      incident.connectionId,
      incident.about,
      incident.reason,
      new Date(incident.openedAt),
      incident.probed,
      incident.troubled,
    ],
  );
  await notifyInstances(tx);
  return rows.length > 0;
}

/** The channel on which instances are notified that an incident began or ended. */
export const INCIDENT_NOTICE = "incident";

async function notifyInstances(tx: Tx): Promise<void> {
  await tx.query("select pg_notify($1, '')", [INCIDENT_NOTICE]);
}

/** Ends it with its current numbers. @returns how it ended, or null when another call ended it */
export async function saveIncidentEnd(tx: Tx, end: { id: string; at: number }): Promise<Incident | null> {
  const rows = await tx.query<Row>(
    `update incident set ended_at = $2, ended_why = case when confirmed > 0 then 'losses_confirmed'
      else 'recovered' end
     where id = $1 and ended_at is null returning *`,
    [end.id, new Date(end.at)],
  );
  await notifyInstances(tx);
  return rows[0] === undefined ? null : toIncident(rows[0]);
}

export async function saveMostTroubled(db: Database, id: string, troubled: number): Promise<void> {
  await db.query("update incident set most_troubled = $2 where id = $1 and most_troubled < $2", [
    id,
    troubled,
  ]);
}

/** Adds to the number of its WABAs that proved to be lost. */
export async function saveConfirmed(db: Database, id: string, count: number): Promise<void> {
  await db.query("update incident set confirmed = confirmed + $2 where id = $1", [id, count]);
}

export async function findOpenIncident(sql: Sql, connectionId: string): Promise<Incident | null> {
  const rows = await sql.query<Row>("select * from incident where connection_id = $1 and ended_at is null", [
    connectionId,
  ]);
  return rows[0] === undefined ? null : toIncident(rows[0]);
}

export async function findOpenIncidents(sql: Sql): Promise<Incident[]> {
  const rows = await sql.query<Row>("select * from incident where ended_at is null order by connection_id");
  return rows.map(toIncident);
}

/**
 * Whether the open `incident` is why nothing is known of this `share`: SQL over both. Where Meta denies what
 * it showed before, the share itself only lacks an answer.
 */
export const EXPLAINS = `incident.ended_at is null and share.connection_id = incident.connection_id
  and share.status = 'unknown'
  and share.reason = case incident.reason when 'refused' then '${DOUBTED_REASON}' else incident.reason end`;

/**
 * How many WABAs each open incident explains now, by its id, without those whose client removed the access on
 * purpose.
 */
export async function countExplained(sql: Sql): Promise<Map<string, number>> {
  const rows = await sql.query<{ id: string; count: number }>(
    `select incident.id, count(*)::int as count from incident join share on ${EXPLAINS}
     where share.client_signal is distinct from 'intended' group by incident.id`,
  );
  return new Map(rows.map(({ id, count }) => [id, count]));
}

/** Newest first, after the last one of the previous page. */
export async function readIncidents(
  sql: Sql,
  after: { openedAt: number; id: string } | null,
  limit: number,
): Promise<Incident[]> {
  const rows = await sql.query<Row>(
    `select * from incident where $1::timestamptz is null or (opened_at, id) < ($1, $2)
     order by opened_at desc, id desc limit $3`,
    [after === null ? null : new Date(after.openedAt), after?.id ?? "", limit],
  );
  return rows.map(toIncident);
}

/** What this instance has seen of a connection in the window. */
export async function saveWindow(
  db: Database,
  key: { connectionId: string; instanceId: string; at: number },
  window: TroubleWindow,
): Promise<void> {
  await db.query(
    `insert into probe_window (connection_id, instance_id, at, probed, good, troubled, ours)
     values ($1, $2, $3, $4, $5, $6, $7) on conflict (connection_id, instance_id)
     do update set at = $3, probed = $4, good = $5, troubled = $6, ours = $7`,
    [
      key.connectionId,
      key.instanceId,
      new Date(key.at),
      window.probed,
      window.good,
      window.troubled,
      window.ours,
    ],
  );
}

/**
 * What other instances have written together, and when the first and the last of those that saw trouble
 * wrote, in ms since the epoch.
 */
export interface OtherWindows extends TroubleWindow {
  firstNotifiedAt: number;
  lastNotifiedAt: number;
}

/**
 * What the other instances have seen between two instants, by connection. A clock that was set back leaves
 * rows with future times, which are ignored.
 */
export async function readOtherWindows(
  db: Database,
  instanceId: string,
  { since, until }: { since: number; until: number },
): Promise<Map<string, OtherWindows>> {
  const rows = await db.query<
    TroubleWindow & { connection_id: string; first: Date | null; last: Date | null }
  >(
    `select connection_id, sum(probed)::int as probed, sum(good)::int as good, sum(troubled)::int as troubled,
       sum(ours)::int as ours, min(at) filter (where troubled > 0) as first,
         max(at) filter (where troubled > 0) as last
     from probe_window where instance_id <> $1 and at between $2 and $3 group by connection_id`,
    [instanceId, new Date(since), new Date(until)],
  );
  return new Map(
    rows.map(({ connection_id: id, first, last, ...window }) => [
      id,
      { ...window, firstNotifiedAt: first?.getTime() ?? 0, lastNotifiedAt: last?.getTime() ?? 0 },
    ]),
  );
}

/** When any instance last probed a WABA, and which probes made it lost; in ms since the epoch. */
interface ProbedAt {
  assetId: string;
  probedAt: number;
  lostAt: number[];
}

export async function readProbedAt(db: Database, assetIds: readonly string[]): Promise<ProbedAt[]> {
  const rows = await db.query<{ asset_id: string; at: string; lost_at: string[] }>(
    `select asset_id, record ->> 'probedAt' as at,
       array(select value ->> 'at' from jsonb_each(record -> 'facts')
         where value ->> 'status' = 'False' and value ->> 'source' = 'probe') as lost_at
     from share where asset_id = any($1) and record ->> 'probedAt' is not null`,
    [assetIds],
  );
  return rows.map((row) => ({
    assetId: row.asset_id,
    probedAt: Number(row.at),
    lostAt: row.lost_at.map(Number),
  }));
}

/** Removes the rows of instances that are gone. */
export async function forgetOldWindows(db: Database, before: number): Promise<void> {
  await db.query("delete from probe_window where at < $1", [new Date(before)]);
}

/**
 * Live WABAs that were proven least recently, without those that are to be confirmed, because those are due
 * for a probe anyway.
 */
export async function findWitnesses(
  db: Database,
  connectionId: string,
  { limit, except }: { limit: number; except: readonly string[] },
): Promise<string[]> {
  const rows = await db.query<{ asset_id: string }>(
    `select asset_id from share where connection_id = $1 and status = 'live' and last_proven_at is not null
       and asset_id <> all ($3)
     order by last_proven_at limit $2`,
    [connectionId, limit, except],
  );
  return rows.map((row) => row.asset_id);
}

/** When any instance last proved a live WABA, in ms since the epoch. */
export async function findNewestProof(db: Database, connectionId: string): Promise<number | null> {
  const rows = await db.query<{ at: Date | null }>(
    "select max(last_proven_at) as at from share where connection_id = $1 and status = 'live'",
    [connectionId],
  );
  return rows[0]?.at?.getTime() ?? null;
}

/** Live WABAs that were proven most recently, and are therefore most likely intact. */
export async function findNewestProven(db: Database, connectionId: string, limit: number): Promise<string[]> {
  const rows = await db.query<{ asset_id: string }>(
    `select asset_id from share where connection_id = $1 and status = 'live' and last_proven_at is not null
     order by last_proven_at desc limit $2`,
    [connectionId, limit],
  );
  return rows.map((row) => row.asset_id);
}
