/**
 * The Graph API: finds the node a path names, then the route of its kind. The table below is all there is; whatever else Meta
 * has is answered as *not emulated* with the nearest route, never with a guess.
 */
import type { EmulatorContext } from "../emulator-context.ts";
import { nextCount } from "../world.ts";
import type { World } from "../world.ts";
import { callerOf } from "./access.ts";
import { BUSINESS_ROUTES, fieldsOf } from "./business.ts";
import { debugToken } from "./debug-token.ts";
import { GraphRefusal, notEmulated, traceIdOf, unknownAlias, unreachable } from "./errors.ts";
import { projectionOf } from "./fields.ts";
import { systemUserType } from "./node-types.ts";
import { NUMBER_ROUTES } from "./phone-number.ts";
import { answerOf } from "./request.ts";
import type { GraphAnswer, GraphRequest } from "./request.ts";
import type { GraphCall, GraphRoute } from "./route.ts";
import { WABA_ROUTES } from "./waba.ts";

const SYSTEM_USER_ROUTES: readonly GraphRoute[] = [
  { method: "GET", edge: "", source: "SystemUser node, API specification (2026-04)", handle: readSystemUser },
];

/** Routes by the kind of node that stands first in the path. */
export const GRAPH_ROUTES: Readonly<Record<NodeKind, readonly GraphRoute[]>> = {
  business: BUSINESS_ROUTES,
  waba: WABA_ROUTES,
  phone_number: NUMBER_ROUTES,
  system_user: SYSTEM_USER_ROUTES,
};

export type NodeKind = "business" | "waba" | "phone_number" | "system_user";

/** Answers a request as Meta would; a refusal is an answer too. */
export function answerGraph(
  context: EmulatorContext,
  request: GraphRequest,
): GraphAnswer & { notEmulated?: boolean } {
  const { world } = context.store;
  const traceId = traceIdOf(nextCount(world, "trace"));
  const headers = {
    "facebook-api-version": request.version,
    "x-fb-trace-id": traceId,
    "x-fb-request-id": traceId,
  };
  try {
    const answer = routed(context, world, request);
    return { ...answer, headers: { ...headers, ...answer.headers } };
  } catch (error) {
    if (!(error instanceof GraphRefusal)) throw error;
    return { ...refusalAnswer(error, traceId), headers: { ...headers, ...authenticateHeaderOf(error) } };
  }
}

function refusalAnswer(refusal: GraphRefusal, traceId: string): GraphAnswer & { notEmulated?: boolean } {
  const body = { error: { ...refusal.error, fbtrace_id: traceId } };
  return { status: refusal.status, body, ...(refusal.notEmulated && { notEmulated: true }) };
}

function authenticateHeaderOf(refusal: GraphRefusal): Record<string, string> {
  if (refusal.error.type !== "OAuthException") return {};
  const kind = refusal.error.code === 190 ? "invalid_token" : "invalid_request";
  const message = refusal.error.message.replace(/[^\x20-\x7e]/g, "?").replaceAll('"', "'");
  return { "www-authenticate": `OAuth "Facebook Platform" "${kind}" "${message}"` };
}

function routed(context: EmulatorContext, world: World, request: GraphRequest): GraphAnswer {
  const now = context.clock.now();
  const caller = callerOf(world, request, now);
  const [first = "", edge = "", ...rest] = request.segments;
  const id = first === "me" ? caller.token.userId : first;
  const call: GraphCall = { context, world, request, caller, id, now };
  if (first === "debug_token" && request.method === "GET") return debugToken(call);
  if (first === "me" && caller.token.owner === "client") return readClientUser(call);
  const kind = kindOf(world, id);
  if (!kind) throw refusalOfUnknown(request, id);
  const route = GRAPH_ROUTES[kind].find((each) => each.method === request.method && each.edge === edge);
  if (!route || rest.length > 0)
    throw notEmulated(asked(request, kind), nearestOf(kind, request.method, edge));
  return route.handle(call);
}

function kindOf(world: World, id: string): NodeKind | undefined {
  if (world.wabas[id]) return "waba";
  if (world.numbers[id]) return "phone_number";
  if (world.businesses[id]) return "business";
  return world.systemUsers[id] ? "system_user" : undefined;
}

/** An id of digits may be an object out of reach; a word may be one of Meta's own doors that this emulator lacks. */
function refusalOfUnknown(request: GraphRequest, id: string): GraphRefusal {
  if (/^\d+$/.test(id)) return unreachable(request.method, id);
  if (id === "") return notEmulated(`${request.method} /`, "GET /{waba}");
  const known = ["search", "oauth", "app", "debug_token", "ids"].includes(id) || id.startsWith("act_");
  return known
    ? notEmulated(`${request.method} /${request.segments.join("/")}`, "GET /debug_token")
    : unknownAlias(id);
}

function asked(request: GraphRequest, kind: NodeKind): string {
  const edges = request.segments.slice(1);
  return `${request.method} /${[`{${kind}}`, ...edges].join("/")}`;
}

/** The route that shares most with the asked one: its edge by other methods, else the edge with the longest common start. */
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

function readSystemUser(call: GraphCall): GraphAnswer {
  const user = call.world.systemUsers[call.id];
  if (!user || user.businessId !== call.caller.token.businessId) throw unreachable("GET", call.id);
  return answerOf(projectionOf(systemUserType(), user, fieldsOf(call)));
}
