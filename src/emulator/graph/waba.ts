/** A WhatsApp Business Account, its users and its subscriptions. */
import { isFullControl, numbersOf, TASKS } from "../world.ts";
import type { Task, Waba } from "../world.ts";
import { reachedWaba, requireFullControl } from "./access.ts";
import { fieldsOf } from "./call-fields.ts";
import { invalidParameter, parameterRequired } from "./errors.ts";
import { projectionOf } from "./fields.ts";
import { numberTypeOf, wabaTypeOf } from "./node-types.ts";
import { pageOf } from "./paging.ts";
import { answerOf, listParamOf, paramOf, requiredParamOf } from "./request.ts";
import type { GraphAnswer } from "./request.ts";
import { linkOf } from "./route.ts";
import type { GraphCall, GraphRoute } from "./route.ts";

const USERS = "Managing system users (2025-11)";
const HOOKS = "Managing webhooks; webhook override (2026-09)";

export const WABA_ROUTES: readonly GraphRoute[] = [
  {
    method: "GET",
    edge: "",
    source: "WhatsAppBusinessAccount node, API specification (2026-04)",
    handle: read,
  },
  { method: "GET", edge: "phone_numbers", source: "Hosted Embedded Signup (2026-06)", handle: listNumbers },
  { method: "GET", edge: "assigned_users", source: USERS, handle: listAssigned },
  { method: "POST", edge: "assigned_users", source: `${USERS}; full control = MANAGE`, handle: assign },
  { method: "DELETE", edge: "assigned_users", source: USERS, handle: unassign },
  { method: "GET", edge: "subscribed_apps", source: HOOKS, handle: listSubscriptions },
  {
    method: "POST",
    edge: "subscribed_apps",
    source: `${HOOKS}; a bare POST erases an override`,
    handle: subscribe,
  },
  { method: "DELETE", edge: "subscribed_apps", source: HOOKS, handle: unsubscribe },
];

const SUCCESS = { success: true };

function wabaOf(call: GraphCall): Waba {
  return reachedWaba(call.world, call.caller, call.request, call.id);
}

function read(call: GraphCall): GraphAnswer {
  return answerOf(projectionOf(wabaTypeOf(call.world, call.now), wabaOf(call), fieldsOf(call)));
}

function listNumbers(call: GraphCall): GraphAnswer {
  const numbers = numbersOf(call.world, wabaOf(call));
  const fields = fieldsOf(call);
  const type = numberTypeOf(call.world, call.now);
  return answerOf(
    pageOf(numbers, call.request.query, (number) => projectionOf(type, number, fields), linkOf(call)),
  );
}

function listAssigned(call: GraphCall): GraphAnswer {
  const waba = wabaOf(call);
  const business = paramOf(call.request, "business");
  if (!business) throw parameterRequired("business");
  const users = Object.keys(waba.assignedUsers)
    .map((id) => call.world.systemUsers[id])
    .filter((user) => user !== undefined && user.businessId === business);
  const show = (user: { id: string; name: string }): unknown => ({
    id: user.id,
    name: user.name,
    tasks: shownTasksOf(call, waba, business, user.id),
  });
  return answerOf(
    pageOf(
      users.filter((user) => user !== undefined),
      call.request.query,
      show,
      linkOf(call),
    ),
  );
}

/** Whether the read follows a reduced share is not documented: knob `reads_show_downgrade`. */
function shownTasksOf(call: GraphCall, waba: Waba, businessId: string, userId: string): Task[] {
  const given = waba.assignedUsers[userId] ?? [];
  const row = waba.partners[businessId];
  if (!call.world.knobs.reads_show_downgrade || waba.businessId === businessId || isFullControl(row))
    return given;
  const share = row?.tasks ?? [];
  return given.includes("MANAGE") ? share : given.filter((task) => share.includes(task));
}

/** MANAGE can be given only where the share itself has it: the one practical test of full control. */
function assign(call: GraphCall): GraphAnswer {
  const waba = wabaOf(call);
  const userId = requiredParamOf(call.request, "user");
  const tasks = tasksParamOf(call);
  if (!call.world.systemUsers[userId]) throw invalidParameter(`user ${userId} does not exist`);
  requireFullControl(call.world, call.caller, waba);
  waba.assignedUsers[userId] = tasks;
  call.context.store.changed();
  return answerOf(SUCCESS);
}

function tasksParamOf(call: GraphCall): Task[] {
  const given = listParamOf(call.request, "tasks");
  if (!given || given.length === 0) throw parameterRequired("tasks");
  const unknown = given.find((task) => !isTask(task));
  if (unknown)
    throw invalidParameter(`Param tasks[0] must be one of {${TASKS.join(", ")}} - got value "${unknown}".`);
  return given.filter(isTask);
}

function isTask(text: string): text is Task {
  return (TASKS as readonly string[]).includes(text);
}

function unassign(call: GraphCall): GraphAnswer {
  const waba = wabaOf(call);
  const userId = requiredParamOf(call.request, "user");
  requireFullControl(call.world, call.caller, waba);
  delete waba.assignedUsers[userId];
  call.context.store.changed();
  return answerOf(SUCCESS);
}

function listSubscriptions(call: GraphCall): GraphAnswer {
  const data = Object.entries(wabaOf(call).subscriptions).map(([appId, subscription]) => ({
    whatsapp_business_api_data: {
      id: appId,
      link: `https://www.facebook.com/games/?app_id=${appId}`,
      name: call.world.apps[appId]?.name ?? "",
    },
    ...(subscription.overrideCallbackUri && { override_callback_uri: subscription.overrideCallbackUri }),
  }));
  return answerOf({ data });
}

const LONGEST_URI = 200;

function subscribe(call: GraphCall): GraphAnswer {
  const waba = wabaOf(call);
  requireFullControl(call.world, call.caller, waba);
  const overrideCallbackUri = paramOf(call.request, "override_callback_uri") || null;
  const verifyToken = paramOf(call.request, "verify_token") ?? null;
  if (overrideCallbackUri && overrideCallbackUri.length > LONGEST_URI) {
    throw invalidParameter(`override_callback_uri may have ${LONGEST_URI} characters`);
  }
  if (overrideCallbackUri && !verifyToken) throw parameterRequired("verify_token");
  waba.subscriptions[call.caller.token.appId] = { overrideCallbackUri, verifyToken };
  call.context.store.changed();
  return answerOf(SUCCESS);
}

function unsubscribe(call: GraphCall): GraphAnswer {
  const waba = wabaOf(call);
  requireFullControl(call.world, call.caller, waba);
  delete waba.subscriptions[call.caller.token.appId];
  call.context.store.changed();
  return answerOf(SUCCESS);
}
