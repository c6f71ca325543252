/** System users of a portfolio. Source: "Managing system users" (2025-11), API specification (2026-04). */
import { indexOf } from "../world/world-index.ts";
import { addToken, MANAGEMENT, MESSAGING } from "../world/make-objects.ts";
import { nextCount } from "../world/world.ts";
import type { SystemUser, Waba } from "../world/world.ts";
import { tasksOn } from "./access.ts";
import { fieldsOf } from "./call-fields.ts";
import { invalidParameter, permissionsError, unreachable } from "./errors.ts";
import { projectionOf } from "./fields.ts";
import { systemUserType } from "./node-types.ts";
import { pageOf } from "./paging.ts";
import { answerOf, listParamOf } from "./request.ts";
import type { GraphAnswer } from "./request.ts";
import { linkOf } from "./route.ts";
import type { GraphCall, GraphRoute } from "./route.ts";

const SPEC = "SystemUser node, API specification (2026-04)";

export const SYSTEM_USER_ROUTES: readonly GraphRoute[] = [
  { method: "GET", edge: "", source: SPEC, scope: null, handle: read },
  { method: "GET", edge: "assigned_whatsapp_business_accounts", source: SPEC, handle: listAssigned },
  {
    method: "POST",
    edge: "access_tokens",
    source: `${SPEC}; shape from memory`,
    scope: "business_management",
    handle: issueToken,
  },
];

function userOf(call: GraphCall): SystemUser {
  const user = call.world.systemUsers[call.id];
  if (!user || user.businessId !== call.caller.token.businessId)
    throw unreachable(call.request.method, call.id);
  return user;
}

function read(call: GraphCall): GraphAnswer {
  return answerOf(projectionOf(systemUserType(), userOf(call), fieldsOf(call)));
}

function listAssigned(call: GraphCall): GraphAnswer {
  const user = userOf(call);
  const wabas = (indexOf(call.world).assigned.get(user.id) ?? []).filter(
    (waba) => tasksOn(call.world, call.caller, waba) !== null,
  );
  const show = (waba: Waba): unknown => ({
    id: waba.id,
    name: waba.name,
    tasks: waba.assignedUsers[user.id],
  });
  return answerOf(pageOf(wabas, call.request.query, show, linkOf(call)));
}

const GRANTABLE: readonly string[] = ["business_management", MANAGEMENT, MESSAGING];

function issueToken(call: GraphCall): GraphAnswer {
  const user = userOf(call);
  if (call.world.systemUsers[call.caller.token.userId]?.role !== "ADMIN") throw permissionsError();
  const scopes = listParamOf(call.request, "scope") ?? [MANAGEMENT, MESSAGING];
  const unknown = scopes.find((scope) => !GRANTABLE.includes(scope));
  if (unknown) throw invalidParameter(`scope must be among ${GRANTABLE.join(", ")}; got ${unknown}`);
  const token = addToken(call.world, {
    token: `EAAuser${user.id}n${nextCount(call.world, "token")}`,
    owner: "system_user",
    appId: call.caller.token.appId,
    businessId: user.businessId,
    userId: user.id,
    scopes,
    issuedAt: call.now,
  });
  call.context.store.changed();
  return answerOf({ access_token: token.token });
}
