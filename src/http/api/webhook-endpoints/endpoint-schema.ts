import { z } from "@hono/zod-openapi";
import { DELIVERY_STATES } from "../../../delivery/delivery-store.ts";
import { DISABLED_WHYS, ENDPOINT_STATES } from "../../../delivery/endpoint.ts";
import { EVENT_TYPES } from "../../../delivery/event-types.ts";
import { OUTCOMES } from "../../../delivery/judge-answer.ts";
import { ALGORITHMS } from "../../../delivery/webhook-signature.ts";
import { Instant } from "../wabas/waba-schema.ts";

const TYPES = Object.keys(EVENT_TYPES) as [keyof typeof EVENT_TYPES, ...(keyof typeof EVENT_TYPES)[]];

export const EventTypeName = z.enum(TYPES);

const Names = z.array(z.string().trim().min(1).max(100)).min(1).max(100);

export const Filter = z
  .strictObject({ client_ids: Names.optional(), tags: Names.optional() })
  .openapi("WebhookFilter", {
    description:
      "Only events of WABAs of these clients, and with one of these tags (of the WABA or its client).",
  });

/** Headers that are ours, or belong to the connection. */
const OWN_HEADERS =
  /^(webhook-.*|content-.*|host|connection|transfer-encoding|upgrade|expect|te|trailer|keep-alive|user-agent|proxy-.*)$/i;

export const Headers = z
  .record(
    z
      .string()
      .regex(/^[\w!#$%&'*+.^`|~-]{1,100}$/, "the name of a header")
      .refine((name) => !OWN_HEADERS.test(name), "this header is set by Sharekeeper"),
    z
      .string()
      .max(1000)
      .regex(/^[\t\x20-\x7e]*$/, "printable characters alone"),
  )
  .refine((headers) => Object.keys(headers).length <= 20, "at most 20 headers")
  .openapi({ description: "Headers that each delivery carries. Shown by name only." });

export const EndpointSchema = z
  .object({
    id: z.string().openapi({ example: "whe_3k9x1m5t8q2w7z4v6b0n" }),
    url: z.string(),
    description: z.string(),
    event_types: z.array(z.string()).nullable().openapi({
      description: "Null: all, but those that are only sent where they are named (`GET /event-types`).",
    }),
    filter: z.object({ client_ids: z.array(z.string()).nullable(), tags: z.array(z.string()).nullable() }),
    header_names: z.array(z.string()),
    algorithm: z.enum(ALGORITHMS),
    public_key: z.string().nullable().openapi({
      description: "`whpk_…`, what the receiver verifies `v1a` signatures with. Null for hmac-sha256.",
    }),
    previous_secret_until: Instant.nullable().openapi({
      description: "Until when the secret before the last rotation signs, too.",
    }),
    state: z.enum(ENDPOINT_STATES),
    disabled_why: z.enum(DISABLED_WHYS).nullable().openapi({
      description:
        "It only failed for five days, it answered 410, or it answered `Webhook-Control: disable`.",
    }),
    failing_since: Instant.nullable(),
    created_at: Instant,
    created_by: z.string(),
  })
  .openapi("WebhookEndpoint");

export const NewEndpointSchema = EndpointSchema.extend({
  secret: z.string().nullable().openapi({
    description: "`whsec_…`, shown only once. Null for ed25519, whose secret never leaves Sharekeeper.",
  }),
}).openapi("NewWebhookEndpoint");

export const DeliverySchema = z
  .object({
    id: z.string().openapi({ description: "The header `webhook-id`, the same at each attempt." }),
    endpoint_id: z.string(),
    event_id: z
      .string()
      .nullable()
      .openapi({ description: "The event of `GET /events`; null: a test, or about an endpoint." }),
    type: z.string(),
    state: z.enum(DELIVERY_STATES),
    failed_count: z.int().openapi({ description: "Failed attempts since it was last planned, of ten." }),
    next_attempt_at: Instant.nullable(),
    ended_at: Instant.nullable(),
    created_at: Instant,
  })
  .openapi("WebhookDelivery");

export const DeliveryDetailSchema = DeliverySchema.extend({
  body: z.unknown().openapi({ description: "What is sent, as it is known now." }),
  attempts: z.array(
    z.object({
      n: z.int(),
      at: Instant,
      took_ms: z.int(),
      outcome: z.enum(OUTCOMES),
      status: z.int().nullable().openapi({ description: "Null: no answer came." }),
      detail: z.string().nullable(),
      answer_headers: z.record(z.string(), z.string()).nullable(),
      answer_body: z.string().nullable().openapi({ description: "Its first 4 KB." }),
    }),
  ),
}).openapi("WebhookDeliveryDetail");
