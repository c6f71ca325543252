import { z } from "@hono/zod-openapi";
import { openApiOf } from "./openapi-document.ts";
import { defineRoute, type Route } from "../../kit/route.ts";

/** The document of the given calls, as one more call. */
export function documentRoutes(calls: readonly Route[]): Route[] {
  const document: Route = defineRoute({
    method: "GET",
    path: "/api/openapi.json",
    who: "anyone",
    name: "getOpenApi",
    group: "Service",
    summary: "This document",
    answer: { status: 200, description: "OpenAPI 3.1.", schema: z.record(z.string(), z.unknown()) },
    problems: [],
    audit: null,
    handle: ({ deps }) => Promise.resolve({ ...openApiOf([...calls, document], deps.settings.version) }),
  });
  return [document];
}
