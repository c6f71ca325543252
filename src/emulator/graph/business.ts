/**
 * A portfolio and its lists. Source: "Managing WABAs" (2026-02), "Managing system users" (2025-11), API
 * specification.
 */
import { MANAGEMENT, MESSAGING, nextId } from "../world/make-objects.ts";
import { indexOf } from "../world/world-index.ts";
import type { Business, Waba } from "../world/world.ts";
import { reachesAnyOf, refusalOfToken, tasksOn } from "./access.ts";
import { businessTokensOf, issueBusinessToken } from "./oauth.ts";
import { answerOf, booleanParamOf, isRecord, paramOf, requiredParamOf } from "./request.ts";
import type { GraphAnswer } from "./request.ts";
import { invalidParameter, notEmulated, permissionsError, unreachable } from "./errors.ts";
import { fieldsOf } from "./call-fields.ts";
import { projectionOf } from "./fields.ts";
import { businessType, systemUserType, wabaTypeOf } from "./node-types.ts";
import { pageOf } from "./paging.ts";
import { linkOf } from "./route.ts";
import type { GraphCall, GraphRoute } from "./route.ts";

export const BUSINESS_ROUTES: readonly GraphRoute[] = [
  {
    method: "GET",
    edge: "",
    source: "Business node; a client's portfolio only while it shares something",
    scope: null,
    handle: read,
  },
  { method: "GET", edge: "client_whatsapp_business_accounts", source: "Managing WABAs", handle: listShared },
  { method: "GET", edge: "owned_whatsapp_business_accounts", source: "Managing WABAs", handle: listOwned },
  { method: "GET", edge: "system_users", source: "Managing system users", handle: listSystemUsers },
  {
    method: "POST",
    edge: "system_users",
    source: "API specification (2026-04)",
    scope: "business_management",
    handle: createSystemUser,
  },
  {
    method: "POST",
    edge: "system_user_access_tokens",
    source: "Hosted Embedded Signup (2026-06); business/system_user_access_tokens (2025-05)",
    handle: fetchBusinessToken,
  },
];

function read(call: GraphCall): GraphAnswer {
  const business = call.world.businesses[call.id] as Business;
  if (!mayRead(call, business)) throw unreachable(call.request.method, call.id);
  return answerOf(projectionOf(businessType(), business, fieldsOf(call)));
}

/** Our own portfolio always; a client's while at least one of its WABAs is shared with the caller. */
function mayRead(call: GraphCall, business: Business): boolean {
  return call.caller.token.businessId === business.id || reachesAnyOf(call.world, call.caller, business.id);
}

function listShared(call: GraphCall): GraphAnswer {
  requireOwnPortfolio(call);
  const shared = indexOf(call.world).shared.get(call.id) ?? [];
  return listOf(call, reachedOf(call, shared));
}

function listOwned(call: GraphCall): GraphAnswer {
  requireOwnPortfolio(call);
  return listOf(call, reachedOf(call, indexOf(call.world).owned.get(call.id) ?? []));
}

/** An administrator sees all of them; an employee what it was assigned to. */
function reachedOf(call: GraphCall, wabas: Waba[]): Waba[] {
  const isAdmin = call.world.systemUsers[call.caller.token.userId]?.role === "ADMIN";
  if (isAdmin && call.world.knobs.permissions === "strict") return wabas;
  return wabas.filter((waba) => tasksOn(call.world, call.caller, waba) !== null);
}

function requireOwnPortfolio(call: GraphCall): void {
  if (call.caller.token.businessId === call.id) return;
  const business = call.world.businesses[call.id] as Business;
  throw mayRead(call, business) ? permissionsError() : unreachable(call.request.method, call.id);
}

function listOf(call: GraphCall, wabas: Waba[]): GraphAnswer {
  const found = paramOf(call.request, "find");
  const kept = sorted(call, filtered(call, found ? wabas.filter((waba) => waba.id === found) : wabas));
  const fields = fieldsOf(call);
  const type = wabaTypeOf(call.world, call.now);
  return answerOf(pageOf(kept, call.request.query, (waba) => projectionOf(type, waba, fields), linkOf(call)));
}

/** `filtering=[{"field":"creation_time","operator":"GREATER_THAN","value":"<unix seconds>"}]` */
function filtered(call: GraphCall, wabas: Waba[]): Waba[] {
  const text = paramOf(call.request, "filtering");
  if (!text) return wabas;
  let rules: unknown;
  try {
    rules = JSON.parse(text);
  } catch {
    throw invalidParameter("filtering must be a JSON array");
  }
  if (!Array.isArray(rules)) throw invalidParameter("filtering must be a JSON array");
  return rules.reduce((kept: Waba[], rule) => kept.filter(testOf(rule)), wabas);
}

function testOf(rule: unknown): (waba: Waba) => boolean {
  if (!isRecord(rule) || rule["field"] !== "creation_time")
    throw invalidParameter("filtering knows the field creation_time");
  const boundary = Number(rule["value"]) * 1000;
  if (rule["operator"] === "GREATER_THAN") return (waba) => waba.createdAt > boundary;
  if (rule["operator"] === "LESS_THAN") return (waba) => waba.createdAt < boundary;
  throw invalidParameter("filtering knows the operators GREATER_THAN and LESS_THAN");
}

function sorted(call: GraphCall, wabas: Waba[]): Waba[] {
  const order = paramOf(call.request, "sort");
  if (!order) return wabas;
  const direction = order === "creation_time_descending" ? -1 : 1;
  return wabas.toSorted((one, other) => direction * (one.createdAt - other.createdAt));
}

function listSystemUsers(call: GraphCall): GraphAnswer {
  requireOwnPortfolio(call);
  const users = Object.values(call.world.systemUsers).filter((user) => user.businessId === call.id);
  const type = { ...systemUserType(), defaults: ["id", "name", "role"] };
  const fields = fieldsOf(call);
  return answerOf(
    pageOf(users, call.request.query, (user) => projectionOf(type, user, fields), linkOf(call)),
  );
}

function createSystemUser(call: GraphCall): GraphAnswer {
  requireOwnPortfolio(call);
  if (call.world.systemUsers[call.caller.token.userId]?.role !== "ADMIN") throw permissionsError();
  const role = paramOf(call.request, "role") === "ADMIN" ? "ADMIN" : "EMPLOYEE";
  const name = requiredParamOf(call.request, "name");
  const id = nextId(call.world, "system_user");
  call.world.systemUsers[id] = { id, name, role, businessId: call.id };
  call.context.store.changed();
  return answerOf({ id });
}

/**
 * The client's business token again, without another signup, while the share and the grant stand. Only
 * `fetch_only` is emulated: Embedded Signup alone makes new grants.
 */
function fetchBusinessToken(call: GraphCall): GraphAnswer {
  const { world, caller } = call;
  if (booleanParamOf(call.request, "fetch_only") !== true)
    throw notEmulated("system_user_access_tokens without fetch_only", "fetch_only=true");
  requiredParamOf(call.request, "appsecret_proof");
  if (caller.token.owner !== "system_user") throw permissionsError();
  const { appId } = caller.token;
  const shared = (indexOf(world).owned.get(call.id) ?? []).filter(
    (waba) => tasksOn(world, caller, waba) !== null && waba.installedAppIds.includes(appId),
  );
  if (shared.length === 0) throw unreachable(call.request.method, call.id);
  const living = businessTokensOf(world, appId, call.id).findLast(
    (token) => refusalOfToken(world, token, call.now) === null,
  );
  if (living) return answerOf({ access_token: living.token });
  const grant = {
    appId,
    businessId: call.id,
    wabaIds: shared.map((waba) => waba.id),
    scopes: [MANAGEMENT, MESSAGING],
  };
  const token = issueBusinessToken(world, grant, call.now);
  call.context.store.changed();
  return answerOf({ access_token: token.token });
}
