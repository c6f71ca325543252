import { z } from "@hono/zod-openapi";
import type { Sql } from "../../../database/database.ts";
import {
  addressOf,
  signingSecrets,
  type Endpoint,
  type EndpointSecrets,
} from "../../../delivery/endpoint.ts";
import {
  deleteEndpoint,
  findEndpoint,
  insertEndpoint,
  openEndpoints,
  readEndpoints,
  saveEndpoint,
  saveEndpointSecrets,
} from "../../../delivery/endpoint-store.ts";
import { ALGORITHMS, newSecret, publicKeyOf } from "../../../delivery/webhook-signature.ts";
import { newId } from "../../../lib/new-id.ts";
import { Problem } from "../../../problems.ts";
import { ifMatchOf, setVersion } from "../../kit/etag.ts";
import type { HttpDeps } from "../../kit/http-deps.ts";
import { defineRoute, type Route } from "../../kit/route.ts";
import { EndpointSchema, EventTypeName, Filter, Headers, NewEndpointSchema } from "./endpoint-schema.ts";
import { renderEndpoint } from "./render-endpoint.ts";

const HOUR_S = 3600;
const LONGEST_OVERLAP_S = 30 * 24 * HOUR_S;

const EndpointId = z.object({ id: z.string().max(64) });

const Url = z
  .url({ protocol: /^https?$/, error: "use an https address, such as https://crm.example.com/sharekeeper" })
  .max(2000)
  .refine((text) => {
    const url = URL.parse(text);
    return url === null || (url.username === "" && url.password === "" && url.hash === "");
  }, "leave out user, password and #: secrets belong into headers");

const list = defineRoute({
  method: "GET",
  path: "/api/v1/webhook-endpoints",
  who: "operator",
  name: "listWebhookEndpoints",
  group: "Webhooks",
  summary: "The endpoints that events are delivered to, oldest first",
  answer: {
    status: 200,
    description: "All of them, without their secrets.",
    schema: z.object({ data: z.array(EndpointSchema) }).openapi("WebhookEndpointList"),
  },
  problems: [],
  audit: null,
  async handle({ deps }) {
    const endpoints = await readEndpoints(deps.db);
    const ids = endpoints.map(({ id }) => id);
    const opened = await openEndpoints(deps.db, deps.keyring, ids);
    const found = ids.flatMap((id) => opened.get(id) ?? []);
    return { data: found.map((each) => renderEndpoint(each, deps.clock.now())) };
  },
});

const create = defineRoute({
  method: "POST",
  path: "/api/v1/webhook-endpoints",
  who: "admin",
  name: "createWebhookEndpoint",
  group: "Webhooks",
  summary: "Deliver events to an address, from now on",
  description:
    "Deliveries follow Standard Webhooks (https://www.standardwebhooks.com): `webhook-id`, `webhook-timestamp`, `webhook-signature`. At least once, in no promised order; `data.sequence` counts for each WABA.",
  body: z.strictObject({
    url: Url,
    description: z.string().trim().max(200).default(""),
    event_types: z.array(EventTypeName).min(1).nullable().default(null),
    filter: Filter.default({}),
    headers: Headers.default({}),
    algorithm: z.enum(ALGORITHMS).default("hmac-sha256"),
  }),
  answer: { status: 201, description: "The endpoint, with its secret.", schema: NewEndpointSchema },
  problems: ["endpoint_address_not_allowed", "foreign_origin"],
  audit: "webhook_endpoint.created",
  async handle({ deps, body, actor, act }) {
    checkUrl(deps, body.url);
    const { algorithm } = body;
    const endpoint: Endpoint = {
      ...{ id: newId("whe", deps.random), url: body.url, description: body.description, algorithm },
      eventTypes: body.event_types,
      ...filterOf(body.filter),
      ...{ state: "enabled", disabledWhy: null, failingSince: null, version: 1 },
      ...{ createdAt: deps.clock.now(), createdBy: actor.id },
    };
    const current = newSecret(algorithm, deps.random);
    const secrets = { current, previous: null, previousUntil: null, headers: body.headers };
    act.note({ target: { type: "webhook_endpoint", id: endpoint.id }, after: auditedOf(endpoint, secrets) });
    await deps.db.transaction((tx) => insertEndpoint(tx, deps.keyring, endpoint, secrets));
    const opened = await getEndpoint(deps, endpoint.id);
    return { ...renderEndpoint(opened, deps.clock.now()), secret: shownSecretOf(algorithm, current) };
  },
});

const get = defineRoute({
  method: "GET",
  path: "/api/v1/webhook-endpoints/{id}",
  who: "operator",
  name: "getWebhookEndpoint",
  group: "Webhooks",
  summary: "One endpoint",
  params: EndpointId,
  answer: { status: 200, description: "The endpoint.", schema: EndpointSchema },
  isVersioned: true,
  problems: ["endpoint_not_found", "endpoint_unreadable"],
  audit: null,
  async handle({ deps, params, answerHeaders }) {
    const opened = await getEndpoint(deps, params.id);
    setVersion(answerHeaders, opened.endpoint.version);
    return renderEndpoint(opened, deps.clock.now());
  },
});

const Change = z.strictObject({
  url: Url.optional(),
  description: z.string().trim().max(200).optional(),
  event_types: z.array(EventTypeName).min(1).nullable().optional(),
  filter: Filter.optional(),
  headers: Headers.optional(),
  state: z.enum(["enabled", "paused"]).optional().openapi({
    description:
      "`paused`: events wait until it is enabled. A disabled endpoint that is enabled begins with what happens from now on; `POST …/recover` sends the rest.",
  }),
});

const change = defineRoute({
  method: "PATCH",
  path: "/api/v1/webhook-endpoints/{id}",
  who: "admin",
  name: "updateWebhookEndpoint",
  group: "Webhooks",
  summary: "Change an endpoint, pause it or enable it again",
  description:
    "Fields that are left out stay; `event_types`, `filter` and `headers` are replaced as a whole.",
  params: EndpointId,
  body: Change,
  answer: { status: 200, description: "The endpoint as it is now.", schema: EndpointSchema },
  isVersioned: true,
  problems: [
    "endpoint_not_found",
    "endpoint_unreadable",
    "endpoint_address_not_allowed",
    "changed_meanwhile",
    "foreign_origin",
  ],
  audit: "webhook_endpoint.updated",
  async handle({ deps, params, body, request, answerHeaders, act }) {
    if (body.url !== undefined) checkUrl(deps, body.url);
    const matches = ifMatchOf(request);
    await deps.db.transaction(async (tx) => {
      const before = await getEndpoint({ ...deps, db: tx }, params.id, { lock: true });
      if (!matches(before.endpoint.version)) throw new Problem("changed_meanwhile");
      const endpoint = changedBy(before.endpoint, body);
      const secrets = { ...before.secrets, headers: body.headers ?? before.secrets.headers };
      act.note({
        before: auditedOf(before.endpoint, before.secrets),
        after: auditedOf(endpoint, secrets),
      });
      await saveEndpoint(tx, endpoint);
      if (body.headers !== undefined) await saveEndpointSecrets(tx, deps.keyring, params.id, secrets);
    });
    deps.deliverer.wake();
    const opened = await getEndpoint(deps, params.id);
    setVersion(answerHeaders, opened.endpoint.version);
    return renderEndpoint(opened, deps.clock.now());
  },
});

const remove = defineRoute({
  method: "DELETE",
  path: "/api/v1/webhook-endpoints/{id}",
  who: "admin",
  name: "deleteWebhookEndpoint",
  group: "Webhooks",
  summary: "Delete an endpoint and the log of its deliveries",
  params: EndpointId,
  answer: { status: 204, description: "Deleted; nothing more is sent to it." },
  problems: ["endpoint_not_found", "foreign_origin"],
  audit: "webhook_endpoint.deleted",
  async handle({ deps, params, act }) {
    await deps.db.transaction(async (tx) => {
      // Without its secrets: one that no key opens can be deleted, too.
      const endpoint = await findEndpoint(tx, params.id, { lock: true });
      if (endpoint === undefined) throw new Problem("endpoint_not_found", { id: params.id });
      act.note({ before: auditedOf(endpoint) });
      await deleteEndpoint(tx, params.id);
    });
    return null;
  },
});

const rotate = defineRoute({
  method: "POST",
  path: "/api/v1/webhook-endpoints/{id}/rotate-secret",
  who: "admin",
  name: "rotateWebhookSecret",
  group: "Webhooks",
  summary: "Sign with a new secret",
  description:
    "For `overlap_s` seconds each delivery is signed by both, so that the receiver can change at any time within them.",
  params: EndpointId,
  body: z.strictObject({
    overlap_s: z
      .int()
      .min(0)
      .max(LONGEST_OVERLAP_S)
      .default(24 * HOUR_S)
      .openapi({
        description: "How long the old secret signs, too. 0 if it has leaked.",
      }),
  }),
  answer: { status: 200, description: "The endpoint, with its new secret.", schema: NewEndpointSchema },
  problems: ["endpoint_not_found", "endpoint_unreadable", "foreign_origin"],
  audit: "webhook_endpoint.secret_rotated",
  async handle({ deps, params, body, act }) {
    act.note({ detail: { overlap_s: body.overlap_s } });
    const now = deps.clock.now();
    const current = await deps.db.transaction(async (tx) => {
      const { endpoint, secrets } = await getEndpoint({ ...deps, db: tx }, params.id, { lock: true });
      const made = newSecret(endpoint.algorithm, deps.random);
      await saveEndpointSecrets(
        tx,
        deps.keyring,
        params.id,
        rotatedBy(secrets, made, now + body.overlap_s * 1000),
      );
      return made;
    });
    const opened = await getEndpoint(deps, params.id);
    return { ...renderEndpoint(opened, now), secret: shownSecretOf(opened.endpoint.algorithm, current) };
  },
});

const rotatedBy = (secrets: EndpointSecrets, made: string, previousUntil: number): EndpointSecrets => ({
  ...secrets,
  ...{ current: made, previous: secrets.current, previousUntil },
});

const keys = defineRoute({
  method: "GET",
  path: "/.well-known/webhook-keys",
  who: "anyone",
  name: "listWebhookKeys",
  group: "Webhooks",
  summary: "The public keys of endpoints that are signed to with ed25519",
  description: "A JSON Web Key Set (RFC 7517); `kid` is the endpoint. During a rotation it has both keys.",
  answer: {
    status: 200,
    description: "The keys.",
    schema: z
      .object({
        keys: z.array(
          z.object({
            kty: z.literal("OKP"),
            crv: z.literal("Ed25519"),
            use: z.literal("sig"),
            kid: z.string(),
            x: z.string(),
          }),
        ),
      })
      .openapi("WebhookKeys"),
  },
  problems: [],
  audit: null,
  async handle({ deps }) {
    const endpoints = (await readEndpoints(deps.db)).filter(({ algorithm }) => algorithm === "ed25519");
    const ids = endpoints.map(({ id }) => id);
    const opened = await openEndpoints(deps.db, deps.keyring, ids);
    const now = deps.clock.now();
    return {
      keys: [...opened].flatMap(([kid, { secrets }]) =>
        secrets === null ? [] : signingSecrets(secrets, now).map((secret) => keyOf(kid, secret)),
      ),
    };
  },
});

const keyOf = (kid: string, secret: string) => {
  const words = { kty: "OKP", crv: "Ed25519", use: "sig" } as const;
  return { ...words, kid, x: publicKeyOf(secret).toString("base64url") };
};

/** An Ed25519 secret is of no use to the receiver: the public key is. */
const shownSecretOf = (algorithm: Endpoint["algorithm"], secret: string): string | null =>
  algorithm === "ed25519" ? null : secret;

/**
 * Refuses at once what no delivery could reach. A name is judged at each delivery, when it is looked up.
 *
 * @throws Problem endpoint_address_not_allowed
 */
function checkUrl({ webhookNetworks }: Pick<HttpDeps, "webhookNetworks">, url: string): void {
  const why = webhookNetworks.faultOf(new URL(url));
  if (why !== null) throw new Problem("endpoint_address_not_allowed", { why });
}

function changedBy(endpoint: Endpoint, body: z.output<typeof Change>): Endpoint {
  const { url, description, event_types: eventTypes, filter, state } = body;
  return {
    ...endpoint,
    ...(url !== undefined && { url }),
    ...(description !== undefined && { description }),
    ...(eventTypes !== undefined && { eventTypes }),
    ...(filter !== undefined && filterOf(filter)),
    ...(state !== undefined && { state }),
  };
}

const filterOf = ({ client_ids: clientIds, tags }: z.output<typeof Filter>) => ({
  clientIds: clientIds ?? null,
  tags: tags ?? null,
});

/** What the audit keeps: no header's value, and of the address no query. */
function auditedOf(endpoint: Endpoint, secrets?: EndpointSecrets): Record<string, unknown> {
  const { description, eventTypes, clientIds, tags, algorithm, state } = endpoint;
  return {
    ...{ url: addressOf(endpoint), description, event_types: eventTypes, client_ids: clientIds, tags },
    ...{ algorithm, state },
    ...(secrets && { header_names: Object.keys(secrets.headers) }),
  };
}

/** @throws Problem endpoint_not_found, or endpoint_unreadable when no key opens its secrets */
export async function getEndpoint(
  { db, keyring }: { db: Sql; keyring: HttpDeps["keyring"] },
  id: string,
  { lock = false }: { lock?: boolean } = {},
): Promise<{ endpoint: Endpoint; secrets: EndpointSecrets }> {
  if (lock) await findEndpoint(db, id, { lock });
  const opened = (await openEndpoints(db, keyring, [id])).get(id);
  if (opened === undefined) throw new Problem("endpoint_not_found", { id });
  const { endpoint, secrets } = opened;
  if (secrets === null) throw new Problem("endpoint_unreadable");
  return { endpoint, secrets };
}

export const webhookEndpointRoutes: Route[] = [list, create, get, change, remove, rotate, keys];
