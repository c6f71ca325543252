import type { IncomingMessage } from "node:http";
import type { z } from "@hono/zod-openapi";
import type { Actor, Role } from "../../access/actor.ts";
import type { HttpDeps } from "./http-deps.ts";
import type { ProblemCode } from "../../problems.ts";

/**
 * One call of the API as a value. The table of all of them is what the server mounts and what the OpenAPI document is made from,
 * so that neither can know a call that the other does not.
 */
export interface RouteSpec<
  Params extends Fields,
  Query extends Fields,
  Body extends z.ZodType,
  Answer extends z.ZodType,
> {
  method: Method;
  /** "/api/v1/wabas/{waba_id}". */
  path: string;
  /** The least role that may; "anyone" needs no key. */
  who: "anyone" | Role;
  /** The name of the operation in generated clients: "listWabas". */
  name: string;
  group: RouteGroup;
  summary: string;
  description?: string;
  params?: Params;
  query?: Query;
  body?: Body;
  /** The one successful answer. Without a schema it has no JSON body. */
  answer: {
    status: 200 | 201 | 204;
    description: string;
    schema?: Answer;
    contentType?: string;
    alsoAs?: string[];
  };
  /** Refusals of this call beyond those that every call has. */
  problems: readonly ProblemCode[];
  /** What the audit calls it, "waba.checked"; null for what changes nothing. Every write must say. */
  audit: string | null;
  /** Reads its input from the context and calls one verb. A Response is handed on as it is. */
  handle(
    context: RouteContext<z.output<Params>, z.output<Query>, z.output<Body>>,
  ): Promise<Answered<Answer> | Response>;
}

interface RouteContext<Params, Query, Body> {
  deps: HttpDeps;
  params: Params;
  query: Query;
  body: Body;
  /** Who calls; for "anyone" calls a viewer without a name. */
  actor: Actor;
  requestId: string;
  request: Request;
  /** The same as Node has it: the socket tells who calls. */
  incoming: IncomingMessage;
  /** Headers of the answer, for cookies and the like. */
  answerHeaders: Headers;
}

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
type RouteGroup = "Session" | "WABAs" | "Onboarding" | "Numbers" | "Events" | "Directory" | "Service";
type Fields = z.ZodObject;
type Answered<Answer extends z.ZodType> = z.input<Answer> | null;

/** A route whose own schemas are no longer told apart: what the table holds. */
export type Route = RouteSpec<Fields, Fields, z.ZodType, z.ZodType>;

/** Checks a route against its own schemas, then lets it stand in the table. */
export function defineRoute<
  Params extends Fields = Fields,
  Query extends Fields = Fields,
  Body extends z.ZodType = z.ZodType,
  Answer extends z.ZodType = z.ZodType,
>(spec: RouteSpec<Params, Query, Body, Answer>): Route {
  // The handler only ever gets what its own schemas have parsed, which the table's type cannot say.
  return spec as unknown as Route;
}
