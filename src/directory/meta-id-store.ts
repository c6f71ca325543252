import { lockNames } from "../database/lock-names.ts";
import type { Sql, Tx } from "../database/database.ts";

/** Meta's ids are dated attributes of ours: which of our rows has which of them, and since when. */
export type MetaIdType = "business" | "waba" | "phone_number";

/** Which of our rows gets an id of Meta's. */
export interface OwnedMetaId {
  metaId: string;
  ownerId: string;
}

/** The locks under which WABAs become known here, always in the same order. */
export async function lockWabas(tx: Tx, connectionId: string, wabaIds: readonly string[]): Promise<void> {
  await lockNames(tx, ...wabaIds.map((wabaId) => `waba:${connectionId}:${wabaId}`));
}

/** Gives ids of Meta's to new ones of ours. One that somebody else gave meanwhile stays as it is. */
export async function insertMetaIds(
  tx: Tx,
  ids: readonly OwnedMetaId[],
  of: { connectionId: string; type: MetaIdType; at: number },
): Promise<void> {
  if (ids.length === 0) return;
  await tx.query(
    `insert into meta_id (connection_id, type, meta_id, owner_id, valid_from)
     select $1, $2, meta_id, owner_id, $3 from unnest($4::text[], $5::text[]) as new (meta_id, owner_id)
     on conflict do nothing`,
    [of.connectionId, of.type, new Date(of.at), ids.map((id) => id.metaId), ids.map((id) => id.ownerId)],
  );
}

/** Moves ids of Meta's to rows of ours from an instant on; a previous owner has its id until then. */
export async function moveMetaIds(
  tx: Tx,
  ids: readonly OwnedMetaId[],
  of: { connectionId: string; type: MetaIdType; at: number },
): Promise<void> {
  if (ids.length === 0) return;
  await tx.query(
    `update meta_id set valid_until = $3
     from unnest($4::text[], $5::text[]) as new (meta_id, owner_id)
     where connection_id = $1 and type = $2 and valid_until is null
       and ((meta_id.meta_id = new.meta_id) <> (meta_id.owner_id = new.owner_id))`,
    [of.connectionId, of.type, new Date(of.at), ids.map((id) => id.metaId), ids.map((id) => id.ownerId)],
  );
  await insertMetaIds(tx, ids, of);
}

/** Lets go of Meta's ids of all numbers of a WABA. */
export async function endMetaIdsOfNumbers(tx: Tx, assetId: string, at: number): Promise<void> {
  await tx.query(
    `update meta_id set valid_until = $2 where type = 'phone_number' and valid_until is null
       and owner_id in (select id from number where asset_id = $1)`,
    [assetId, new Date(at)],
  );
}

/** Our ids behind these of Meta's, as they are now. */
export async function findOwners(
  sql: Sql,
  connectionId: string,
  type: MetaIdType,
  metaIds: readonly string[],
): Promise<Map<string, string>> {
  if (metaIds.length === 0) return new Map();
  const rows = await sql.query<{ meta_id: string; owner_id: string }>(
    `select meta_id, owner_id from meta_id
     where connection_id = $1 and type = $2 and meta_id = any($3) and valid_until is null`,
    [connectionId, type, metaIds],
  );
  return new Map(rows.map((row) => [row.meta_id, row.owner_id]));
}

/** Our id behind one of Meta's, as it is now. */
export async function findOwnerId(
  sql: Sql,
  connectionId: string,
  type: MetaIdType,
  metaId: string,
): Promise<string | undefined> {
  return (await findOwners(sql, connectionId, type, [metaId])).get(metaId);
}

/** Whether a client's portfolio at Meta is known. */
export async function hasPortfolio(sql: Sql, clientId: string): Promise<boolean> {
  const rows = await sql.query<{ owner_id: string }>(
    "select owner_id from meta_id where owner_id = $1 and type = 'business' and valid_until is null limit 1",
    [clientId],
  );
  return rows.length > 0;
}
