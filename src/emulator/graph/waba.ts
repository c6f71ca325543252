/** A WhatsApp Business Account, its users and its subscriptions. */
import { addNumber, nextId } from "../world/make-objects.ts";
import { requireVerified } from "./verify-callback.ts";
import { indexOf } from "../world/world-index.ts";
import { digitsOf, isFullControl, numbersOf, TASKS } from "../world/world.ts";
import type { SystemUser, Task, Waba } from "../world/world.ts";
import { reachedWaba, requireFullControl, tasksOn } from "./access.ts";
import { fieldsOf } from "./call-fields.ts";
import { invalidParameter, oauth, parameterRequired, permissionsError, subscribeFirst } from "./errors.ts";
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
    counted: true,
    handle: read,
  },
  {
    method: "GET",
    edge: "phone_numbers",
    source: "Hosted Embedded Signup (2026-06)",
    counted: true,
    handle: listNumbers,
  },
  {
    method: "POST",
    edge: "phone_numbers",
    source: "API specification (2026-04)",
    handle: createNumber,
  },
  { method: "GET", edge: "assigned_users", source: USERS, counted: true, handle: listAssigned },
  {
    method: "POST",
    edge: "assigned_users",
    source: `${USERS}; full control = MANAGE`,
    counted: true,
    handle: assign,
  },
  { method: "DELETE", edge: "assigned_users", source: USERS, counted: true, handle: unassign },
  { method: "GET", edge: "subscribed_apps", source: HOOKS, counted: true, handle: listSubscriptions },
  {
    method: "POST",
    edge: "subscribed_apps",
    source: `${HOOKS}; a bare POST erases an override`,
    counted: true,
    handle: subscribe,
  },
  { method: "DELETE", edge: "subscribed_apps", source: HOOKS, counted: true, handle: unsubscribe },
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

/**
 * MANAGE can be given only where the share itself has it: the one practical test of full control. Granular
 * tasks can be given as far as the share has them (inferred from "Managing system users": a solution of
 * several partners needs them in place of MANAGE).
 */
function assign(call: GraphCall): GraphAnswer {
  const waba = wabaOf(call);
  const userId = requiredParamOf(call.request, "user");
  const tasks = tasksParamOf(call);
  const user = call.world.systemUsers[userId];
  if (!user) throw invalidParameter(`user ${userId} does not exist`);
  const share = tasksOn(call.world, call.caller, waba) ?? [];
  if (tasks.some((task) => !share.includes(task))) requireFullControl(call.world, call.caller, waba);
  requireAssigning(call, user);
  waba.assignedUsers[userId] = tasks;
  call.context.store.changed(waba);
  return answerOf(SUCCESS);
}

const NOT_YOURS = "(#200) Need permission on WhatsAppBusinessAccount or this Business";

/**
 * Only an administrator assigns, and only people of its own portfolio; an employee system user is refused
 * whatever its tasks.
 */
function requireAssigning(call: GraphCall, user: SystemUser): void {
  const { token, partnerBusinessId } = call.caller;
  if (call.world.systemUsers[token.userId]?.role === "EMPLOYEE") throw permissionsError();
  if (![token.businessId, partnerBusinessId].includes(user.businessId)) throw oauth(403, 200, NOT_YOURS);
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
  const user = call.world.systemUsers[userId];
  if (user) requireAssigning(call, user);
  delete waba.assignedUsers[userId];
  call.context.store.changed(waba);
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

/** A number of the client's that is not verified yet; `request_code`, `verify_code` and `register` follow. */
function createNumber(call: GraphCall): GraphAnswer {
  const waba = wabaOf(call);
  requireFullControl(call.world, call.caller, waba);
  const digits = digitsOf(
    requiredParamOf(call.request, "cc") + requiredParamOf(call.request, "phone_number"),
  );
  const verifiedName = requiredParamOf(call.request, "verified_name");
  if (digits.length < 7 || digits.length > 15)
    throw invalidParameter("phone_number is no valid phone number");
  if (waba.kind === "coexistence")
    throw invalidParameter("A WhatsApp Business app account has one number and takes no other");
  const holder = indexOf(call.world).byDigits.get(digits);
  if (holder) throw invalidParameter("The phone number is on a WhatsApp Business Account already");
  const id = nextId(call.world, "number");
  const registrableAt = lastDeletedAt(call, digits) + REUSABLE_AFTER_MS;
  const status = "UNVERIFIED";
  addNumber(call.world, waba, { id, displayPhoneNumber: `+${digits}`, verifiedName, status, registrableAt });
  call.context.store.changed(waba);
  return answerOf({ id });
}

/** Error 133015: a number that was deleted may be registered again after five minutes. */
const REUSABLE_AFTER_MS = 5 * 60_000;

function lastDeletedAt(call: GraphCall, digits: string): number {
  const earlier = Object.values(call.world.numbers).filter(
    (number) => number.deleted && digitsOf(number.displayPhoneNumber) === digits,
  );
  return Math.max(-REUSABLE_AFTER_MS, ...earlier.map((number) => number.deletedAt ?? 0));
}

const LONGEST_URI = 200;

async function subscribe(call: GraphCall): Promise<GraphAnswer> {
  const waba = wabaOf(call);
  requireFullControl(call.world, call.caller, waba);
  const overrideCallbackUri = paramOf(call.request, "override_callback_uri") || null;
  const verifyToken = paramOf(call.request, "verify_token") ?? null;
  if (overrideCallbackUri && overrideCallbackUri.length > LONGEST_URI) {
    throw invalidParameter(`override_callback_uri may have ${LONGEST_URI} characters`);
  }
  const subscribed = waba.subscriptions[call.caller.token.appId] !== undefined;
  if (overrideCallbackUri && !subscribed && call.world.knobs.override_needs_subscription)
    throw subscribeFirst();
  if (overrideCallbackUri && !verifyToken) throw parameterRequired("verify_token");
  if (overrideCallbackUri) await requireVerified(call.context, overrideCallbackUri, verifyToken ?? "");
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
