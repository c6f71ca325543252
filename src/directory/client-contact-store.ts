import type { Sql, Tx } from "../database/database.ts";
import type { ClientContact } from "./client-details-store.ts";

export async function findContacts(sql: Sql, clientId: string): Promise<ClientContact[]> {
  const [row] = await sql.query<{ contacts: ClientContact[] }>("select contacts from client where id = $1", [
    clientId,
  ]);
  return row?.contacts ?? [];
}

export async function saveContacts(tx: Tx, clientId: string, contacts: ClientContact[]): Promise<void> {
  await tx.query("update client set contacts = $2::jsonb, version = version + 1 where id = $1", [
    clientId,
    JSON.stringify(contacts),
  ]);
}

/** The clients that the provider's site may mean by this name: its own id of a client, or ours. */
export async function findClientIdsNamed(sql: Sql, name: string): Promise<string[]> {
  const rows = await sql.query<{ id: string }>(
    "select id from client where id = $1 or external_id = $1 limit 2",
    [name],
  );
  return rows.map(({ id }) => id);
}
