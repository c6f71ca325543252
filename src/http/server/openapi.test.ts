import { expect, test } from "vitest";
import { PROBLEMS } from "../../problems.ts";
import { openapiDocument } from "./openapi.ts";
import { ROUTES } from "./route-table.ts";

const document = JSON.parse(JSON.stringify(openapiDocument("1.2.3"))) as {
  openapi: string;
  info: { title: string; version: string };
  paths: Record<string, Record<string, Operation>>;
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
