import { z } from "@hono/zod-openapi";
import { mayAct, SCOPES, STAFF_ROLES, type Actor } from "../../../access/actor.ts";
import { apiKeyOf, keyHashOf, prefixOf } from "../../../access/api-key.ts";
import {
  readApiKeys,
  revokeApiKey,
  rotateApiKey,
  saveApiKey,
  type ApiKey,
} from "../../../access/api-key-store.ts";
import { findClients } from "../../../directory/client-store.ts";
import { readConnections } from "../../../directory/connection-store.ts";
import { newId } from "../../../lib/new-id.ts";
import { Problem } from "../../../problems.ts";
import { isoOf, isoOrNull } from "../wabas/render-waba.ts";
import type { HttpDeps } from "../../kit/http-deps.ts";
import { defineRoute, type Route } from "../../kit/route.ts";
import { Instant } from "../wabas/waba-schema.ts";

const DAY_S = 24 * 3600;
const LONGEST_OVERLAP_S = 7 * DAY_S;

const Scopes = z.array(z.enum(SCOPES));

const Key = z
  .object({
    id: z.string().openapi({ example: "key_8k2m5v9q3w7x1z4c6b0n" }),
    name: z.string(),
    role: z.enum(STAFF_ROLES),
    scopes: Scopes.optional().openapi({
      description: "Only calls of these purposes. Missing: everything that the role may do.",
    }),
    client_id: z.string().nullable().openapi({ description: "Only this client's WABAs. Null: all." }),
    connection_id: z.string().nullable().openapi({ description: "Only this connection's WABAs. Null: all." }),
    expires_at: Instant.nullable().openapi({ description: "Null: never." }),
    last_used_at: Instant.nullable().openapi({ description: "To the minute. Null: never." }),
    prefix: z.string().openapi({
      example: "shk_8k2m5v9q",
      description: "How the key begins. It stays when the key is rotated.",
    }),
    created_at: Instant,
    created_by: z.string().openapi({ description: "The id of a person or key." }),
    previous_until: Instant.optional().openapi({
      description: "Until when the key before the last rotation may still be used.",
    }),
    revoked_at: Instant.optional().openapi({ description: "Since when it is no longer valid." }),
  })
  .openapi("ApiKey");

const NewKey = Key.extend({
  key: z.string().openapi({ description: "Shown only once; Sharekeeper keeps only its hash." }),
}).openapi("NewApiKey");

export type ApiKeyJson = z.input<typeof Key>;
export type NewApiKeyJson = z.input<typeof NewKey>;

const list = defineRoute({
  method: "GET",
  path: "/api/v1/api-keys",
  who: "admin",
  name: "listApiKeys",
  group: "Session",
  summary: "The API keys, newest first",
  description:
    "Revoked and expired keys too, without the keys themselves. `ADMIN_API_KEY` is a setting and not listed.",
  query: z.strictObject({
    prefix: z.string().max(200).transform(prefixOf).optional().openapi({
      type: "string",
      maxLength: 200,
      description:
        "How a key that was found somewhere begins: `shk_` and eight characters. A whole key is refused, because addresses are logged.",
    }),
  }),
  answer: {
    status: 200,
    description: "All of them.",
    schema: z.object({ data: z.array(Key) }).openapi("ApiKeyList"),
  },
  problems: [],
  audit: null,
  async handle({ deps, query }) {
    const now = deps.wallClock.now();
    return { data: (await readApiKeys(deps.db, query.prefix)).map((key) => renderKey(key, now)) };
  },
});

const NewKeyWish = z.strictObject({
  name: z.string().trim().min(1, "say who or what will use the key").max(100),
  role: z.enum(STAFF_ROLES).openapi({ description: "No higher role than your own." }),
  scopes: Scopes.min(1, "name a scope, or leave scopes out").max(SCOPES.length).optional().openapi({
    description:
      "Only calls of these purposes, as far as the role may. Without it, all that the role may do.",
  }),
  client_id: z.string().max(100).optional(),
  connection_id: z.string().max(100).optional(),
  expires_at: Instant.optional().openapi({ description: "An instant in the future. Without it: never." }),
});

const create = defineRoute({
  method: "POST",
  path: "/api/v1/api-keys",
  who: "admin",
  name: "createApiKey",
  group: "Session",
  summary: "Create an API key, shown once",
  body: NewKeyWish,
  answer: { status: 201, description: "The key.", schema: NewKey },
  problems: ["client_not_found", "foreign_origin"],
  audit: "api_key.created",
  async handle({ deps, body, actor, act }) {
    await checkWish(deps, body, actor);
    const { key, prefix } = apiKeyOf(deps.random);
    const saved = {
      ...{ id: newId("key", deps.random), prefix, name: body.name, role: body.role },
      scopes: body.scopes === undefined ? null : [...new Set(body.scopes)],
      clientId: body.client_id ?? null,
      connectionId: body.connection_id ?? null,
      createdBy: actor.id,
      createdAt: deps.wallClock.now(),
      expiresAt: body.expires_at === undefined ? null : Date.parse(body.expires_at),
    };
    act.note({ target: { type: "api_key", id: saved.id }, after: auditedOf(saved) });
    await deps.db.transaction((tx) => saveApiKey(tx, saved, keyHashOf(key)));
    return { ...(await getKey(deps, saved.id)), key };
  },
});

type SavedKey = Parameters<typeof saveApiKey>[1];

/** What a key may do, as the audit keeps it. */
function auditedOf(key: SavedKey): Record<string, unknown> {
  const { name, prefix, role, scopes, clientId, connectionId, expiresAt } = key;
  const limits = { client_id: clientId, connection_id: connectionId, expires_at: isoOrNull(expiresAt) };
  return { name, prefix, role, scopes, ...limits };
}

async function checkWish(
  deps: Pick<HttpDeps, "db" | "wallClock">,
  wish: z.output<typeof NewKeyWish>,
  actor: Actor,
): Promise<void> {
  if (!mayAct(actor, wish.role)) throw new Problem("not_permitted", { role: wish.role, own: actor.role });
  if (wish.expires_at !== undefined && Date.parse(wish.expires_at) <= deps.wallClock.now())
    throw new Problem("invalid_request", { faults: "expires_at (body): give an instant in the future" });
  if (wish.client_id !== undefined && (await findClients(deps.db, [wish.client_id])).length === 0)
    throw new Problem("client_not_found", { id: wish.client_id });
  const { connection_id } = wish;
  const connections = connection_id === undefined ? [] : await readConnections(deps.db);
  if (connection_id !== undefined && !connections.some(({ id }) => id === connection_id))
    throw new Problem("invalid_request", {
      faults: "connection_id (body): is not known; GET /api/v1/connections lists them",
    });
}

const KeyId = z.object({ id: z.string().max(64) });

const rotate = defineRoute({
  method: "POST",
  path: "/api/v1/api-keys/{id}/rotate",
  who: "admin",
  name: "rotateApiKey",
  group: "Session",
  summary: "Replace an API key by a new one, shown once",
  description:
    "Role, scopes, limits, expiry and prefix stay. The key before it is valid for `overlap_s` more seconds; one from an earlier rotation ends at once, and so do sessions opened with an ended key.",
  params: KeyId,
  body: z.strictObject({
    overlap_s: z.int().min(0).max(LONGEST_OVERLAP_S).default(DAY_S).openapi({
      description: "How long the old key stays valid. 0 if it has leaked.",
    }),
  }),
  answer: { status: 200, description: "The new key.", schema: NewKey },
  problems: ["api_key_not_found", "foreign_origin"],
  audit: "api_key.rotated",
  async handle({ deps, params, body, act }) {
    const at = deps.wallClock.now();
    const { key } = apiKeyOf(deps.random, (await getKey(deps, params.id)).prefix);
    act.note({ detail: { overlap_s: body.overlap_s } });
    const previousUntil = body.overlap_s === 0 ? null : at + body.overlap_s * 1000;
    const change = { hash: keyHashOf(key), previousUntil, at };
    // Refused inside the transaction, so that the audit does not say that a key was rotated.
    await deps.db.transaction(async (tx) => {
      if (!(await rotateApiKey(tx, params.id, change)))
        throw new Problem("api_key_not_found", { id: params.id });
    });
    return { ...(await getKey(deps, params.id)), key };
  },
});

const revoke = defineRoute({
  method: "DELETE",
  path: "/api/v1/api-keys/{id}",
  who: "admin",
  name: "revokeApiKey",
  group: "Session",
  summary: "Revoke an API key",
  description: "Ends the key and every session that was opened with it, at once on all instances.",
  params: KeyId,
  answer: { status: 204, description: "The key is no longer valid." },
  problems: ["api_key_not_found", "foreign_origin"],
  audit: "api_key.revoked",
  async handle({ deps, params }) {
    const at = deps.wallClock.now();
    await deps.db.transaction(async (tx) => {
      if (!(await revokeApiKey(tx, params.id, at))) throw new Problem("api_key_not_found", { id: params.id });
    });
    return null;
  },
});

async function getKey(deps: Pick<HttpDeps, "db" | "wallClock">, id: string): Promise<z.input<typeof Key>> {
  const key = (await readApiKeys(deps.db)).find((candidate) => candidate.id === id);
  if (key === undefined) throw new Problem("api_key_not_found", { id });
  return renderKey(key, deps.wallClock.now());
}

function renderKey(key: ApiKey, now: number): z.input<typeof Key> {
  return {
    id: key.id,
    name: key.name,
    role: z.enum(STAFF_ROLES).parse(key.role),
    ...(key.scopes !== null && { scopes: [...key.scopes] }),
    client_id: key.clientId,
    connection_id: key.connectionId,
    expires_at: isoOrNull(key.expiresAt),
    last_used_at: isoOrNull(key.lastUsedAt),
    prefix: key.prefix,
    created_at: isoOf(key.createdAt),
    created_by: key.createdBy,
    ...(key.previousUntil !== null &&
      key.previousUntil > now && { previous_until: isoOf(key.previousUntil) }),
    ...(key.revokedAt !== null && { revoked_at: isoOf(key.revokedAt) }),
  };
}

export const apiKeyRoutes: Route[] = [list, create, rotate, revoke];
