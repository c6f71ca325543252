import type { Sql, Tx } from "../database/database.ts";
import type { Mode } from "./asset-store.ts";

/** Whose WABAs they are: a portfolio at Meta, with our stable id and what the provider says of it. */
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

export interface NewClient {
  id: string;
  name: string;
}

export async function insertClients(
  tx: Tx,
  clients: readonly NewClient[],
  of: { connectionId: string },
): Promise<void> {
  if (clients.length === 0) return;
  await tx.query(
    `insert into client (id, connection_id, name)
     select id, $1, name from unnest($2::text[], $3::text[]) as new (id, name)`,
    [of.connectionId, clients.map((client) => client.id), clients.map((client) => client.name)],
  );
}

export async function lockClient(tx: Tx, clientId: string): Promise<void> {
  await tx.query("select 1 from client where id = $1 for update", [clientId]);
}

/** The clients that the provider's site may mean by this name: its own id of a client, or ours. */
export async function findClientIdsNamed(sql: Sql, name: string): Promise<string[]> {
  const rows = await sql.query<{ id: string }>(
    "select id from client where id = $1 or external_id = $1 limit 2",
    [name],
  );
  return rows.map(({ id }) => id);
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

/** Meta's name of the portfolio; a name that the provider gave stays. */
export async function saveClientName(tx: Tx, clientId: string, name: string): Promise<void> {
  await tx.query("update client set name = $2 where id = $1 and name <> $2 and not name_given", [
    clientId,
    name,
  ]);
}

/** The mode of all WABAs of a client that have none of their own; null: as its connection. */
export async function saveClientMode(tx: Tx, clientId: string, mode: Mode | null): Promise<void> {
  await tx.query("update client set mode = $2 where id = $1", [clientId, mode]);
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
