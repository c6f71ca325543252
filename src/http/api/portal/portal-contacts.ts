import { z } from "@hono/zod-openapi";
import type { Act } from "../../../access/act.ts";
import { findContacts, saveContacts } from "../../../directory/client-contact-store.ts";
import type { ClientContact } from "../../../directory/client-details-store.ts";
import { lockClient } from "../../../directory/client-store.ts";
import { LANGUAGES, type Language } from "../../../messages/languages.ts";
import type { HttpDeps } from "../../kit/http-deps.ts";

const MOST_CONTACTS = 20;

const Contact = z
  .strictObject({
    name: z.string().trim().min(1).max(200),
    email: z.email().max(320).nullable().default(null),
    phone: z
      .string()
      .regex(/^\+[1-9]\d{6,14}$/, "a phone number begins with + and the country code")
      .nullable()
      .default(null)
      .openapi({ example: "+15550190001" }),
    language: z
      .enum(Object.keys(LANGUAGES) as [Language, ...Language[]])
      .nullable()
      .default(null)
      .openapi({ description: "Null: the client's." }),
  })
  .refine(({ email, phone }) => email !== null || phone !== null, "give an email address or a phone number");

export const Contacts = z.array(Contact).max(MOST_CONTACTS);

/** Replaces the contacts of a client, with a line in the audit. */
export async function changeContacts(
  { db }: Pick<HttpDeps, "db">,
  { clientId, contacts }: { clientId: string; contacts: ClientContact[] },
  act: Pick<Act, "note">,
): Promise<void> {
  await db.transaction(async (tx) => {
    await lockClient(tx, clientId);
    const before = await findContacts(tx, clientId);
    act.note({ target: { type: "client", id: clientId }, before: { contacts: before }, after: { contacts } });
    await saveContacts(tx, clientId, contacts);
  });
}
