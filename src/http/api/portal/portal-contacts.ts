import type { Act } from "../../../access/act.ts";
import { recordContacts } from "../../../client-messages/record-contacts.ts";
import { findContacts, type ClientContact } from "../../../directory/client-details-store.ts";
import type { Client } from "../../../directory/client-store.ts";
import { saveClientDetails } from "../../../directory/save-client-details.ts";
import type { HttpDeps } from "../../kit/http-deps.ts";

/** Replaces the contacts of a client, with a line in the audit. */
export async function changeContacts(
  { db, clock, messenger }: Pick<HttpDeps, "db" | "clock" | "messenger">,
  { client, contacts }: { client: Pick<Client, "id" | "connectionId">; contacts: ClientContact[] },
  act: Pick<Act, "note" | "watch">,
): Promise<void> {
  const { id: clientId, connectionId } = client;
  act.note({ target: { type: "client", id: clientId } });
  act.watch(async (sql) => ({ contacts: await findContacts(sql, clientId) }));
  const edit = { contacts };
  const saved = await saveClientDetails({ db }, { clientId, connectionId, edit, matches: () => true });
  if (saved.kind !== "saved") return;
  await recordContacts({ db, clock }, { clientId, before: saved.before.contacts, after: contacts });
  messenger.wake();
}
