/**
 * A Meta app and its own webhook subscription. Source: "Create a webhook endpoint", Webhooks "getting
 * started"; the shape of the listing is from memory, the words of a failed verification too.
 */
import type { App } from "../world/world.ts";
import { unreachable, invalidParameter, permissionsError } from "./errors.ts";
import { fieldsOf } from "./call-fields.ts";
import { projectionOf } from "./fields.ts";
import type { NodeType } from "./fields.ts";
import { NODE_NAMES } from "./node-types.ts";
import { answerOf, listParamOf, paramOf, requiredParamOf } from "./request.ts";
import type { GraphAnswer } from "./request.ts";
import type { GraphCall, GraphRoute } from "./route.ts";
import { WEBHOOK_FIELDS } from "../webhooks/webhook-fields.ts";
import { requireVerified } from "./verify-callback.ts";

const HOOKS = "Create a webhook endpoint; Webhooks, getting started (2026)";

export const APP_ROUTES: readonly GraphRoute[] = [
  { method: "GET", edge: "", source: "Application node; from memory", scope: null, handle: read },
  { method: "GET", edge: "subscriptions", source: HOOKS, scope: null, handle: listSubscriptions },
  {
    method: "POST",
    edge: "subscriptions",
    source: `${HOOKS}; verifies the callback`,
    scope: null,
    handle: subscribe,
  },
  { method: "DELETE", edge: "subscriptions", source: HOOKS, scope: null, handle: unsubscribe },
];

const OBJECT = "whatsapp_business_account";

const APP_TYPE: NodeType<App> = {
  name: NODE_NAMES.app,
  defaults: ["id", "name"],
  fields: {
    id: (app) => app.id,
    name: (app) => app.name,
    link: (app) => `https://www.facebook.com/games/?app_id=${app.id}`,
  },
};

function read(call: GraphCall): GraphAnswer {
  if (call.caller.token.appId !== call.id) throw unreachable("GET", call.id);
  return answerOf(projectionOf(APP_TYPE, call.world.apps[call.id] as App, fieldsOf(call)));
}

/** The app's own settings need the app's own token. */
function appOf(call: GraphCall): App {
  const { token } = call.caller;
  if (token.appId !== call.id) throw unreachable(call.request.method, call.id);
  if (token.owner !== "app") throw permissionsError();
  return call.world.apps[call.id] as App;
}

function listSubscriptions(call: GraphCall): GraphAnswer {
  const app = appOf(call);
  if (!app.callbackUrl) return answerOf({ data: [] });
  const fields = (app.fields ?? WEBHOOK_FIELDS).map((name) => ({ name, version: "v25.0" }));
  return answerOf({
    data: [{ object: OBJECT, callback_url: app.callbackUrl, active: true, fields }],
  });
}

async function subscribe(call: GraphCall): Promise<GraphAnswer> {
  const app = appOf(call);
  const object = requiredParamOf(call.request, "object");
  if (object !== OBJECT) throw invalidParameter(`object must be ${OBJECT}: no other is emulated`);
  const fields = listParamOf(call.request, "fields");
  const unknown = fields?.find((field) => !WEBHOOK_FIELDS.includes(field));
  if (unknown)
    throw invalidParameter(`Param fields must be one of {${WEBHOOK_FIELDS.join(", ")}} - got "${unknown}".`);
  const callbackUrl = requiredParamOf(call.request, "callback_url");
  const verifyToken = requiredParamOf(call.request, "verify_token");
  await requireVerified(call.context, callbackUrl, verifyToken);
  Object.assign(app, { callbackUrl, verifyToken, fields: fields ?? null });
  call.context.store.changed();
  return answerOf({ success: true });
}

/** Without `fields` the whole subscription goes. */
function unsubscribe(call: GraphCall): GraphAnswer {
  const app = appOf(call);
  const gone = paramOf(call.request, "fields") ? (listParamOf(call.request, "fields") ?? []) : null;
  if (gone) app.fields = (app.fields ?? WEBHOOK_FIELDS).filter((field) => !gone.includes(field));
  else app.callbackUrl = null;
  call.context.store.changed();
  return answerOf({ success: true });
}
