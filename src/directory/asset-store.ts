import type { Sql, Tx } from "../database/database.ts";

/** A WABA, with our stable id. */
export interface Asset {
  id: string;
  connectionId: string;
  wabaId: string;
  clientId: string;
  name: string;
  partnerModel: string;
  /** The WABA's own mode, else its client's, else its connection's. */
  mode: Mode;
  /** What is said of this WABA alone; null: nothing. */
  ownMode: Mode | null;
  /** With whose token its messages are sent. */
  sendsWith: SendsWith;
}

export type Mode = "enforce" | "observe";
export type SendsWith = "system_user" | "client";

export interface NewAsset {
  id: string;
  clientId: string;
  name: string;
}

/** What is the same for all WABAs that become known at once. */
export interface NewAssetsOf {
  connectionId: string;
  /** The import that they came with. */
  importId?: string | null;
  /** Their own mode. */
  mode?: Mode | null;
  at: number;
}

export async function insertAssets(tx: Tx, assets: readonly NewAsset[], of: NewAssetsOf): Promise<void> {
  if (assets.length === 0) return;
  await tx.query(
    `insert into asset (id, connection_id, client_id, name, mode, import_id, created_at)
     select id, $1, client_id, name, $2, $3, $4
     from unnest($5::text[], $6::text[], $7::text[]) as new (id, client_id, name)`,
    [
      of.connectionId,
      of.mode ?? null,
      of.importId ?? null,
      new Date(of.at),
      assets.map((asset) => asset.id),
      assets.map((asset) => asset.clientId),
      assets.map((asset) => asset.name),
    ],
  );
}

/**
 * Meta's names of a WABA and its owner, stored while the share exists, because they cannot be read after its
 * loss.
 */
export async function saveAssetName(tx: Tx, assetId: string, name: string): Promise<void> {
  await tx.query("update asset set name = $2 where id = $1 and name <> $2", [assetId, name]);
}

/** How a WABA is ours to use; what is undefined stays. `mode` null: as its client, or its connection. */
export async function saveAssetTerms(
  tx: Tx,
  assetId: string,
  terms: { partnerModel?: string; sendsWith?: SendsWith; mode?: Mode | null },
): Promise<void> {
  await tx.query(
    `update asset set partner_model = coalesce($2, partner_model), sends_with = coalesce($3, sends_with),
       mode = case when $4 then $5 else mode end, case_version = case_version + 1 where id = $1`,
    [
      assetId,
      terms.partnerModel ?? null,
      terms.sendsWith ?? null,
      terms.mode !== undefined,
      terms.mode ?? null,
    ],
  );
}

/** Moves a WABA under the client that owns it, once Meta has named the owner. */
export async function saveAssetClient(tx: Tx, assetId: string, clientId: string): Promise<void> {
  await tx.query("update asset set client_id = $2 where id = $1 and client_id <> $2", [assetId, clientId]);
}

/** These belong to our own portfolio, so that we send with our own token. */
export async function saveOwned(tx: Tx, assetIds: readonly string[]): Promise<void> {
  await tx.query(
    "update asset set partner_model = 'owned', sends_with = 'system_user' where id = any($1::text[])",
    [assetIds],
  );
}

const ASSET = `
  select asset.id, asset.connection_id, waba.meta_id as waba_id, asset.client_id, asset.name,
    asset.partner_model, asset.sends_with, asset.mode as own_mode,
    coalesce(asset.mode, client.mode, connection.mode) as mode
  from asset
  join client on client.id = asset.client_id
  join connection on connection.id = asset.connection_id
  join meta_id waba on waba.owner_id = asset.id and waba.type = 'waba' and waba.valid_until is null`;

interface AssetRow {
  id: string;
  connection_id: string;
  waba_id: string;
  client_id: string;
  name: string;
  partner_model: string;
  sends_with: SendsWith;
  own_mode: Mode | null;
  mode: Mode;
}

const toAsset = (row: AssetRow): Asset => ({
  id: row.id,
  connectionId: row.connection_id,
  wabaId: row.waba_id,
  clientId: row.client_id,
  name: row.name,
  partnerModel: row.partner_model,
  sendsWith: row.sends_with,
  mode: row.mode,
  ownMode: row.own_mode,
});

export async function findAsset(sql: Sql, assetId: string): Promise<Asset | undefined> {
  return (await findAssets(sql, [assetId]))[0];
}

export async function findAssets(sql: Sql, assetIds: readonly string[]): Promise<Asset[]> {
  const rows = await sql.query<AssetRow>(`${ASSET} where asset.id = any($1)`, [assetIds]);
  return rows.map(toAsset);
}

/** The WABAs of a client, by our ids. */
export async function findAssetIdsOf(sql: Sql, clientId: string): Promise<string[]> {
  const rows = await sql.query<{ id: string }>("select id from asset where client_id = $1 order by id", [
    clientId,
  ]);
  return rows.map((row) => row.id);
}
