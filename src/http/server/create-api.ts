import type { ServerResponse } from "node:http";
import { Hono, type Context } from "hono";
import { compress } from "hono/compress";
import { routePath } from "hono/route";
import type { Caller } from "../../access/find-caller.ts";
import { Problem, PROBLEMS, renderProblem } from "../../problems.ts";
import { targetOfPath } from "../kit/audit-target.ts";
import { confine } from "./confine.ts";
import { authenticate } from "../kit/authenticate.ts";
import { completeTag, isKnown } from "../kit/etag.ts";
import { boundOpenRoutes } from "./host-guard.ts";
import type { Api, HttpEnv } from "../kit/http-env.ts";
import type { HttpDeps } from "../kit/http-deps.ts";
import { problemOf } from "../kit/problem-of.ts";
import { ClientGone, parseInput, readJsonBody, readQuery } from "../kit/read-input.ts";
import { refuseKeyInQuery } from "../kit/key-in-query.ts";
import { getFreshSession } from "../kit/own-session.ts";
import { quotaHeadersOf } from "../kit/request-quotas.ts";
import { requestIdOf } from "../kit/request-id.ts";
import { IdempotentCall } from "../kit/idempotent-call.ts";
import { takesIdempotencyKey, type CallAct, type Route } from "../kit/route.ts";

/**
 * Mounts the table of routes. Every answer has a Request-Id and our time; every refusal is a problem of the
 * table.
 */
export function createApi(routes: readonly Route[], deps: HttpDeps): Api {
  const api: Api = new Hono<HttpEnv>();
  api.use("*", async (context, next) => {
    const sent = [context.req.header("request-id"), context.req.header("x-request-id")];
    context.set("requestId", requestIdOf(sent, deps.random));
    await next();
    context.res.headers.set("Request-Id", context.get("requestId"));
    // Hono answers HEAD by the route of GET and drops its body. Cancelling the body here releases what a
    // stream holds.
    if (context.req.method === "HEAD") await context.res.body?.cancel();
  });
  api.use("/api/*", async (context, next) => {
    refuseKeyInQuery(context.req.url);
    await next();
    context.res.headers.set("Sharekeeper-Time", new Date(deps.clock.now()).toISOString());
    if (!context.res.headers.has("Cache-Control")) context.res.headers.set("Cache-Control", "no-store");
    const quota = context.get("quota");
    for (const [name, value] of Object.entries(quota === undefined ? {} : quotaHeadersOf(quota)))
      context.res.headers.set(name, value);
  });
  const bound = boundOpenRoutes(deps.openRouteBytes, deps.wallClock);
  for (const [method, path] of openRoutesOf(routes)) api.on(method, path, bound);
  // Only reads are compressed: the answer of a write may hold a secret. The cookie is SameSite, so another
  // site cannot make a browser send a request and learn the content from the length of its answer.
  api.on("GET", "/api/*", compress());
  for (const route of routes)
    api.on(route.method, honoPathOf(route.path), (context) => answer(route, deps, context));
  for (const [path, methods] of methodsByPath(routes))
    api.all(honoPathOf(path), (context) => {
      throw new Problem(
        "method_not_allowed",
        { path: context.req.path, allowed: methods.join(", ") },
        { headers: { Allow: methods.join(", ") } },
      );
    });
  api.onError((error, context) => problemAnswer(asProblem(error, deps, context), context));
  api.notFound((context) => problemAnswer(new Problem("not_found", { path: context.req.path }), context));
  return api;
}

/** One call. With an Idempotency-Key its answer is kept, when its line in the audit is written too. */
async function answer(route: Route, deps: HttpDeps, context: Context<HttpEnv>): Promise<Response> {
  const repeatable = new IdempotentCall(deps);
  try {
    const response = await runRecorded(route, deps, context, repeatable);
    await repeatable.keep(response);
    return response;
  } catch (error) {
    await repeatable.keepRefusal(error, context.get("requestId"));
    throw error;
  }
}

/** A call that changes something leaves its line in the audit, whatever its outcome. */
async function runRecorded(
  route: Route,
  deps: HttpDeps,
  context: Context<HttpEnv>,
  repeatable: IdempotentCall,
): Promise<Response> {
  const { audit } = route;
  if (audit === null) return execute(route, deps, context, { act: NO_ACT, repeatable });
  const beginning = {
    ...{ action: audit, requestId: context.get("requestId"), address: deps.addressOf(context.env.incoming) },
    target: targetOfPath(route.path, context.req.param()),
  };
  const response = await deps.acts.record(beginning, (act) =>
    execute(route, { ...deps, db: act.over(deps.db) }, context, { act, repeatable }),
  );
  // A reader of an event may rely on it: this instance's gate has followed the journal at least that far.
  await deps.gate.follow();
  return response;
}

/** Authenticates, parses, calls the handler, unless the call was done before. */
async function execute(
  route: Route,
  deps: HttpDeps,
  context: Context<HttpEnv>,
  { act, repeatable }: { act: CallAct; repeatable: IdempotentCall },
): Promise<Response> {
  const caller = await authenticate(deps, route, context, act);
  const { actor, sessionId } = caller;
  const params = route.params ? parseInput(route.params, context.req.param(), "path") : {};
  await confine(deps, route, actor, context.req.param());
  const query = route.query
    ? parseInput(route.query, readQuery(context.req.url), "query")
    : checkNoQuery(context);
  const sent = route.body ? await readJsonBody(context.req.raw) : undefined;
  const body = route.body ? parseInput(route.body, sent, "body") : undefined;
  if (takesIdempotencyKey(route)) {
    // A kept answer must not open what the route itself opens only just after a sign-in.
    if (route.problems.includes("sign_in_again")) await getFreshSession({ deps, sessionId, caller, act });
    const known = await repeatable.begin({ request: context.req.raw, actorId: actor.id, body: sent }, act);
    if (known !== undefined) return known;
  }
  const requestId = context.get("requestId");
  const answerHeaders = new Headers();
  const result = await route.handle({
    ...{ deps, params, query, body, actor, sessionId, caller, requestId, act, answerHeaders },
    by: { actor: actor.id, requestId },
    request: context.req.raw,
    incoming: context.env.incoming,
  });
  if (result instanceof Response) {
    if (route.answer.alsoAs !== undefined) breakOffWithCaller(deps, caller, context.env.outgoing);
    return result;
  }
  return renderAnswer(route, { request: context.req.raw, answerHeaders }, result);
}

/** A long export breaks off when the session or key ends that asked for it, however slowly it is read. */
function breakOffWithCaller(
  { credentials }: Pick<HttpDeps, "credentials">,
  caller: Caller,
  outgoing: ServerResponse,
): void {
  if (outgoing.closed) return;
  const { ended, leave } = credentials.follow(caller);
  ended.addEventListener("abort", () => outgoing.destroy());
  outgoing.once("close", leave);
}

/** Of calls that change nothing. */
const NO_ACT: CallAct = {
  by: () => undefined,
  note: () => undefined,
  watch: () => undefined,
  aside: (work) => work(),
  alongside: () => undefined,
  repeats: () => undefined,
};

interface Asked {
  request: Request;
  answerHeaders: Headers;
}

function renderAnswer(route: Route, { request, answerHeaders: headers }: Asked, result: unknown): Response {
  const { status } = route.answer;
  if (status === 204) return new Response(null, { status, headers });
  const body = Buffer.from(JSON.stringify(result));
  completeTag(headers, body);
  if (isKnown(request, headers)) return new Response(null, { status: 304, headers });
  headers.set("Content-Type", "application/json; charset=utf-8");
  // The length is set so that a short answer is not compressed.
  headers.set("Content-Length", String(body.byteLength));
  return new Response(body, { status, headers });
}

function checkNoQuery(context: Context): Record<string, never> {
  const names = Object.keys(readQuery(context.req.url));
  if (names.length > 0)
    throw new Problem("invalid_request", { faults: `query does not take ${names.join(", ")}` });
  return {};
}

function problemAnswer(problem: Problem, context: Context<HttpEnv>): Response {
  const body = renderProblem(problem, context.get("requestId"));
  const own = { "Content-Type": "application/problem+json", "Cache-Control": "no-store" };
  const headers = { ...problem.headers, ...own };
  return new Response(JSON.stringify(body), { status: body.status, headers });
}

/** An unexpected error is answered without its details; the log has them, under the request's id. */
function asProblem(error: unknown, deps: Pick<HttpDeps, "log">, context: Context<HttpEnv>): Problem {
  const problem = problemOf(error);
  const about = {
    requestId: context.get("requestId"),
    method: context.req.method,
    path: routePath(context),
  };
  if (error instanceof ClientGone)
    deps.log.debug(about, "the client closed the connection before its body was complete");
  else if (!(error instanceof Problem) && PROBLEMS[problem.code].status >= 500)
    deps.log.error({ ...about, err: error }, "request failed");
  return problem;
}

/** Routes that read a body before the caller is authenticated: routes for anyone, and the clients' pages. */
function openRoutesOf(routes: readonly Route[]): (readonly [method: string, path: string])[] {
  const open = routes.filter(({ who, method }) => who === "anyone" && method !== "GET");
  const own = open.map(({ method, path }) => [method, honoPathOf(path)] as const);
  return [...own, ["POST", "/reshare/*"], ["POST", "/onboard/*"], ["POST", "/portal/*"]];
}

/** "/wabas/{waba_id}" in the router's notation. */
function honoPathOf(path: string): string {
  return path.replace(/\{(\w+)\}/g, ":$1");
}

function methodsByPath(routes: readonly Route[]): Map<string, string[]> {
  const methods = new Map<string, string[]>();
  for (const { path, method } of routes) methods.set(path, [...(methods.get(path) ?? []), method]);
  return methods;
}
