import type { Sql, Tx } from "../../database/database.ts";
import { lookupOfHash, type ChannelKey } from "./channel-key.ts";

interface Row {
  id: string;
  connection_id: string;
  number_id: string;
  hash: Buffer;
  label: string;
  hint: string;
  created_at: Date;
  revoked_at: Date | null;
  last_used_at: Date | null;
}

/** NOTIFY channel; the payload is the `lookupOfHash` of the key that changed. */
export const CHANNEL_KEY_NOTICE = "channel_key";

/** Stores a new key. False when a key of the same hash exists; then nothing changes. */
export async function saveChannelKey(tx: Tx, key: ChannelKey): Promise<boolean> {
  const rows = await tx.query(
    `insert into channel_key (id, connection_id, number_id, hash, label, hint, created_at)
     values ($1, $2, $3, $4, $5, $6, $7) on conflict (hash) do nothing returning id`,
    [key.id, key.connectionId, key.numberId, key.hash, key.label, key.hint, new Date(key.createdAt)],
  );
  if (rows.length > 0) await announce(tx, key.hash);
  return rows.length > 0;
}

/**
 * Ends a key of the number and returns its hash. Undefined when the number has no such key, or the key has
 * ended before.
 */
export async function saveChannelKeyRevoked(
  tx: Tx,
  numberId: string,
  keyId: string,
  at: number,
): Promise<Buffer | undefined> {
  const [row] = await tx.query<Pick<Row, "hash">>(
    `update channel_key set revoked_at = $3 where id = $1 and number_id = $2 and revoked_at is null
      returning hash`,
    [keyId, numberId, new Date(at)],
  );
  if (row !== undefined) await announce(tx, row.hash);
  return row?.hash;
}

export async function findChannelKey(sql: Sql, keyId: string): Promise<ChannelKey | undefined> {
  const rows = await sql.query<Row>(`select * from channel_key where id = $1`, [keyId]);
  return rows.map(keyOf)[0];
}

export async function findChannelKeyByHash(sql: Sql, hash: Buffer): Promise<ChannelKey | undefined> {
  const rows = await sql.query<Row>(`select * from channel_key where hash = $1`, [hash]);
  return rows.map(keyOf)[0];
}

/** The keys of one number, newest first, including ended ones. */
export async function readChannelKeysOf(sql: Sql, numberId: string): Promise<ChannelKey[]> {
  const rows = await sql.query<Row>(
    `select * from channel_key where number_id = $1 order by created_at desc, id desc`,
    [numberId],
  );
  return rows.map(keyOf);
}

/** The keys that are valid now: of these hashes, or all for null. */
export async function readValidChannelKeys(
  sql: Sql,
  hashes: readonly Buffer[] | null,
): Promise<ChannelKey[]> {
  const rows = await sql.query<Row>(
    `select * from channel_key where revoked_at is null and ($1::bytea[] is null or hash = any($1))`,
    [hashes],
  );
  return rows.map(keyOf);
}

const HOUR_MS = 3_600_000;

/**
 * One statement for all. A key that was written within the hour is left unchanged, also when another instance
 * wrote it.
 */
export async function saveChannelKeyUses(sql: Sql, keyIds: readonly string[], at: number): Promise<void> {
  if (keyIds.length === 0) return;
  await sql.query(
    `update channel_key set last_used_at = $2
     where id = any($1) and (last_used_at is null or last_used_at <= $3 or last_used_at > $2)`,
    [keyIds, new Date(at), new Date(at - HOUR_MS)],
  );
}

async function announce(tx: Tx, hash: Buffer): Promise<void> {
  await tx.query(`select pg_notify($1, $2)`, [CHANNEL_KEY_NOTICE, lookupOfHash(hash)]);
}

function keyOf(row: Row): ChannelKey {
  return {
    id: row.id,
    connectionId: row.connection_id,
    numberId: row.number_id,
    hash: row.hash,
    label: row.label,
    hint: row.hint,
    createdAt: row.created_at.getTime(),
    revokedAt: row.revoked_at?.getTime() ?? null,
    lastUsedAt: row.last_used_at?.getTime() ?? null,
  };
}
