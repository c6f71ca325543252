import { endLease, isFree, type Lease } from "../../database/lease.ts";
import type { Database, Sql, Tx } from "../../database/database.ts";
import type { Mode } from "../../directory/asset-store.ts";
import type { ShareRecord } from "../model/share-record.ts";
import { decidingSignalOf } from "../model/client-signals.ts";
import { whoMustActOf, type ShareState } from "../status/share-state.ts";

export interface ShareRow {
  assetId: string;
  connectionId: string;
  record: ShareRecord;
}

/** A share as it is locked, with the mode in which it is recorded. */
export interface LockedShare extends ShareRow {
  mode: Mode;
}

interface Row {
  asset_id: string;
  connection_id: string;
  record: ShareRecord;
}

const toShare = (row: Row): ShareRow => ({
  assetId: row.asset_id,
  connectionId: row.connection_id,
  record: row.record,
});

export async function findShare(sql: Sql, assetId: string): Promise<ShareRow | undefined> {
  return (await findShares(sql, [assetId]))[0];
}

export async function findShares(sql: Sql, assetIds: readonly string[]): Promise<ShareRow[]> {
  const rows = await sql.query<Row>(
    "select asset_id, connection_id, record from share where asset_id = any($1)",
    [assetIds],
  );
  return rows.map(toShare);
}

/** The share, locked against other writers until the transaction ends. */
export async function lockShare(tx: Tx, assetId: string): Promise<LockedShare | undefined> {
  return (await lockShares(tx, [assetId])).get(assetId);
}

/**
 * Shares by their asset, locked in the order of their ids, because another order could deadlock. An
 * unknown asset is not in the answer.
 */
export async function lockShares(tx: Tx, assetIds: readonly string[]): Promise<Map<string, LockedShare>> {
  const rows = await tx.query<Row & { mode: Mode }>(
    `select share.asset_id, share.connection_id, share.record,
      coalesce(asset.mode, client.mode, connection.mode) as mode
     from share
     join asset on asset.id = share.asset_id
     join client on client.id = asset.client_id
     join connection on connection.id = asset.connection_id
     where share.asset_id = any($1) order by share.asset_id for update of share`,
    [assetIds],
  );
  return new Map(rows.map((row) => [row.asset_id, { ...toShare(row), mode: row.mode }]));
}

/** When a probe is due: the next of any kind, and the next that may not wait behind the sweep. */
export interface ProbeTimes {
  nextAt: number | null;
  urgentAt: number | null;
}

/** A share after a step: its record, what follows from it, and when the next probes are due. */
export interface SteppedShare {
  assetId: string;
  record: ShareRecord;
  state: ShareState;
  probes: ProbeTimes;
}

const timestampOf = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

/** The columns that follow from record and state. */
function toColumns({ record, state }: Pick<SteppedShare, "record" | "state">): Record<string, unknown> {
  return {
    record,
    kind: state.kind,
    status: state.status,
    severity: state.severity,
    reason: state.reason,
    who_must_act: whoMustActOf(state),
    since: timestampOf(state.since),
    client_signal: decidingSignalOf(state.client ?? {}),
    last_proven_at: timestampOf(state.provenAt),
  };
}

const COLUMNS = `record jsonb, kind text, status text, severity smallint, reason text, who_must_act text,
  since timestamptz, client_signal text, last_proven_at timestamptz`;

/**
 * Inserts all of them with one statement. They begin with one record, which is sent and parsed once, so that
 * an import does not cost a record for each.
 */
export async function insertShares(
  tx: Tx,
  connectionId: string,
  begun: Pick<SteppedShare, "record" | "state">,
  shares: readonly Pick<SteppedShare, "assetId" | "probes">[],
): Promise<void> {
  if (shares.length === 0) return;
  await tx.query(
    `insert into share (connection_id, asset_id, next_probe_at, urgent_probe_at, record, kind, status,
       severity, reason, who_must_act, since, client_signal, last_proven_at)
     select $1, new.*, begun.* from jsonb_to_record($2::jsonb) as begun (${COLUMNS})
     cross join unnest($3::text[], $4::timestamptz[], $5::timestamptz[]) as new`,
    [
      connectionId,
      JSON.stringify(toColumns(begun)),
      shares.map(({ assetId }) => assetId),
      shares.map(({ probes }) => timestampOf(probes.nextAt)),
      shares.map(({ probes }) => timestampOf(probes.urgentAt)),
    ],
  );
}

function toRow({ assetId, probes, ...share }: SteppedShare): Record<string, unknown> {
  return {
    asset_id: assetId,
    ...toColumns(share),
    next_probe_at: timestampOf(probes.nextAt),
    urgent_probe_at: timestampOf(probes.urgentAt),
  };
}

/** Saves all of them with one statement; each is locked by this transaction. */
export async function saveShares(tx: Tx, shares: readonly SteppedShare[]): Promise<void> {
  if (shares.length === 0) return;
  await tx.query(
    `update share set version = version + 1, record = saved.record, kind = saved.kind, status = saved.status,
       severity = saved.severity, reason = saved.reason, who_must_act = saved.who_must_act,
       since = saved.since, client_signal = saved.client_signal, last_proven_at = saved.last_proven_at,
       next_probe_at = saved.next_probe_at, urgent_probe_at = saved.urgent_probe_at
     from jsonb_to_recordset($1::jsonb) as saved (asset_id text, ${COLUMNS}, next_probe_at timestamptz,
       urgent_probe_at timestamptz)
     where share.asset_id = saved.asset_id`,
    [JSON.stringify(shares.map(toRow))],
  );
}

/** The two queues of probes: those that the rules ask for, and the sweep, which holds all of them. */
export type ProbeQueue = "urgent" | "sweep";

const DUE_COLUMN = { urgent: "urgent_probe_at", sweep: "next_probe_at" } as const;

const LEASED = { table: "share", key: "asset_id", column: "probing_until" };

/**
 * Shares of one queue whose probe is due, most overdue first, leased so that no other instance probes them
 * meanwhile. It reads no more of the queue's index than `limit` rows and the leased
 * ones, so it costs the same with a million shares.
 */
export async function claimDueShares(
  db: Database,
  queue: ProbeQueue,
  { lease, limit }: { lease: Lease; limit: number },
): Promise<string[]> {
  if (limit <= 0) return [];
  const due = DUE_COLUMN[queue];
  const rows = await db.query<{ asset_id: string }>(
    `update share set probing_until = $2 where asset_id in (
       select asset_id from share
       where ${due} <= $1 and ${isFree("probing_until", "$1", "$4")}
       order by ${due} limit $3 for update skip locked)
     returning asset_id`,
    [lease.now, lease.until, limit, lease.latest],
  );
  return rows.map((row) => row.asset_id);
}

/** Ends a lease; the share may have come due again meanwhile. */
export function releaseShare(db: Database, assetId: string, lease: Lease): Promise<void> {
  return endLease(db, LEASED, assetId, lease);
}

/** The earliest instant at which a probe of a queue is due, for the loop's timer. */
export async function findNextProbeAt(db: Database, queue: ProbeQueue): Promise<number | null> {
  const due = DUE_COLUMN[queue];
  const rows = await db.query<{ at: Date }>(
    `select ${due} as at from share where probing_until is null and ${due} is not null order by ${due}
      limit 1`,
  );
  return rows[0]?.at.getTime() ?? null;
}

/**
 * Postpones the probe of a share that the budget does not allow yet. Nothing was learnt, so nothing else
 * changes.
 */
export async function postponeProbe(db: Database, assetId: string, probes: ProbeTimes): Promise<void> {
  const at = (ms: number | null): Date | null => (ms === null ? null : new Date(ms));
  await db.query("update share set next_probe_at = $2, urgent_probe_at = $3 where asset_id = $1", [
    assetId,
    at(probes.nextAt),
    at(probes.urgentAt),
  ]);
}

/** Makes these shares due for a probe at these instants, unless they are due sooner. */
export async function hastenShares(
  db: Database,
  probes: readonly { assetId: string; at: number }[],
): Promise<void> {
  await db.query(
    `update share
      set next_probe_at = least(next_probe_at, soon.at), urgent_probe_at = least(urgent_probe_at, soon.at)
     from unnest($1::text[], $2::timestamptz[]) as soon (asset_id, at)
     where share.asset_id = soon.asset_id and next_probe_at is not null`,
    [probes.map((probe) => probe.assetId), probes.map((probe) => new Date(probe.at))],
  );
}

/**
 * After a start in another mode: shares that are now enforced and would close by a decision of observe mode
 * are probed at once, because they stay open until a probe that may write has judged them.
 */
export async function hastenUnjudged(db: Database, now: number): Promise<void> {
  await db.query(
    `update share set next_probe_at = least(next_probe_at, $1), urgent_probe_at = least(urgent_probe_at, $1)
     from asset
     join client on client.id = asset.client_id
     join connection on connection.id = asset.connection_id
     where share.asset_id = asset.id and share.record -> 'observing' is not null
       and share.next_probe_at is not null
       and coalesce(asset.mode, client.mode, connection.mode) = 'enforce'
       and share.status not in ('live', 'discovered', 'offboarded', 'closed')`,
    [new Date(now)],
  );
}

/** Shares in pages of asset ids. */
export async function readAssetIds(sql: Sql, afterAssetId: string, limit: number): Promise<string[]> {
  const rows = await sql.query<{ asset_id: string }>(
    "select asset_id from share where asset_id > $1 order by asset_id limit $2",
    [afterAssetId, limit],
  );
  return rows.map((row) => row.asset_id);
}

/** After the clock was set back: every share that is due later than one sweep period is due now. */
export async function hastenProbes(db: Database, now: number): Promise<void> {
  await db.query(
    "update share set next_probe_at = $1, probing_until = null where next_probe_at is not null",
    [new Date(now)],
  );
}

/** The part of a share that is compared with Meta's lists. */
export interface ComparedShare {
  assetId: string;
  wabaId: string;
  status: string;
}

interface ComparedRow {
  asset_id: string;
  waba_id: string;
  status: string;
}

const toCompared = (row: ComparedRow): ComparedShare => ({
  assetId: row.asset_id,
  wabaId: row.waba_id,
  status: row.status,
});

/**
 * All shares of a connection that have not ended, in pages of asset ids. Each id of a page is a lookup of its
 * own. Left to choose, PostgreSQL reads a whole table for each page.
 */
export async function readStatuses(
  sql: Sql,
  connectionId: string,
  afterAssetId: string,
  limit: number,
): Promise<ComparedShare[]> {
  const rows = await sql.query<ComparedRow>(
    `select page.asset_id, waba.meta_id as waba_id, page.status from (
       select asset_id, status from share where connection_id = $1 and asset_id > $2
         and status <> 'offboarded'
       order by asset_id limit $3) as page
     cross join lateral (
       select meta_id from meta_id where owner_id = page.asset_id and type = 'waba' and valid_until is null
       limit 1) as waba
     order by page.asset_id`,
    [connectionId, afterAssetId, limit],
  );
  return rows.map(toCompared);
}

/** The same for the WABAs that belong to our own portfolio. */
export async function readOwnedStatuses(
  sql: Sql,
  connectionId: string,
  afterAssetId: string,
  limit: number,
): Promise<ComparedShare[]> {
  const rows = await sql.query<ComparedRow>(
    `select asset.id as asset_id, waba.meta_id as waba_id, share.status from asset
     join share on share.asset_id = asset.id and share.status <> 'offboarded'
     join meta_id waba on waba.owner_id = asset.id and waba.type = 'waba' and waba.valid_until is null
     where asset.connection_id = $1 and asset.partner_model = 'owned' and asset.id > $2
     order by asset.id limit $3`,
    [connectionId, afterAssetId, limit],
  );
  return rows.map(toCompared);
}
