import type { Act } from "../../../access/act.ts";
import { findContacts, type ClientContact } from "../../../directory/client-details-store.ts";
import type { Client } from "../../../directory/client-store.ts";
import { saveClientDetails } from "../../../directory/save-client-details.ts";
import type { HttpDeps } from "../../kit/http-deps.ts";

/** Replaces the contacts of a client, with a line in the audit. */
export async function changeContacts(
  { db }: Pick<HttpDeps, "db">,
  { client, contacts }: { client: Pick<Client, "id" | "connectionId">; contacts: ClientContact[] },
  act: Pick<Act, "note" | "watch">,
): Promise<void> {
  const { id: clientId, connectionId } = client;
  act.note({ target: { type: "client", id: clientId } });
  act.watch(async (sql) => ({ contacts: await findContacts(sql, clientId) }));
  await saveClientDetails({ db }, { clientId, connectionId, edit: { contacts }, matches: () => true });
}
