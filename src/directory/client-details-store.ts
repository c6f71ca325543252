import type { Sql, Tx } from "../database/database.ts";

/** A person at the client whom the provider writes to. */
export interface ClientContact {
  name: string;
  email: string | null;
  /** E.164, such as +15550190001. */
  phone: string | null;
  /** A language of ours; null: the client's. */
  language: string | null;
}

/** What the provider keeps of a client, beside what Meta says. */
export interface ClientDetails {
  externalId: string | null;
  language: string | null;
  contacts: ClientContact[];
  tags: string[];
  /** The person who looks after the client. */
  ownerId: string | null;
}

/** Raised by each change over the API. */
export type Versioned<Value> = Value & { version: number };

const DETAILS = "select external_id, language, contacts, tags, owner_id, version from client where id = $1";

interface DetailsRow {
  external_id: string | null;
  language: string | null;
  contacts: ClientContact[];
  tags: string[];
  owner_id: string | null;
  version: number;
}

const toDetails = (row: DetailsRow): Versioned<ClientDetails> => ({
  externalId: row.external_id,
  language: row.language,
  contacts: row.contacts,
  tags: row.tags,
  ownerId: row.owner_id,
  version: row.version,
});

export async function findClientDetails(
  sql: Sql,
  clientId: string,
): Promise<Versioned<ClientDetails> | undefined> {
  const [row] = await sql.query<DetailsRow>(DETAILS, [clientId]);
  return row && toDetails(row);
}

export async function findContacts(sql: Sql, clientId: string): Promise<ClientContact[]> {
  return (await findClientDetails(sql, clientId))?.contacts ?? [];
}

export async function lockClientDetails(
  tx: Tx,
  clientId: string,
): Promise<Versioned<ClientDetails> | undefined> {
  const [row] = await tx.query<DetailsRow>(`${DETAILS} for update`, [clientId]);
  return row && toDetails(row);
}

/** Nobody looks after the clients of this person any more. */
export async function saveOwnerGone(tx: Tx, personId: string): Promise<void> {
  await tx.query("update client set owner_id = null, version = version + 1 where owner_id = $1", [personId]);
}

/** Keeps the details as the next version. */
export async function updateClientDetails(tx: Tx, clientId: string, details: ClientDetails): Promise<void> {
  const { externalId, language, contacts, tags, ownerId } = details;
  await tx.query(
    `update client set external_id = $2, language = $3, contacts = $4::jsonb, tags = $5::text[],
       owner_id = $6, version = version + 1 where id = $1`,
    [clientId, externalId, language, JSON.stringify(contacts), tags, ownerId],
  );
}

/** The contacts of these clients, for which other writers wait from now on. */
export async function lockContacts(
  tx: Tx,
  clientIds: readonly string[],
): Promise<Map<string, ClientContact[]>> {
  const rows = await tx.query<{ id: string; contacts: ClientContact[] }>(
    "select id, contacts from client where id = any($1) order by id for update",
    [clientIds],
  );
  return new Map(rows.map(({ id, contacts }) => [id, contacts]));
}

/** Keeps all contacts of each client as its next version. */
export async function saveContacts(
  tx: Tx,
  contactsOf: ReadonlyMap<string, readonly ClientContact[]>,
): Promise<void> {
  if (contactsOf.size === 0) return;
  await tx.query(
    `update client set contacts = new.contacts::jsonb, version = version + 1
     from unnest($1::text[], $2::text[]) as new (id, contacts) where client.id = new.id`,
    [[...contactsOf.keys()], [...contactsOf.values()].map((each) => JSON.stringify(each))],
  );
}
