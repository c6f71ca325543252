import type { Database, Sql, Tx } from "../database/database.ts";
import type { ShareMemory } from "./memory.ts";
import type { ShareState } from "./state.ts";

export interface ShareRow {
  assetId: string;
  connectionId: string;
  memory: ShareMemory;
}

interface Row {
  asset_id: string;
  connection_id: string;
  memory: ShareMemory;
}

const toShare = (row: Row): ShareRow => ({
  assetId: row.asset_id,
  connectionId: row.connection_id,
  memory: row.memory,
});

export async function findShare(sql: Sql, assetId: string): Promise<ShareRow | undefined> {
  const rows = await sql.query<Row>("select asset_id, connection_id, memory from share where asset_id = $1", [
    assetId,
  ]);
  return rows[0] && toShare(rows[0]);
}

export async function findShares(sql: Sql, assetIds: readonly string[]): Promise<ShareRow[]> {
  const rows = await sql.query<Row>(
    "select asset_id, connection_id, memory from share where asset_id = any($1)",
    [assetIds],
  );
  return rows.map(toShare);
}

/** The share, locked against other writers until the transaction ends. */
export async function lockShare(tx: Tx, assetId: string): Promise<ShareRow | undefined> {
  const rows = await tx.query<Row>(
    "select asset_id, connection_id, memory from share where asset_id = $1 for update",
    [assetId],
  );
  return rows[0] && toShare(rows[0]);
}

/** Everything but the identity of the row follows from memory and state. */
function columnsOf(memory: ShareMemory, state: ShareState, nextLookAt: number | null): unknown[] {
  const at = (ms: number | null): Date | null => (ms === null ? null : new Date(ms));
  return [
    JSON.stringify(memory),
    state.kind,
    state.status,
    state.severity,
    state.reason,
    state.who,
    at(state.since),
    at(state.provenAt),
    at(nextLookAt),
  ];
}

export async function insertShare(
  tx: Tx,
  share: ShareRow,
  state: ShareState,
  nextLookAt: number | null,
): Promise<void> {
  await tx.query(
    `insert into share (asset_id, connection_id, memory, kind, status, severity, reason, who_must_act, since, last_proven_at, next_look_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [share.assetId, share.connectionId, ...columnsOf(share.memory, state, nextLookAt)],
  );
}

export async function saveShare(
  tx: Tx,
  share: ShareRow,
  state: ShareState,
  nextLookAt: number | null,
): Promise<void> {
  await tx.query(
    `update share set version = version + 1, memory = $2, kind = $3, status = $4, severity = $5, reason = $6, who_must_act = $7,
       since = $8, last_proven_at = $9, next_look_at = $10
     where asset_id = $1`,
    [share.assetId, ...columnsOf(share.memory, state, nextLookAt)],
  );
}

/** Shares whose look is due, most overdue first, leased until `leaseUntil` so that no other instance looks meanwhile. */
export async function claimDueShares(
  db: Database,
  now: number,
  leaseUntil: number,
  limit: number,
): Promise<string[]> {
  const rows = await db.query<{ asset_id: string }>(
    `update share set looking_until = $2 where asset_id in (
       select asset_id from share where next_look_at <= $1 and (looking_until is null or looking_until <= $1 or looking_until > $4)
       order by next_look_at limit $3 for update skip locked)
     returning asset_id`,
    // A lease from before the clock was set back would last for ever: none is longer than what is given here, and other instances'
    // clocks differ by less than a lease.
    [new Date(now), new Date(leaseUntil), limit, new Date(2 * leaseUntil - now)],
  );
  return rows.map((row) => row.asset_id);
}

/** Ends a lease and says when the next look is due, in case it came due again meanwhile. */
export async function releaseShare(db: Database, assetId: string): Promise<void> {
  await db.query("update share set looking_until = null where asset_id = $1", [assetId]);
}

/** The earliest instant at which a look is due, for the loop's timer. */
export async function findNextLookAt(db: Database): Promise<number | null> {
  const rows = await db.query<{ at: Date | null }>(
    "select min(next_look_at) as at from share where looking_until is null and next_look_at is not null",
  );
  return rows[0]?.at?.getTime() ?? null;
}

/** After the clock was set back: everything that is due later than a sweep away is due now. */
export async function hastenLooks(db: Database, now: number): Promise<void> {
  await db.query("update share set next_look_at = $1, looking_until = null where next_look_at is not null", [
    new Date(now),
  ]);
}

/** Every share of a connection, in pages of asset ids: the gate is loaded from it at the start. */
export async function readShares(sql: Sql, afterAssetId: string, limit: number): Promise<ShareRow[]> {
  const rows = await sql.query<Row>(
    "select asset_id, connection_id, memory from share where asset_id > $1 order by asset_id limit $2",
    [afterAssetId, limit],
  );
  return rows.map(toShare);
}
