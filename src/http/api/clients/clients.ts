import { z } from "@hono/zod-openapi";
import { recordContacts } from "../../../client-messages/record-contacts.ts";
import type { Sql } from "../../../database/database.ts";
import { findClientDetails, type ClientDetails } from "../../../directory/client-details-store.ts";
import { findClients, type Client } from "../../../directory/client-store.ts";
import { saveClientDetails } from "../../../directory/save-client-details.ts";
import { Problem } from "../../../problems.ts";
import { ifMatchOf, setVersion } from "../../kit/etag.ts";
import { defineRoute, type Route } from "../../kit/route.ts";
import { Contact, Contacts, LanguageCode } from "./contact-schema.ts";
import { renderClient } from "../wabas/render-waba.ts";
import { ClientSchema, TAG_LENGTH } from "../wabas/waba-schema.ts";

const ClientId = z.object({ id: z.string().max(100) });

/** Each once, in their order. */
const Tags = z
  .array(
    z
      .string()
      .trim()
      .min(1)
      .max(TAG_LENGTH)
      .regex(/^[^,]*$/, "a tag holds no comma"),
  )
  .max(20)
  .transform((tags) => [...new Set(tags)])
  .openapi({
    type: "array",
    maxItems: 20,
    items: { type: "string", maxLength: TAG_LENGTH },
    example: ["vip"],
  });

const OwnerId = z.string().max(64).nullable().openapi({
  description: "The person who looks after it, by id; `null`: nobody.",
});

const Edit = z.strictObject({
  language: LanguageCode.nullable().optional(),
  contacts: Contacts.optional(),
  tags: Tags.optional(),
  owner_id: OwnerId.optional(),
  external_id: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .nullable()
    .optional()
    .openapi({ description: "Your own id of this client; no two clients of a connection have the same." }),
});

const ClientDetailsSchema = ClientSchema.extend({
  contacts: z.array(Contact),
  tags: z.array(z.string()),
  owner_id: OwnerId,
}).openapi("ClientDetails");

const get = defineRoute({
  method: "GET",
  path: "/api/v1/clients/{id}",
  who: "viewer",
  name: "getClient",
  group: "Directory",
  summary: "One client, with its contacts",
  params: ClientId,
  answer: { status: 200, description: "The client.", schema: ClientDetailsSchema },
  isVersioned: true,
  problems: ["client_not_found"],
  audit: null,
  handle: ({ deps, params, answerHeaders }) => renderDetails(deps.db, params.id, answerHeaders),
});

const patch = defineRoute({
  method: "PATCH",
  path: "/api/v1/clients/{id}",
  who: "operator",
  name: "updateClient",
  group: "Directory",
  summary: "Set the language, contacts, tags, owner and external id of a client",
  description: "Fields that are left out stay unchanged; `contacts` and `tags` are replaced as a whole.",
  params: ClientId,
  body: Edit,
  answer: { status: 200, description: "The client as it is now.", schema: ClientDetailsSchema },
  isVersioned: true,
  problems: ["client_not_found", "external_id_taken", "foreign_origin"],
  audit: "client.updated",
  async handle({ deps, params, body, request, answerHeaders, act }) {
    const matches = ifMatchOf(request);
    const client = await getClient(deps.db, params.id);
    act.watch(async (sql) => ({ ...(await findClientDetails(sql, params.id)) }));
    const { id: clientId, connectionId } = client;
    const saved = await saveClientDetails(deps, { clientId, connectionId, edit: editOf(body), matches });
    if (saved.kind === "unknown") throw new Problem("client_not_found", { id: params.id });
    if (saved.kind === "changed_meanwhile") throw new Problem("changed_meanwhile");
    if (saved.kind === "unknown_owner") throw new Problem("invalid_request", { faults: ownerFaultOf(saved) });
    if (saved.kind === "external_id_taken")
      throw new Problem("external_id_taken", { client: saved.clientId, external_id: body.external_id ?? "" });
    if (body.contacts !== undefined) {
      await recordContacts(deps, { clientId, before: saved.before.contacts, after: saved.after.contacts });
      deps.messenger.wake();
    }
    return renderDetails(deps.db, params.id, answerHeaders);
  },
});

async function getClient(sql: Sql, id: string): Promise<Client> {
  const [client] = await findClients(sql, [id]);
  if (client === undefined) throw new Problem("client_not_found", { id });
  return client;
}

const ownerFaultOf = ({ ownerId }: { ownerId: string }): string =>
  `owner_id: no person of yours who can sign in has the id ${ownerId}`;

function editOf(body: z.output<typeof Edit>): Partial<ClientDetails> {
  const { language, contacts, tags, owner_id: ownerId, external_id: externalId } = body;
  return {
    ...(language !== undefined && { language }),
    ...(contacts !== undefined && { contacts }),
    ...(tags !== undefined && { tags }),
    ...(ownerId !== undefined && { ownerId }),
    ...(externalId !== undefined && { externalId }),
  };
}

async function renderDetails(
  sql: Sql,
  id: string,
  answerHeaders: Headers,
): Promise<z.input<typeof ClientDetailsSchema>> {
  const client = await getClient(sql, id);
  const details = await findClientDetails(sql, id);
  if (details === undefined) throw new Problem("client_not_found", { id });
  setVersion(answerHeaders, details.version);
  const contacts = details.contacts as z.input<typeof Contact>[];
  return { ...renderClient(client), contacts, tags: details.tags, owner_id: details.ownerId };
}

export const clientRoutes: Route[] = [get, patch];
