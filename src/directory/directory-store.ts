import { formatPhoneNumber } from "../lib/phone-number.ts";
import type { Sql, Tx } from "../database/database.ts";

/**
 * Who is who: clients, their WABAs (assets) and numbers, with our stable ids; Meta's ids are dated attributes
 * of ours.
 */
export interface Client {
  id: string;
  connectionId: string;
  name: string;
  /** The name is the provider's for its client, and may not be what Meta calls the portfolio. */
  nameGiven: boolean;
  externalId: string | null;
  businessId: string | null;
  language: string | null;
}

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

export interface NumberEntry {
  id: string;
  connectionId: string;
  assetId: string;
  phoneNumberId: string;
  displayPhoneNumber: string | null;
  verifiedName: string | null;
  profile: Record<string, unknown>;
}

export type MetaIdType = "business" | "waba" | "phone_number";

/** Assigns one of Meta's ids to one of ours from an instant on; the previous owner has it until then. */
export async function saveMetaId(
  tx: Tx,
  input: { connectionId: string; type: MetaIdType; metaId: string; ownerId: string; at: number },
): Promise<void> {
  const { connectionId, type, metaId, ownerId } = input;
  const at = new Date(input.at);
  await tx.query(
    `update meta_id set valid_until = $4 where connection_id = $1 and type = $2 and valid_until is null
       and ((meta_id = $3) <> (owner_id = $5))`,
    [connectionId, type, metaId, at, ownerId],
  );
  await tx.query(
    `insert into meta_id (connection_id, type, meta_id, owner_id, valid_from) values ($1, $2, $3, $4, $5)
     on conflict do nothing`,
    [connectionId, type, metaId, ownerId, at],
  );
}

/** Lets go of Meta's ids of all numbers of a WABA. */
export async function endMetaIdsOfNumbers(tx: Tx, assetId: string, at: number): Promise<void> {
  await tx.query(
    `update meta_id set valid_until = $2 where type = 'phone_number' and valid_until is null
       and owner_id in (select id from number where asset_id = $1)`,
    [assetId, new Date(at)],
  );
}

/** Our id behind one of Meta's, as it is now. */
export async function findOwnerId(
  sql: Sql,
  connectionId: string,
  type: MetaIdType,
  metaId: string,
): Promise<string | undefined> {
  const rows = await sql.query<{ owner_id: string }>(
    `select owner_id from meta_id where connection_id = $1 and type = $2 and meta_id = $3
      and valid_until is null`,
    [connectionId, type, metaId],
  );
  return rows[0]?.owner_id;
}

/** Whether a client's portfolio at Meta is known. */
export async function hasPortfolio(sql: Sql, clientId: string): Promise<boolean> {
  const rows = await sql.query<{ owner_id: string }>(
    "select owner_id from meta_id where owner_id = $1 and type = 'business' and valid_until is null limit 1",
    [clientId],
  );
  return rows.length > 0;
}

export async function lockClient(tx: Tx, clientId: string): Promise<void> {
  await tx.query("select 1 from client where id = $1 for update", [clientId]);
}

export async function insertClient(
  tx: Tx,
  client: { id: string; connectionId: string; name: string; at: number },
): Promise<void> {
  await tx.query("insert into client (id, connection_id, name, created_at) values ($1, $2, $3, $4)", [
    client.id,
    client.connectionId,
    client.name,
    new Date(client.at),
  ]);
}

export async function insertAsset(
  tx: Tx,
  asset: { id: string; connectionId: string; clientId: string; name: string; at: number },
): Promise<void> {
  await tx.query(
    "insert into asset (id, connection_id, client_id, name, created_at) values ($1, $2, $3, $4, $5)",
    [asset.id, asset.connectionId, asset.clientId, asset.name, new Date(asset.at)],
  );
}

export async function insertNumber(
  tx: Tx,
  number: { id: string; connectionId: string; assetId: string; at: number },
): Promise<void> {
  await tx.query("insert into number (id, connection_id, asset_id, created_at) values ($1, $2, $3, $4)", [
    number.id,
    number.connectionId,
    number.assetId,
    new Date(number.at),
  ]);
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
       mode = case when $4 then $5 else mode end where id = $1`,
    [
      assetId,
      terms.partnerModel ?? null,
      terms.sendsWith ?? null,
      terms.mode !== undefined,
      terms.mode ?? null,
    ],
  );
}

/** The mode of all WABAs of a client that have none of their own; null: as its connection. */
export async function saveClientMode(tx: Tx, clientId: string, mode: Mode | null): Promise<void> {
  await tx.query("update client set mode = $2 where id = $1", [clientId, mode]);
}

/** The WABAs of a client, by our ids. */
export async function findAssetIdsOf(sql: Sql, clientId: string): Promise<string[]> {
  const rows = await sql.query<{ id: string }>("select id from asset where client_id = $1 order by id", [
    clientId,
  ]);
  return rows.map((row) => row.id);
}

/** Moves a WABA under the client that owns it, once Meta has named the owner. */
export async function saveAssetClient(tx: Tx, assetId: string, clientId: string): Promise<void> {
  await tx.query("update asset set client_id = $2 where id = $1 and client_id <> $2", [assetId, clientId]);
}

/**
 * The provider's own id of the client of a WABA that has none: one that stands stays, and so does one that
 * another client has.
 */
export async function saveClientExternalId(tx: Tx, assetId: string, externalId: string): Promise<void> {
  await tx.query(
    `update client set external_id = $2
     where id = (select client_id from asset where id = $1) and external_id is null
       and not exists (select 1 from client other where other.connection_id = client.connection_id
         and other.external_id = $2)`,
    [assetId, externalId],
  );
}

/** The language in which the client of a WABA reads. What a link's reader chose takes nobody's word away. */
export async function saveClientLanguage(
  tx: Tx,
  assetId: string,
  language: string,
  mayReplace: boolean,
): Promise<void> {
  await tx.query(
    `update client set language = $2 where id = (select client_id from asset where id = $1)
      and ($3 or language is null)`,
    [assetId, language, mayReplace],
  );
}

/** Meta's name of the portfolio; a name that the provider gave stays. */
export async function saveClientName(tx: Tx, clientId: string, name: string): Promise<void> {
  await tx.query("update client set name = $2 where id = $1 and name <> $2 and not name_given", [
    clientId,
    name,
  ]);
}

export async function saveNumberProfile(
  tx: Tx,
  numberId: string,
  profile: Record<string, unknown>,
): Promise<void> {
  const text = (value: unknown): string | null => (typeof value === "string" ? value : null);
  await tx.query(
    `update number set display_phone_number = coalesce($2, display_phone_number),
      verified_name = coalesce($3, verified_name),
       profile = $4::jsonb where id = $1 and profile is distinct from $4::jsonb`,
    [numberId, text(profile.display_phone_number), text(profile.verified_name), JSON.stringify(profile)],
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
  const rows = await sql.query<AssetRow>(`${ASSET} where asset.id = $1`, [assetId]);
  return rows[0] && toAsset(rows[0]);
}

export async function findAssets(sql: Sql, assetIds: readonly string[]): Promise<Asset[]> {
  const rows = await sql.query<AssetRow>(`${ASSET} where asset.id = any($1)`, [assetIds]);
  return rows.map(toAsset);
}

const NUMBER = `
  select number.id, number.connection_id, number.asset_id, phone.meta_id as phone_number_id,
    number.display_phone_number,
    number.verified_name, number.profile
  from number
  join meta_id phone on phone.owner_id = number.id and phone.type = 'phone_number'
    and phone.valid_until is null`;

interface NumberRow {
  id: string;
  connection_id: string;
  asset_id: string;
  phone_number_id: string;
  display_phone_number: string | null;
  verified_name: string | null;
  profile: Record<string, unknown>;
}

const toNumber = (row: NumberRow): NumberEntry => ({
  id: row.id,
  connectionId: row.connection_id,
  assetId: row.asset_id,
  phoneNumberId: row.phone_number_id,
  displayPhoneNumber: row.display_phone_number === null ? null : formatPhoneNumber(row.display_phone_number),
  verifiedName: row.verified_name,
  profile: row.profile,
});

export async function findNumbersOf(sql: Sql, assetIds: readonly string[]): Promise<NumberEntry[]> {
  const rows = await sql.query<NumberRow>(
    `${NUMBER} where number.asset_id = any($1) order by phone.meta_id`,
    [assetIds],
  );
  return rows.map(toNumber);
}

/** By our id (`num_…`) or by Meta's phone number id. */
export async function findNumber(sql: Sql, id: string): Promise<NumberEntry | undefined> {
  const rows = await sql.query<NumberRow>(`${NUMBER} where number.id = $1 or phone.meta_id = $1 limit 1`, [
    id,
  ]);
  return rows[0] && toNumber(rows[0]);
}

export async function findClients(sql: Sql, clientIds: readonly string[]): Promise<Client[]> {
  const rows = await sql.query<ClientRow>(`${CLIENT} where client.id = any($1)`, [clientIds]);
  return rows.map(toClient);
}

/** Clients by our id, a page after `afterId`. */
export async function readClients(sql: Sql, afterId: string, limit: number): Promise<Client[]> {
  const rows = await sql.query<ClientRow>(`${CLIENT} where client.id > $1 order by client.id limit $2`, [
    afterId,
    limit,
  ]);
  return rows.map(toClient);
}

const CLIENT = `
  select client.id, client.connection_id, client.name, client.name_given, client.external_id, client.language,
    business.meta_id as business_id
  from client
  left join meta_id business on business.owner_id = client.id and business.type = 'business'
    and business.valid_until is null`;

interface ClientRow {
  id: string;
  connection_id: string;
  name: string;
  name_given: boolean;
  external_id: string | null;
  business_id: string | null;
  language: string | null;
}

const toClient = (row: ClientRow): Client => ({
  id: row.id,
  connectionId: row.connection_id,
  name: row.name,
  nameGiven: row.name_given,
  externalId: row.external_id,
  language: row.language,
  businessId: row.business_id,
});
