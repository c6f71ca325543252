import { z, type OpenAPIHono } from "@hono/zod-openapi";
import type { OutboundType } from "../events/outbound-event.ts";

/** The headers of Standard Webhooks 1.0.0. */
const HEADERS = z.object({
  "webhook-id": z.string().openapi({
    description: "The same at each attempt: take each id once.",
    example: "msg_0123456789abcdefghjk_42",
  }),
  "webhook-timestamp": z.string().openapi({
    description: "When this attempt was signed, in seconds since 1970. Refuse one that is minutes old.",
    example: "1795944600",
  }),
  "webhook-signature": z.string().openapi({
    description:
      "Signatures of `<webhook-id>.<webhook-timestamp>.<raw body>`, separated by spaces: `v1,` and HMAC-SHA256, or `v1a,` and Ed25519, in base64. During a rotation there are two; one that fits is enough.",
    example: "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=",
  }),
});

const CONTROL = {
  "Webhook-Control": {
    description: "`stop`: no further attempt of this delivery. `disable`: no further delivery at all.",
    schema: { type: "string", pattern: "^(stop|disable)$" },
  },
} as const;

const RETRY_AFTER = {
  "Retry-After": {
    description: "The next attempt comes no earlier, up to a day: seconds, or a date of HTTP.",
    schema: { type: "string" },
  },
} as const;

const RESPONSES = {
  "2XX": { description: "Taken. Answer within 15 s and do the work afterwards." },
  "410": { description: "No longer wanted: the endpoint is disabled." },
  default: {
    description: "Failed, a redirect too: ten attempts in all, over about three days.",
    headers: { ...CONTROL, ...RETRY_AFTER },
  },
};

/** Adds what an endpoint receives for one type of event under `webhooks` of the document. */
export function registerEvent(
  registry: OpenAPIHono["openAPIRegistry"],
  { type, meaning, isQuiet, schema, example }: OutboundType,
): void {
  registry.registerWebhook({
    method: "post",
    path: type,
    operationId: `on_${type.replaceAll(".", "_")}`,
    tags: ["Events"],
    summary: meaning,
    ...(isQuiet && { description: "Sent only to endpoints that name this type." }),
    security: [],
    request: {
      headers: HEADERS,
      body: { required: true, content: { "application/json": { schema, example } } },
    },
    responses: RESPONSES,
  });
}
