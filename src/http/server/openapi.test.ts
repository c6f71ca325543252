import { z } from "@hono/zod-openapi";
import { expect, test } from "vitest";
import { EVENT_TYPES } from "../../delivery/event-types.ts";
import { PROBLEMS } from "../../problems.ts";
import { openapiDocument } from "./openapi.ts";
import { ROUTES } from "./route-table.ts";

const document = JSON.parse(JSON.stringify(openapiDocument("1.2.3"))) as {
  openapi: string;
  info: { title: string; version: string };
  paths: Record<string, Record<string, Operation>>;
  webhooks: Record<string, { post: Webhook }>;
  components: { schemas: Record<string, object>; securitySchemes: Record<string, { type: string }> };
};
interface Operation {
  operationId: string;
  summary: string;
  security?: object[];
  parameters?: { name: string; in: string; required?: boolean }[];
  responses: Record<
    string,
    { description: string; content?: Record<string, { schema: object; examples?: object }> }
  >;
}

interface Webhook {
  operationId: string;
  summary: string;
  parameters: { name: string; in: string; required?: boolean }[];
  requestBody: {
    content: { "application/json": { schema: object; example: { type: string; data: object } } };
  };
}

const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
);

test("it is OpenAPI 3.1 and says how to authenticate", () => {
  expect(document.openapi).toBe("3.1.0");
  expect(document.info).toMatchObject({ title: "Sharekeeper", version: "1.2.3" });
  expect(Object.keys(document.components.securitySchemes)).toEqual(["apiKey", "session"]);
});

test("every route of the table is in it, and nothing else", () => {
  const documented = operations.map(({ method, path }) => `${method} ${path}`).sort();
  expect(documented).toEqual(ROUTES.map((route) => `${route.method} ${route.path}`).sort());
  const names = operations.map(({ operation }) => operation.operationId);
  expect(new Set(names).size).toBe(names.length);
});

test("every operation documents its parameters, its answer and its problems", () => {
  for (const { path, operation } of operations) {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
    const documented = (operation.parameters ?? []).filter((parameter) => parameter.in === "path");
    expect(documented.map((parameter) => parameter.name)).toEqual(inPath);
    expect(Object.keys(operation.responses).some((status) => /^[23]/.test(status))).toBe(true);
    const internal = operation.responses["500"]?.content?.["application/problem+json"];
    expect(internal?.schema).toEqual({ $ref: "#/components/schemas/Problem" });
  }
});

test("every reference has a target", () => {
  const references = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(
    (match) => match[1],
  );
  expect(references.length).toBeGreaterThan(20);
  for (const name of references) expect(document.components.schemas).toHaveProperty(name ?? "");
});

test("every write names its audit action, or changes nothing", () => {
  const unaudited = ROUTES.filter((route) => route.method !== "GET" && route.audit === null).map(
    (route) => route.path,
  );
  expect(unaudited.toSorted()).toEqual([
    "/api/v1/can-send",
    "/api/v1/passkeys/options",
    "/api/v1/session/passkey/options",
  ]);
});

test("every write of a known caller by POST takes an Idempotency-Key and documents its refusals", () => {
  for (const { method, operation } of operations) {
    const isOffered = (operation.parameters ?? []).some(({ name }) => name === "Idempotency-Key");
    expect(isOffered).toBe(method === "POST" && operation.security === undefined);
    const refusals = [409, 422].map((status) => operation.responses[String(status)]?.description).join();
    for (const code of ["idempotency_key_reused", "idempotency_in_progress", "idempotency_answer_lost"])
      expect(refusals.includes(code)).toBe(isOffered);
  }
});

test("only public routes need no key", () => {
  const open = ROUTES.filter((route) => route.who === "anyone").map(
    (route) => `${route.method} ${route.path}`,
  );
  expect(open.toSorted()).toEqual([
    "GET /.well-known/webhook-keys",
    "GET /api/openapi.json",
    "GET /api/v1/about",
    "GET /api/v1/auth/oidc/{provider}/callback",
    "GET /api/v1/auth/oidc/{provider}/start",
    "GET /api/v1/session/ways",
    "POST /api/v1/auth/oidc/{provider}/logout",
    "POST /api/v1/session",
    "POST /api/v1/session/first-admin",
    "POST /api/v1/session/invitation",
    "POST /api/v1/session/passkey",
    "POST /api/v1/session/passkey/options",
  ]);
});

test("problems of routes are in the table", () => {
  for (const route of ROUTES) for (const code of route.problems) expect(PROBLEMS).toHaveProperty(code);
});

/** Every schema of a call's input, with its place. */
function inputsOf(schema: unknown, place: string): [place: string, schema: Record<string, unknown>][] {
  if (typeof schema !== "object" || schema === null) return [];
  if (Array.isArray(schema)) return schema.flatMap((each, nth) => inputsOf(each, `${place}.${nth}`));
  const own = schema as Record<string, unknown>;
  const { $ref } = own;
  if (typeof $ref === "string")
    return inputsOf(document.components.schemas[$ref.split("/").at(-1) ?? ""], place);
  return [[place, own], ...Object.entries(own).flatMap(([name, each]) => inputsOf(each, `${place}.${name}`))];
}

const inputs = operations.flatMap(({ method, path, operation }) => {
  const { parameters = [], requestBody } = operation as unknown as {
    parameters?: object[];
    requestBody?: object;
  };
  return inputsOf([parameters, requestBody ?? null], `${method} ${path}`);
});

test("every text that a call takes has a bound", () => {
  const isBounded = ({ maxLength, pattern, format, ...rest }: Record<string, unknown>): boolean =>
    [maxLength, pattern, format, rest["enum"], rest["const"]].some((bound) => bound !== undefined);
  // Words of a list or tags; the whole address has at most 16 KB.
  const isList = (text: unknown): boolean => /separated by commas/.test(String(text));
  const texts = inputs.filter(
    ([, { type, description }]) => [type].flat().includes("string") && !isList(description),
  );
  expect(texts.length).toBeGreaterThan(60);
  expect(texts.filter(([, schema]) => !isBounded(schema)).map(([place]) => place)).toEqual([]);
});

test("every list that a call takes has a bound, and every body names all its fields", () => {
  const lists = inputs.filter(([, { type }]) => type === "array");
  expect(lists.filter(([, { maxItems }]) => maxItems === undefined).map(([place]) => place)).toEqual([]);
  // What a browser says of a passkey may grow; the library that verifies it reads the fields that it knows.
  const named = inputs.filter(([place]) => !/\/passkeys?\./.test(place));
  const bodies = named.filter(([, { type, properties }]) => type === "object" && properties !== undefined);
  expect(bodies.length).toBeGreaterThan(15);
  expect(bodies.filter(([, body]) => body["additionalProperties"] !== false).map(([place]) => place)).toEqual(
    [],
  );
});

const webhooks = Object.entries(document.webhooks);

/** What a stock reader of JSON Schema makes of a schema of this document. */
function readerOf(schema: object): z.ZodType {
  const text = JSON.stringify({ ...schema, $defs: document.components.schemas });
  return z.fromJSONSchema(JSON.parse(text.replaceAll("#/components/schemas/", "#/$defs/")));
}

test("every type of event is a webhook with its meaning, its headers and an operation of its own", () => {
  expect(webhooks.map(([type]) => type)).toEqual(Object.keys(EVENT_TYPES));
  const names = webhooks.map(([, { post }]) => post.operationId);
  expect(new Set(names).size).toBe(names.length);
  for (const [type, { post }] of webhooks) {
    expect(post.summary).toBe(EVENT_TYPES[type as keyof typeof EVENT_TYPES]);
    const required = post.parameters.filter((parameter) => parameter.in === "header" && parameter.required);
    expect(required.map(({ name }) => name)).toEqual([
      "webhook-id",
      "webhook-timestamp",
      "webhook-signature",
    ]);
  }
});

test.each(webhooks)("the example of %s is what its schema says, and nothing less", (type, { post }) => {
  const { schema, example } = post.requestBody.content["application/json"];
  const reader = readerOf(schema);
  expect(reader.safeParse(example).error).toBeUndefined();
  expect(example.type).toBe(type);
  const wrong = [
    { ...example, type: "another.type" },
    { ...example, data: {} },
    { ...example, timestamp: "at noon" },
  ];
  for (const each of wrong) expect(reader.safeParse(each).success).toBe(false);
});
