import { lockNames } from "../database/lock-names.ts";
import type { Sql, Tx } from "../database/database.ts";

/** A data key as it is stored: sealed with ENCRYPTION_KEY. */
export interface WrappedDataKey {
  id: string;
  wrapped: Buffer;
}

/** Instances that start together wait for each other, so that they agree on the first key. */
export async function lockDataKeys(tx: Tx): Promise<void> {
  await lockNames(tx, "sharekeeper.data_key");
}

/** Oldest first. */
export function readDataKeys(sql: Sql): Promise<WrappedDataKey[]> {
  return sql.query<WrappedDataKey>("select id, wrapped from data_key order by created_at, id");
}

export async function saveDataKey(sql: Sql, key: WrappedDataKey, createdAt: number): Promise<void> {
  await sql.query("insert into data_key (id, wrapped, created_at) values ($1, $2, $3)", [
    key.id,
    key.wrapped,
    new Date(createdAt),
  ]);
}
