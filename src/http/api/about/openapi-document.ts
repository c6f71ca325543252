import { OpenAPIHono, z } from "@hono/zod-openapi";
import { en, english } from "../../../messages/english.ts";
import { PROBLEMS, type ProblemCode } from "../../../problems.ts";
import { sessionCookieOf } from "../../kit/authenticate.ts";
import { KEY_HEADER, LONGEST_KEY, REPLAYED_HEADER } from "../../kit/idempotent-call.ts";
import { takesIdempotencyKey, type Route } from "../../kit/route.ts";
import { OUTBOUND_TYPES } from "../events/outbound-event.ts";
import { registerEvent } from "./openapi-webhooks.ts";

type OpenApiRegistry = OpenAPIHono["openAPIRegistry"];
export type OpenApiDocument = ReturnType<OpenAPIHono["getOpenAPI31Document"]>;

const ProblemSchema = z
  .object({
    type: z.string().openapi({ example: "/problems/waba_not_found" }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.enum(Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]]),
    who_must_act: z.enum(["client", "provider", "meta", "nobody"]),
    request_id: z.string(),
    reason: z.string().nullable().optional(),
    since: z.iso.datetime().nullable().optional(),
    has_reshare_link: z.boolean().optional(),
  })
  .openapi("Problem", { description: "RFC 9457. `code` is stable; `title` and `detail` are for people." });

/** The refusals that every call may answer with. */
const COMMON: ProblemCode[] = ["invalid_request", "internal", "unavailable"];
const SIGNED_IN: ProblemCode[] = ["unauthenticated", "wrong_api_key", "not_permitted", "rate_limited"];
const VERSIONED: ProblemCode[] = ["changed_meanwhile"];
const WITH_BODY: ProblemCode[] = ["malformed_body", "body_too_large", "unsupported_media_type"];

/** Adds one route to the document. */
function registerRoute(registry: OpenApiRegistry, route: Route): void {
  registry.registerPath({
    method: route.method.toLowerCase() as "get" | "post" | "delete",
    path: route.path,
    operationId: route.name,
    tags: [route.group],
    summary: route.summary,
    ...(route.description && { description: route.description }),
    ...(route.who === "anyone" ? { security: [] } : { "x-least-role": route.who }),
    request: {
      ...(route.params && { params: route.params }),
      ...(route.query && { query: route.query }),
      ...headersOf(route),
      ...(route.body && {
        body: {
          required: !route.body.safeParse({}).success,
          content: { "application/json": { schema: route.body } },
        },
      }),
    },
    responses: { [route.answer.status]: answerOf(route), ...unchangedOf(route), ...problemsOf(route) },
  });
}

const CONDITION = z.string().max(1000).optional();

const REPEATABLE: ProblemCode[] = [
  "idempotency_key_reused",
  "idempotency_in_progress",
  "idempotency_answer_lost",
];

/** The headers that a call takes. */
function headersOf(route: Route): { headers?: z.ZodObject } {
  const headers = { ...conditionsOf(route), ...(takesIdempotencyKey(route) && { [KEY_HEADER]: KeyHeader }) };
  return Object.keys(headers).length === 0 ? {} : { headers: z.object(headers) };
}

const KeyHeader = z.string().min(1).max(LONGEST_KEY).optional().openapi({
  description:
    "Makes it safe to send the request again: for 24 hours the same key and request get the first answer, and nothing is done twice. Use a new random key for each act.",
  example: "0b6a3c1e-3b0f-4d8f-9a52-6d1a0c6c7e55",
});

function conditionsOf({ method, isVersioned }: Route): Record<string, z.ZodType> {
  if (!isVersioned) return {};
  const known = CONDITION.openapi({
    description: "The `ETag` of an earlier answer: 304 when it is the same.",
  });
  const seen = CONDITION.openapi({
    description: "The `ETag` of the answer that was edited: 412 when somebody has changed it meanwhile.",
  });
  return method === "GET" ? { "If-None-Match": known } : { "If-Match": seen };
}

const ETAG = {
  ETag: { description: "For `If-None-Match` and `If-Match`.", schema: { type: "string" } },
} as const;

const REPLAYED = {
  [REPLAYED_HEADER]: {
    description: "`true`: this is the kept answer to an earlier request with the same `Idempotency-Key`.",
    schema: { type: "string" },
  },
} as const;

const QUOTA = {
  "RateLimit-Policy": {
    description:
      'How many requests a key or person may send, such as `"default";q=6000;w=60`: 6000 in 60 s. Missing: no limit.',
    schema: { type: "string" },
  },
  RateLimit: {
    description: 'How many are left, such as `"default";r=5990;t=42`: 5990 within 42 s.',
    schema: { type: "string" },
  },
} as const;

const LATER: ReadonlySet<string> = new Set(["429", "503"]);
const RETRY_AFTER = {
  "Retry-After": { description: "When to send it again, in seconds.", schema: { type: "integer" } },
} as const;

const ANSWER_HEADERS = {
  "Request-Id": { description: "The id of this request.", schema: { type: "string" } },
  "Sharekeeper-Time": { description: "Our clock.", schema: { type: "string", format: "date-time" } },
} as const;

function answerOf(route: Route): {
  description: string;
  headers: typeof ANSWER_HEADERS;
  content?: Content;
} {
  const { answer, isVersioned } = route;
  const headers = {
    ...ANSWER_HEADERS,
    ...(route.who !== "anyone" && QUOTA),
    ...(isVersioned && ETAG),
    ...(takesIdempotencyKey(route) && REPLAYED),
  };
  const described = { description: answer.description, headers };
  const { schema, contentType = "application/json", alsoAs = [] } = answer;
  if (!schema) return described;
  const others = alsoAs.map((type) => [type, { schema: z.string() }] as const);
  return { ...described, content: { [contentType]: { schema }, ...Object.fromEntries(others) } };
}

type Content = Record<string, { schema: z.ZodType; examples?: Record<string, { value: unknown }> }>;

function unchangedOf({ method, isVersioned }: Route): Record<string, { description: string }> {
  return isVersioned && method === "GET" ? { 304: { description: "It is as `If-None-Match` says." } } : {};
}

type Refusals = { description: string; headers?: typeof RETRY_AFTER; content: Content };

/** The refusals by status, each code with its text as an example. */
function problemsOf(route: Route): Record<string, Refusals> {
  const codes = [
    ...COMMON,
    ...route.problems,
    ...(route.who === "anyone" ? [] : SIGNED_IN),
    ...(route.body ? WITH_BODY : []),
    ...(route.isVersioned && route.method !== "GET" ? VERSIONED : []),
    ...(takesIdempotencyKey(route) ? REPEATABLE : []),
  ];
  const byStatus = Map.groupBy(new Set(codes), (code) => String(PROBLEMS[code].status));
  return Object.fromEntries(
    [...byStatus].map(([status, group]) => [
      status,
      {
        description: group.map((code) => `\`${code}\`: ${english(`problem.${code}.title`)}`).join("\n\n"),
        ...(LATER.has(status) && { headers: RETRY_AFTER }),
        content: {
          "application/problem+json": {
            schema: ProblemSchema,
            examples: Object.fromEntries(group.map((code) => [code, { value: exampleOf(code) }])),
          },
        },
      },
    ]),
  );
}

function exampleOf(code: ProblemCode): Record<string, unknown> {
  const { status, whoMustAct } = PROBLEMS[code];
  const { title, detail } = en.problem[code];
  const ids = { who_must_act: whoMustAct, request_id: "req_5f0c2a7d9e1b4c3a8d6f7e21" };
  return { type: `/problems/${code}`, title, status, detail, code, ...ids };
}

/** The document of a table of routes and of the types of events, without a server. */
export function openApiOf(routes: readonly Route[], version: string): OpenApiDocument {
  const holder = new OpenAPIHono();
  const registry = holder.openAPIRegistry;
  registry.registerComponent("securitySchemes", "apiKey", {
    type: "apiKey",
    in: "header",
    name: "X-API-Key",
  });
  registry.registerComponent("securitySchemes", "session", {
    type: "apiKey",
    in: "cookie",
    name: sessionCookieOf({ publicUrl: "https:" }),
    description:
      "A request with `Sharekeeper-Background: 1` does not keep its session from going idle: a page sends it with what it asks while nobody touches it.",
  });
  for (const route of routes) registerRoute(registry, route);
  for (const type of OUTBOUND_TYPES) registerEvent(registry, type);
  return holder.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Sharekeeper",
      version,
      description:
        "Keeps WhatsApp Business Accounts shared with their provider. Meta's ids are strings, instants are ISO 8601, refusals are " +
        "problems of RFC 9457.",
      license: { name: "Apache-2.0", url: "https://www.apache.org/licenses/LICENSE-2.0" },
    },
    servers: [{ url: "/" }],
    security: [{ apiKey: [] }, { session: [] }],
  });
}
