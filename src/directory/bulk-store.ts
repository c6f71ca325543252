import type { Database, Sql, Tx } from "../database/database.ts";
import type { MetaIdType } from "./directory-store.ts";

/**
 * What the directory store writes one by one, many at once: for imports. One statement each, whatever their
 * count.
 */

export async function insertClients(
  tx: Tx,
  clients: readonly { id: string; name: string; externalId: string | null }[],
  { connectionId, at }: { connectionId: string; at: number },
): Promise<void> {
  await tx.query(
    `insert into client (id, connection_id, name, external_id, created_at)
     select id, $1, name, external_id, $2
     from unnest($3::text[], $4::text[], $5::text[]) as new (id, name, external_id)`,
    [
      connectionId,
      new Date(at),
      clients.map((client) => client.id),
      clients.map((client) => client.name),
      clients.map((client) => client.externalId),
    ],
  );
}

export interface NewAsset {
  id: string;
  clientId: string;
  name: string;
}

export async function insertAssets(
  tx: Tx,
  assets: readonly NewAsset[],
  of: { connectionId: string; importId: string | null; mode: "enforce" | "observe" | null; at: number },
): Promise<void> {
  await tx.query(
    `insert into asset (id, connection_id, client_id, name, mode, import_id, created_at)
     select id, $1, client_id, name, $2, $3, $4
     from unnest($5::text[], $6::text[], $7::text[]) as new (id, client_id, name)`,
    [
      of.connectionId,
      of.mode,
      of.importId,
      new Date(of.at),
      assets.map((asset) => asset.id),
      assets.map((asset) => asset.clientId),
      assets.map((asset) => asset.name),
    ],
  );
}

/** These belong to our own portfolio, so that we send with our own token. */
export async function saveOwned(tx: Tx, assetIds: readonly string[]): Promise<void> {
  await tx.query(
    "update asset set partner_model = 'owned', sends_with = 'system_user' where id = any($1::text[])",
    [assetIds],
  );
}

/** Gives ids of Meta's to new ones of ours. One that somebody else gave meanwhile stays as it is. */
export async function insertMetaIds(
  tx: Tx,
  ids: readonly { metaId: string; ownerId: string }[],
  of: { connectionId: string; type: MetaIdType; at: number },
): Promise<void> {
  await tx.query(
    `insert into meta_id (connection_id, type, meta_id, owner_id, valid_from)
     select $1, $2, meta_id, owner_id, $3 from unnest($4::text[], $5::text[]) as new (meta_id, owner_id)
     on conflict do nothing`,
    [of.connectionId, of.type, new Date(of.at), ids.map((id) => id.metaId), ids.map((id) => id.ownerId)],
  );
}

/**
 * The locks under which a WABA becomes known here, always in the same order; a discovery takes the same one.
 */
export async function lockWabas(tx: Tx, connectionId: string, wabaIds: readonly string[]): Promise<void> {
  const keys = wabaIds.map((wabaId) => `waba:${connectionId}:${wabaId}`).sort();
  await tx.query("select pg_advisory_xact_lock(hashtext(key)) from unnest($1::text[]) as key", [keys]);
}

/** Our ids behind many of Meta's, as they are now. */
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

/** Which clients hold these ids of the provider's: client ids by external id. */
export async function findHolders(
  tx: Tx,
  connectionId: string,
  externalIds: readonly string[],
): Promise<Map<string, string>> {
  if (externalIds.length === 0) return new Map();
  const rows = await tx.query<{ id: string; external_id: string }>(
    "select id, external_id from client where connection_id = $1 and external_id = any($2)",
    [connectionId, externalIds],
  );
  return new Map(rows.map((row) => [row.external_id, row.id]));
}

/** The provider's ids of these clients, of those that have one. */
export async function findExternalIds(tx: Tx, clientIds: readonly string[]): Promise<Map<string, string>> {
  if (clientIds.length === 0) return new Map();
  const rows = await tx.query<{ id: string; external_id: string }>(
    "select id, external_id from client where id = any($1) and external_id is not null",
    [clientIds],
  );
  return new Map(rows.map((row) => [row.id, row.external_id]));
}

export async function saveExternalIds(tx: Tx, idOfClient: ReadonlyMap<string, string>): Promise<void> {
  if (idOfClient.size === 0) return;
  await tx.query(
    `update client set external_id = new.external_id
     from unnest($1::text[], $2::text[]) as new (id, external_id) where client.id = new.id`,
    [[...idOfClient.keys()], [...idOfClient.values()]],
  );
}

/** The names that the provider gave to these clients, of those that have one. */
export async function findGivenNames(tx: Tx, clientIds: readonly string[]): Promise<Map<string, string>> {
  if (clientIds.length === 0) return new Map();
  const rows = await tx.query<{ id: string; name: string }>(
    "select id, name from client where id = any($1) and name_given",
    [clientIds],
  );
  return new Map(rows.map((row) => [row.id, row.name]));
}

export async function saveGivenNames(tx: Tx, nameOfClient: ReadonlyMap<string, string>): Promise<void> {
  if (nameOfClient.size === 0) return;
  await tx.query(
    `update client set name = new.name, name_given = true
     from unnest($1::text[], $2::text[]) as new (id, name) where client.id = new.id`,
    [[...nameOfClient.keys()], [...nameOfClient.values()]],
  );
}

/**
 * Tells PostgreSQL how many there are by now. Its own upkeep comes once a minute; until then it plans for
 * empty tables, and what takes a millisecond took fifteen seconds with 9,000 WABAs (docs/benchmarks.md).
 */
export async function recordStatistics(db: Database): Promise<void> {
  await db.query("analyze client, asset, meta_id, number, share");
}

/** Whether so many more are worth telling it: the first ones, and each doubling. */
export function hasDoubled(before: number, after: number): boolean {
  const size = (count: number): number => Math.floor(Math.log2(Math.max(1, count)));
  return size(after) > size(before) && after > WORTH_PLANNING;
}

const WORTH_PLANNING = 128;
