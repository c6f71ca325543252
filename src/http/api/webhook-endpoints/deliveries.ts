import { z } from "@hono/zod-openapi";
import {
  DELIVERY_STATES,
  findDelivery,
  insertDeliveries,
  planAgain,
  planFailedDeliveries,
  planMissingDeliveries,
  readAttempts,
  readDeliveries,
  type Delivery,
} from "../../../delivery/delivery-store.ts";
import { OUTCOMES } from "../../../delivery/judge-answer.ts";
import { newId } from "../../../lib/new-id.ts";
import { Problem } from "../../../problems.ts";
import { Cursor, Limit, listOf, pageOf } from "../../kit/list-schema.ts";
import type { HttpDeps } from "../../kit/http-deps.ts";
import { defineRoute, type Route } from "../../kit/route.ts";
import { exampleOf } from "../events/example-event.ts";
import { OUTBOUND_TYPES } from "../events/outbound-event.ts";
import { isoOf } from "../wabas/render-waba.ts";
import { Instant } from "../wabas/waba-schema.ts";
import { DeliveryDetailSchema, DeliverySchema, EventTypeName } from "./endpoint-schema.ts";
import { renderDelivery } from "./render-endpoint.ts";
import { getEndpoint } from "./webhook-endpoints.ts";

const EndpointId = z.object({ id: z.string().max(64) });
const DeliveryId = z.object({ id: z.string().max(100) });

const list = defineRoute({
  method: "GET",
  path: "/api/v1/webhook-endpoints/{id}/deliveries",
  who: "operator",
  name: "listWebhookDeliveries",
  group: "Webhooks",
  summary: "What was delivered to an endpoint, newest first, for 30 days",
  params: EndpointId,
  query: z.strictObject({ state: z.enum(DELIVERY_STATES).optional(), limit: Limit, cursor: Cursor }),
  answer: {
    status: 200,
    description: "One page.",
    schema: listOf(DeliverySchema).openapi("WebhookDeliveryList"),
  },
  problems: ["endpoint_not_found", "endpoint_unreadable", "invalid_cursor"],
  audit: null,
  async handle({ deps, params, query: { state, limit, cursor } }) {
    await getEndpoint(deps, params.id);
    const before = cursor === undefined ? null : parseCursor(cursor);
    const page = { limit: limit + 1, state: state ?? null, before };
    const rows = await readDeliveries(deps.db, params.id, page);
    return pageOf(rows, limit, cursorOf, (found) => found.map(renderDelivery));
  },
});

const cursorOf = ({ createdAt, id }: Delivery): string => `${createdAt}.${id}`;

function parseCursor(text: string): { createdAt: number; id: string } {
  const [, at, id = ""] = /^(\d{1,15})\.(msg_\w{1,80})$/.exec(text) ?? [];
  if (at === undefined) throw new Problem("invalid_cursor");
  return { createdAt: Number(at), id };
}

const get = defineRoute({
  method: "GET",
  path: "/api/v1/deliveries/{id}",
  who: "operator",
  name: "getWebhookDelivery",
  group: "Webhooks",
  summary: "One delivery with its body and every attempt",
  params: DeliveryId,
  answer: { status: 200, description: "The delivery.", schema: DeliveryDetailSchema },
  problems: ["delivery_not_found"],
  audit: null,
  handle: ({ deps, params }) => renderDetail(deps, params.id),
});

const resend = defineRoute({
  method: "POST",
  path: "/api/v1/deliveries/{id}/resend",
  who: "operator",
  name: "resendWebhookDelivery",
  group: "Webhooks",
  summary: "Deliver again, with the same id",
  description: "At once, and then by the plan of ten attempts, whatever became of it before.",
  params: DeliveryId,
  body: z.strictObject({}),
  answer: { status: 200, description: "It is planned.", schema: DeliveryDetailSchema },
  problems: ["delivery_not_found", "endpoint_disabled", "foreign_origin"],
  audit: "webhook_delivery.resent",
  async handle({ deps, params, act }) {
    const now = deps.clock.now();
    await deps.db.transaction(async (tx) => {
      const delivery = await findDelivery(tx, params.id);
      if (delivery === undefined) throw new Problem("delivery_not_found", { id: params.id });
      await checkEnabled({ ...deps, db: tx }, delivery.endpointId);
      await planAgain(tx, params.id, now);
    });
    act.note({ target: { type: "webhook_delivery", id: params.id } });
    deps.deliverer.wake();
    return renderDetail(deps, params.id);
  },
});

const Tested = z
  .object({
    delivery_id: z.string(),
    outcome: z.enum(OUTCOMES),
    status: z.int().nullable(),
    detail: z.string().nullable(),
    took_ms: z.int(),
  })
  .openapi("WebhookTest");

const test = defineRoute({
  method: "POST",
  path: "/api/v1/webhook-endpoints/{id}/test",
  who: "operator",
  name: "testWebhookEndpoint",
  group: "Webhooks",
  summary: "Send an example of an event now, once",
  params: EndpointId,
  body: z.strictObject({ type: EventTypeName.default("webhook.test") }),
  answer: { status: 200, description: "What the receiver answered.", schema: Tested },
  problems: ["endpoint_not_found", "endpoint_unreadable", "unavailable", "foreign_origin"],
  audit: "webhook_endpoint.tested",
  async handle({ deps, params, body, act }) {
    act.note({ detail: { type: body.type } });
    const now = deps.clock.now();
    const id = newId("msg", deps.random);
    const payload = exampleOf(body.type, { id, at: now });
    const delivery = { id, endpointId: params.id, payload, type: body.type, createdAt: now };
    // Without a next attempt: no loop takes it, and a failed test is not repeated.
    await deps.db.transaction(async (tx) => {
      await getEndpoint({ ...deps, db: tx }, params.id);
      await insertDeliveries(tx, [{ ...delivery, nextAttemptAt: null }]);
    });
    const attempt = await act.aside(() => deps.deliverer.attemptOnce(id));
    if (attempt === undefined) throw new Problem("unavailable");
    const { outcome, status, detail, tookMs } = attempt;
    return { delivery_id: id, outcome, status, detail, took_ms: tookMs };
  },
});

/** What was missed comes at 20 a second. */
const SPACING_MS = 50;

const recover = defineRoute({
  method: "POST",
  path: "/api/v1/webhook-endpoints/{id}/recover",
  who: "operator",
  name: "recoverWebhookEndpoint",
  group: "Webhooks",
  summary: "Send what failed, or what was never sent, in a time",
  description:
    "`failed`: deliveries that failed. `missing`: events that the endpoint would take and has no delivery of, because it was disabled or did not exist. They come at 20 a second.",
  params: EndpointId,
  body: z.strictObject({ since: Instant, until: Instant.optional(), only: z.enum(["failed", "missing"]) }),
  answer: {
    status: 200,
    description: "How many are planned.",
    schema: z.object({ planned: z.int() }).openapi("WebhookRecovery"),
  },
  problems: ["endpoint_not_found", "endpoint_unreadable", "endpoint_disabled", "foreign_origin"],
  audit: "webhook_endpoint.recovered",
  async handle({ deps, params, body, act }) {
    const now = deps.clock.now();
    const since = Date.parse(body.since);
    const until = body.until === undefined ? now + 1 : Date.parse(body.until);
    if (since >= until)
      throw new Problem("invalid_request", { faults: "since (body): give an instant before until" });
    const plan = body.only === "failed" ? planFailedDeliveries : planMissingDeliveries;
    const planned = await deps.db.transaction(async (tx) => {
      await checkEnabled({ ...deps, db: tx }, params.id);
      return plan(tx, params.id, { since, until, now, spacingMs: SPACING_MS });
    });
    act.note({ detail: { only: body.only, since: body.since, until: body.until ?? null, planned } });
    deps.deliverer.wake();
    return { planned };
  },
});

/** @throws Problem endpoint_not_found or endpoint_disabled */
async function checkEnabled(deps: Parameters<typeof getEndpoint>[0], id: string): Promise<void> {
  const { endpoint } = await getEndpoint(deps, id, { lock: true });
  if (endpoint.state === "disabled") throw new Problem("endpoint_disabled");
}

const types = defineRoute({
  method: "GET",
  path: "/api/v1/event-types",
  who: "viewer",
  confinedBy: "nothing",
  name: "listEventTypes",
  group: "Webhooks",
  summary: "The types of events, with meaning, schema and example",
  description: "New types may be added at any time: a receiver leaves those that it does not know.",
  answer: {
    status: 200,
    description: "All of them.",
    schema: z
      .object({
        data: z.array(
          z.object({
            type: z.string(),
            meaning: z.string(),
            is_quiet: z.boolean().openapi({ description: "Only sent to endpoints that name it." }),
            schema: z.object({ $ref: z.string() }).openapi({
              description: "The JSON Schema (2020-12) of the body, under `webhooks` of this document.",
            }),
            example: z.unknown(),
          }),
        ),
      })
      .openapi("EventTypeList"),
  },
  problems: [],
  audit: null,
  handle: () => Promise.resolve({ data: EVENT_TYPE_LIST }),
});

const EVENT_TYPE_LIST = OUTBOUND_TYPES.map(({ type, meaning, isQuiet, example }) => ({
  ...{ type, meaning, is_quiet: isQuiet, example },
  schema: { $ref: schemaAddressOf(type) },
}));

/** Where the document has the schema of a type's body. */
function schemaAddressOf(type: string): string {
  return `/api/openapi.json#/webhooks/${type}/post/requestBody/content/application~1json/schema`;
}

async function renderDetail(
  { db, deliverer }: Pick<HttpDeps, "db" | "deliverer">,
  id: string,
): Promise<z.input<typeof DeliveryDetailSchema>> {
  const delivery = await findDelivery(db, id);
  if (delivery === undefined) throw new Problem("delivery_not_found", { id });
  const attempts = await readAttempts(db, id);
  return {
    ...renderDelivery(delivery),
    body: (await deliverer.bodyOf(delivery)) ?? null,
    attempts: attempts.map((attempt) => ({ ...attempt, at: isoOf(attempt.at.getTime()) })),
  };
}

export const deliveryRoutes: Route[] = [list, get, resend, test, recover, types];
