/** A portfolio and its lists. Source: "Managing WABAs" (2026-02), "Managing system users" (2025-11), API specification. */
import { isRecord, answerOf, paramOf } from "./request.ts";
import type { GraphAnswer } from "./request.ts";
import type { Business, Waba } from "../world.ts";
import { reachedWabaIdsOf, tasksOn } from "./access.ts";
import { invalidParameter, permissionsError, unreachable } from "./errors.ts";
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
    handle: read,
  },
  { method: "GET", edge: "client_whatsapp_business_accounts", source: "Managing WABAs", handle: listShared },
  { method: "GET", edge: "owned_whatsapp_business_accounts", source: "Managing WABAs", handle: listOwned },
  { method: "GET", edge: "system_users", source: "Managing system users", handle: listSystemUsers },
];

function read(call: GraphCall): GraphAnswer {
  const business = call.world.businesses[call.id] as Business;
  if (!mayRead(call, business)) throw unreachable(call.request.method, call.id);
  return answerOf(projectionOf(businessType(), business, fieldsOf(call)));
}

/** Our own portfolio always; a client's while at least one of its WABAs is shared with the caller. */
function mayRead(call: GraphCall, business: Business): boolean {
  if (call.caller.token.businessId === business.id) return true;
  const reached = reachedWabaIdsOf(call.world, call.caller.token);
  return reached.some((id) => call.world.wabas[id]?.businessId === business.id);
}

function listShared(call: GraphCall): GraphAnswer {
  requireOwnPortfolio(call);
  const { wabas } = call.world;
  const shared = Object.values(wabas).filter(
    (waba) => waba.businessId !== call.id && tasksOn(call.world, call.caller, waba) !== null,
  );
  return listOf(call, shared);
}

function listOwned(call: GraphCall): GraphAnswer {
  requireOwnPortfolio(call);
  return listOf(
    call,
    Object.values(call.world.wabas).filter((waba) => waba.businessId === call.id && !waba.deleted),
  );
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
