/**
 * The Graph API: finds the node a path names, then the route of its kind. The table below is all there is;
 * whatever else Meta has is answered as *not emulated* with the nearest route, never with a guess.
 */
import type { EmulatorContext } from "../context/emulator-context.ts";
import { nextCount } from "../world/world.ts";
import type { Waba, World } from "../world/world.ts";
import { callerOf, requireScope } from "./access.ts";
import { APP_ROUTES } from "./app.ts";
import { BUSINESS_ROUTES } from "./business.ts";
import { debugToken } from "./debug-token.ts";
import {
  GraphRefusal,
  missingField,
  notEmulated,
  oauth,
  tooManyCalls,
  traceIdOf,
  unknownAlias,
  unreachable,
} from "./errors.ts";
import { hourlyLimitOf } from "../world/limiter.ts";
import type { Usage } from "../world/limiter.ts";
import { exchangeCode } from "./oauth.ts";
import { NODE_NAMES, type NodeKind } from "./node-types.ts";
import { NUMBER_ROUTES } from "./phone-number.ts";
import { answerOf } from "./request.ts";
import type { GraphAnswer, GraphRequest } from "./request.ts";
import type { GraphCall, GraphRoute } from "./route.ts";
import { SYSTEM_USER_ROUTES } from "./system-user.ts";
import { answeringVersionOf, isKnownVersion } from "./versions.ts";
import { WABA_ROUTES } from "./waba.ts";

/** Routes by the kind of node that stands first in the path. */
export const GRAPH_ROUTES: Readonly<Record<NodeKind, readonly GraphRoute[]>> = {
  app: APP_ROUTES,
  business: BUSINESS_ROUTES,
  waba: WABA_ROUTES,
  phone_number: NUMBER_ROUTES,
  system_user: SYSTEM_USER_ROUTES,
};

/** Doors that stand for no node. Batch and `ids` are in `serve-graph.ts`. */
export const ROOT_ROUTES: readonly { method: string; path: string; source: string }[] = [
  { method: "GET", path: "/oauth/access_token", source: "Embedded Signup implementation (2026-06)" },
  { method: "GET", path: "/debug_token", source: "Managing WABAs (2026-02)" },
  { method: "GET", path: "/me", source: "Graph API overview; the user of the token" },
  { method: "GET", path: "/?ids={ids}", source: "Graph API, reading several nodes; from memory" },
  { method: "POST", path: "/?batch={requests}", source: "Graph API, batch requests; from memory" },
];

export type GraphOutcome = GraphAnswer & { notEmulated?: boolean };

/** Answers one request as Meta would; a refusal is an answer too. */
export async function answerGraph(context: EmulatorContext, request: GraphRequest): Promise<GraphOutcome> {
  const { world } = context.store;
  const traceId = traceIdOf(nextCount(world, "trace"));
  const headers = {
    "facebook-api-version": answeringVersionOf(request.version, context.clock.now()),
    "x-fb-trace-id": traceId,
    "x-fb-request-id": traceId,
    "x-fb-rev": "1",
    "x-fb-debug": traceId,
    vary: "Origin",
  };
  try {
    const answer = await routed(context, world, request);
    return { ...answer, headers: { ...headers, ...answer.headers } };
  } catch (error) {
    if (!(error instanceof GraphRefusal)) throw error;
    return {
      ...refusalAnswer(error, traceId),
      headers: { ...headers, ...error.headers, ...authenticateHeaderOf(error) },
    };
  }
}

function refusalAnswer(refusal: GraphRefusal, traceId: string): GraphOutcome {
  const body = { error: { ...refusal.error, fbtrace_id: traceId } };
  return { status: refusal.status, body, ...(refusal.notEmulated && { notEmulated: true }) };
}

function authenticateHeaderOf(refusal: GraphRefusal): Record<string, string> {
  if (refusal.error.type !== "OAuthException") return {};
  const { code, error_subcode: subcode = 0 } = refusal.error;
  const ofCode = [36007, 36008, 36009].includes(subcode);
  const kind = ofCode ? "invalid_code" : code === 190 ? "invalid_token" : "invalid_request";
  const message = refusal.error.message.replace(/[^\x20-\x7e]/g, "?").replaceAll('"', "'");
  return { "www-authenticate": `OAuth "Facebook Platform" "${kind}" "${message}"` };
}

async function routed(context: EmulatorContext, world: World, request: GraphRequest): Promise<GraphAnswer> {
  const now = context.clock.now();
  const [first = "", edge = "", ...rest] = request.segments;
  if (!isKnownVersion(request.version)) throw oauth(400, 2500, `Unknown path components: ${request.path}`);
  if (first === "oauth" && edge === "access_token") return exchangeCode(context, request);
  const caller = callerOf(world, request, now);
  const id = nodeIdOf(first, caller.token);
  const call: GraphCall = { context, world, request, caller, id, now };
  if (first === "debug_token" && request.method === "GET") return debugToken(call);
  if (first === "me" && caller.token.owner === "client") return readClientUser(call);
  const kind = kindOf(world, id);
  if (!kind) throw refusalOfUnknown(request, id);
  const route = GRAPH_ROUTES[kind].find((each) => each.method === request.method && each.edge === edge);
  if (route !== undefined && rest.length === 0) return handled(route, call, kind);
  if (rest.length === 0 && isOfAnotherKind(kind, edge)) throw await refusalOfEdge(call, kind, edge);
  throw notEmulated(asked(request, kind), nearestOf(kind, request.method, edge));
}

/** An edge that the table has for other kinds of nodes alone: Meta has it not for this one either. */
function isOfAnotherKind(kind: NodeKind, edge: string): boolean {
  const kinds = Object.entries(GRAPH_ROUTES).filter(([, routes]) =>
    routes.some((route) => route.edge === edge),
  );
  return edge !== "" && kinds.length > 0 && !kinds.some(([each]) => each === kind);
}

/**
 * Reads name the edge as a field that this type of node has not. Writes get the refusal of an object out of
 * reach: "or does not support this operation". A node that the caller does not reach is refused before.
 * Source: public reports; the order is from memory.
 */
async function refusalOfEdge(call: GraphCall, kind: NodeKind, edge: string): Promise<GraphRefusal> {
  const { method } = call.request;
  if (method !== "GET") return unreachable(method, call.id);
  const node = GRAPH_ROUTES[kind].find((route) => route.method === "GET" && route.edge === "");
  if (node) await node.handle({ ...call, request: { ...call.request, query: { fields: "id" } } });
  return missingField(edge, NODE_NAMES[kind]);
}

/** `me` is the user of the token, `app` its app. */
function nodeIdOf(first: string, token: GraphCall["caller"]["token"]): string {
  if (first === "me") return token.userId;
  return first === "app" ? token.appId : first;
}

/** The route's answer, with the permission asked before and the WABA's hour counted after. */
async function handled(route: GraphRoute, call: GraphCall, kind: NodeKind): Promise<GraphAnswer> {
  const scope = route.scope === undefined ? "whatsapp_business_management" : route.scope;
  if (scope && kind !== "app") requireScope(call.world, call.caller, scope);
  const waba = route.counted ? wabaOf(call.world, call.id) : undefined;
  if (!waba || !call.world.knobs.limits) return route.handle(call);
  const limit = hourlyLimitOf(call.world, waba);
  const { limiter } = call.context;
  const { appId } = call.caller.token;
  const before = limiter.usageOf(appId, waba, limit, call.now);
  if (before.percent >= 100)
    throw tooManyCalls(call.world.knobs.throttle_code).with(usageHeaderOf(waba, before));
  const answer = await route.handle(call);
  limiter.count(appId, waba, call.now);
  const usage = limiter.usageOf(appId, waba, limit, call.now);
  return { ...answer, headers: { ...answer.headers, ...usageHeaderOf(waba, usage) } };
}

/**
 * Source: OpenAPI of the business messaging API (2025-11). The two times are Meta's load, which this machine
 * cannot tell.
 */
function usageHeaderOf(waba: Waba, usage: Usage): Record<string, string> {
  const row = {
    type: "whatsapp_business_management",
    call_count: usage.percent,
    total_cputime: usage.percent,
    total_time: usage.percent,
    estimated_time_to_regain_access: usage.regainMinutes,
  };
  return {
    "x-app-usage": '{"call_count":0,"total_cputime":0,"total_time":0}',
    "x-business-use-case-usage": JSON.stringify({ [waba.id]: [row] }),
  };
}

function wabaOf(world: World, id: string): Waba | undefined {
  return world.wabas[id] ?? world.wabas[world.numbers[id]?.wabaId ?? ""];
}

function kindOf(world: World, id: string): NodeKind | undefined {
  if (world.wabas[id]) return "waba";
  if (world.numbers[id]) return "phone_number";
  if (world.businesses[id]) return "business";
  if (world.apps[id]) return "app";
  return world.systemUsers[id] ? "system_user" : undefined;
}

/**
 * An id of digits may be an object out of reach; a word may be one of Meta's own doors that this emulator
 * lacks.
 */
function refusalOfUnknown(request: GraphRequest, id: string): GraphRefusal {
  if (/^\d+$/.test(id)) return unreachable(request.method, id);
  if (id === "") return notEmulated(`${request.method} /`, "GET /?ids=…, POST /?batch=… and GET /{waba}");
  const known = ["search", "oauth", "debug_token"].includes(id) || id.startsWith("act_");
  return known
    ? notEmulated(`${request.method} /${request.segments.join("/")}`, "GET /debug_token")
    : unknownAlias(id);
}

function asked(request: GraphRequest, kind: NodeKind): string {
  const edges = request.segments.slice(1);
  return `${request.method} /${[`{${kind}}`, ...edges].join("/")}`;
}

/**
 * The route that shares most with the asked one: its edge by other methods, else the edge with the longest
 * common start.
 */
function nearestOf(kind: NodeKind, method: string, edge: string): string {
  const scored = GRAPH_ROUTES[kind].map((route) => ({
    route,
    score:
      commonStart(route.edge, edge) * 2 + (route.edge === edge ? 100 : 0) + (route.method === method ? 1 : 0),
  }));
  const best = scored.toSorted((one, other) => other.score - one.score)[0]?.route as GraphRoute;
  return `${best.method} /{${kind}}${best.edge && `/${best.edge}`}`;
}

function commonStart(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return length;
}

/** The user behind a client's business token: a system user of the integration, shown by `me` alone. */
function readClientUser(call: GraphCall): GraphAnswer {
  const edge = call.request.segments.length > 1 || call.request.method !== "GET";
  if (edge) throw notEmulated(asked(call.request, "system_user"), "GET /me");
  const name = call.world.businesses[call.caller.token.businessId]?.name ?? "";
  return answerOf({ name: `${name} integration`, id: call.id });
}
