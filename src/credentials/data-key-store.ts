import { lockNames } from "../database/lock-names.ts";
import type { Sql, Tx } from "../database/database.ts";

/** NOTIFY channel: a data key was made, or another one seals now. */
export const DATA_KEY_NOTICE = "data_key";

/** new: to be known by all instances before it is used; current: seals; old: opens what it sealed. */
export type DataKeyState = "new" | "current" | "old";

/** A data key as it is stored: wrapped with ENCRYPTION_KEY. */
export interface WrappedDataKey {
  id: string;
  wrapped: Buffer;
}

export interface DataKeyRow extends WrappedDataKey {
  /** A later key has a greater one. */
  number: number;
  state: DataKeyState;
  createdAt: Date;
  /** Of an old key: when nothing was sealed with it any more; null before. */
  resealedAt: Date | null;
}

/** Whoever makes or changes data keys waits for the others, so that all agree on the current one. */
export async function lockDataKeys(tx: Tx): Promise<void> {
  await lockNames(tx, "sharekeeper.data_key");
}

/** Oldest first. */
export async function readDataKeys(sql: Sql): Promise<DataKeyRow[]> {
  const rows = await sql.query<{
    id: string;
    number: string;
    wrapped: Buffer;
    state: DataKeyState;
    created_at: Date;
    resealed_at: Date | null;
  }>("select id, number, wrapped, state, created_at, resealed_at from data_key order by number");
  return rows.map(({ id, number, wrapped, state, created_at: createdAt, resealed_at: resealedAt }) => ({
    ...{ id, number: Number(number), wrapped, state, createdAt, resealedAt },
  }));
}

/** `createdAt`: ms since the epoch. */
export async function saveDataKey(
  sql: Sql,
  { id, wrapped }: WrappedDataKey,
  { state, createdAt }: { state: DataKeyState; createdAt: number },
): Promise<void> {
  await sql.query("insert into data_key (id, wrapped, state, created_at) values ($1, $2, $3, $4)", [
    ...[id, wrapped, state, new Date(createdAt)],
  ]);
  await announce(sql);
}

/** The key wrapped anew, unless it is wrapped otherwise by now. */
export async function saveWrapped(tx: Tx, key: WrappedDataKey, wrapped: Buffer): Promise<void> {
  await tx.query("update data_key set wrapped = $3 where id = $1 and wrapped = $2", [
    ...[key.id, key.wrapped, wrapped],
  ]);
}

/** The key seals from now on; the one before it only opens. */
export async function makeDataKeyCurrent(tx: Tx, id: string): Promise<void> {
  await tx.query("update data_key set state = 'old' where state = 'current'");
  await tx.query("update data_key set state = 'current' where id = $1", [id]);
  await announce(tx);
}

/** Nothing is sealed with the old keys any more, or (null) something was found. */
export async function saveResealedAt(sql: Sql, ids: readonly string[], isResealed: boolean): Promise<void> {
  await sql.query(
    `update data_key set resealed_at = case when $2 then now() end
     where id = any ($1) and state = 'old' and (resealed_at is null) = $2`,
    [ids, isResealed],
  );
}

/** The old keys that nothing was sealed with for so long. */
export async function findUnusedDataKeys(sql: Sql, forMs: number): Promise<string[]> {
  const rows = await sql.query<{ id: string }>(
    `select id from data_key
     where state = 'old' and resealed_at < now() - $1 * interval '1 millisecond' order by number`,
    [forMs],
  );
  return rows.map(({ id }) => id);
}

export async function deleteDataKey(tx: Tx, id: string): Promise<void> {
  await tx.query("delete from data_key where id = $1", [id]);
}

async function announce(sql: Sql): Promise<void> {
  await sql.query("select pg_notify($1, '')", [DATA_KEY_NOTICE]);
}
