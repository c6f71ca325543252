import type { IncomingMessage } from "node:http";
import type { z } from "@hono/zod-openapi";
import type { Act } from "../../access/act.ts";
import type { Actor, Role, Scope } from "../../access/actor.ts";
import type { Caller } from "../../access/find-caller.ts";
import type { HttpDeps } from "./http-deps.ts";
import type { ProblemCode } from "../../problems.ts";
import type { By } from "../../sharing/record/record-observation.ts";

/**
 * One call of the API as a value. The server and the OpenAPI document are both made from the table of all
 * routes, so they always match.
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
  /** The least role that may call it; "anyone" needs no key. */
  who: "anyone" | Role;
  /**
   * The scope of keys that may call it beside keys without scopes. Without one, a key of certain scopes may
   * not.
   */
  scope?: Scope;
  /**
   * How the call keeps to the client of a caller who has one (confine.ts). Left out: by the WABA, number,
   * client or signup that its path names; with another path it refuses such a caller. "caller": the handler
   * reads and changes only what `isWithin(actor, …)` admits. "nothing": the call holds no client's data.
   */
  confinedBy?: "caller" | "nothing";
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
    status: 200 | 201 | 204 | 302;
    description: string;
    schema?: Answer;
    contentType?: string;
    alsoAs?: string[];
  };
  /** Its answer has an ETag. A read takes If-None-Match, a write If-Match: see etag.ts. */
  isVersioned?: true;
  /** Refusals of this call, in addition to those that every call has. */
  problems: readonly ProblemCode[];
  /**
   * The action's name in the audit, such as "waba.checked"; null for calls that change nothing. Every write
   * must set it.
   */
  audit: string | null;
  /** Reads its input from the context and calls one verb. A Response is passed on unchanged. */
  handle(
    context: RouteContext<z.output<Params>, z.output<Query>, z.output<Body>>,
  ): Promise<Answered<Answer> | Response>;
}

interface RouteContext<Params, Query, Body> {
  deps: HttpDeps;
  params: Params;
  query: Query;
  body: Body;
  /** The caller; for "anyone" routes a viewer without a name. */
  actor: Actor;
  /** The session that was used; null for a key. */
  sessionId: string | null;
  /** Both, with what was shown: for an answer that ends with it. */
  caller: Caller;
  requestId: string;
  /** What the line in the audit says of this call: note its target, and what was before and after. */
  act: CallAct;
  /** Both, as what the caller orders is recorded. */
  by: By;
  request: Request;
  /** Node's request and response: the socket shows the caller's address. */
  incoming: IncomingMessage;
  /** Headers of the answer, for cookies and the like. */
  answerHeaders: Headers;
}

/** What a handler, and the checks before it, may add to the line in the audit. */
export type CallAct = Pick<Act, "by" | "note" | "watch" | "aside" | "alongside" | "repeats">;

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
type RouteGroup =
  | "Session"
  | "People"
  | "WABAs"
  | "Onboarding"
  | "Numbers"
  | "Alerts"
  | "Events"
  | "Webhooks"
  | "Directory"
  | "Service";
type Fields = z.ZodObject;
type Answered<Answer extends z.ZodType> = z.input<Answer> | null;

/** A route whose own schema types are erased, as the table holds it. */
export type Route = RouteSpec<Fields, Fields, z.ZodType, z.ZodType>;

/** Whether its calls may be sent with an Idempotency-Key: such a key belongs to a caller that is known. */
export const takesIdempotencyKey = ({ method, who }: Pick<Route, "method" | "who">): boolean =>
  method === "POST" && who !== "anyone";

/** Checks a route against its own schemas, then adds it to the table. */
export function defineRoute<
  Params extends Fields = Fields,
  Query extends Fields = Fields,
  Body extends z.ZodType = z.ZodType,
  Answer extends z.ZodType = z.ZodType,
>(spec: RouteSpec<Params, Query, Body, Answer>): Route {
  // The handler only receives what its own schemas have parsed; the table's type cannot express this.
  return spec;
}
