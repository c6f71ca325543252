/** A business phone number: read, registration, commerce settings. Sending is in `messages.ts`. */
import type { PhoneNumber, Waba } from "../world.ts";
import { reachedNumber, requireFullControl } from "./access.ts";
import { fieldsOf } from "./call-fields.ts";
import { cloudApi, oauth, parameterRequired } from "./errors.ts";
import { projectionOf } from "./fields.ts";
import { sendMessage } from "./messages.ts";
import { commerceOf, numberTypeOf } from "./node-types.ts";
import { answerOf, booleanParamOf, objectParamOf, paramOf } from "./request.ts";
import type { GraphAnswer } from "./request.ts";
import type { GraphCall, GraphRoute } from "./route.ts";

const COMMERCE = "Commerce settings, OpenAPI of the business messaging API (2025-11)";

export const NUMBER_ROUTES: readonly GraphRoute[] = [
  { method: "GET", edge: "", source: "Phone number node (2026-08)", handle: read },
  { method: "POST", edge: "", source: "Webhook override (2026-09)", handle: setOverride },
  { method: "POST", edge: "messages", source: "Messages, error codes (2026-09)", handle: sendMessage },
  { method: "GET", edge: "whatsapp_commerce_settings", source: COMMERCE, handle: readCommerce },
  { method: "POST", edge: "whatsapp_commerce_settings", source: COMMERCE, handle: setCommerce },
  { method: "POST", edge: "register", source: "Registration; error codes 133005, 100", handle: register },
  { method: "POST", edge: "deregister", source: "Registration; refused for app users", handle: deregister },
];

const SUCCESS = { success: true };

function numberOf(call: GraphCall): PhoneNumber {
  return reachedNumber(call.world, call.caller, call.request, call.id);
}

/** Writes need a share with full control. */
function managedNumberOf(call: GraphCall): PhoneNumber {
  const number = numberOf(call);
  requireFullControl(call.world, call.caller, call.world.wabas[number.wabaId] as Waba);
  return number;
}

function read(call: GraphCall): GraphAnswer {
  return answerOf(projectionOf(numberTypeOf(call.world, call.now), numberOf(call), fieldsOf(call)));
}

const SUBSCRIBE_FIRST =
  "(#100) Before override the current callback uri, your app must be subscribed to receive messages for WhatsApp Business Account";

/** `{"webhook_configuration":{"override_callback_uri":"…","verify_token":"…"}}`; an empty address removes it. */
function setOverride(call: GraphCall): GraphAnswer {
  const number = managedNumberOf(call);
  const configuration = objectParamOf(call.request, "webhook_configuration");
  if (!configuration) throw parameterRequired("webhook_configuration");
  const address = configuration["override_callback_uri"];
  if (typeof address !== "string") throw parameterRequired("webhook_configuration[override_callback_uri]");
  const subscribed = call.world.wabas[number.wabaId]?.subscriptions[call.caller.token.appId];
  if (address && !subscribed) throw oauth(400, 100, SUBSCRIBE_FIRST);
  number.overrideCallbackUri = address || null;
  call.context.store.changed();
  return answerOf(SUCCESS);
}

function readCommerce(call: GraphCall): GraphAnswer {
  return answerOf({ data: commerceOf(numberOf(call)) });
}

function setCommerce(call: GraphCall): GraphAnswer {
  const number = managedNumberOf(call);
  const before = number.commerce ?? { isCartEnabled: false, isCatalogVisible: false };
  number.commerce = {
    isCartEnabled: booleanParamOf(call.request, "is_cart_enabled") ?? before.isCartEnabled,
    isCatalogVisible: booleanParamOf(call.request, "is_catalog_visible") ?? before.isCatalogVisible,
  };
  call.context.store.changed();
  return answerOf(SUCCESS);
}

function register(call: GraphCall): GraphAnswer {
  const number = managedNumberOf(call);
  const pin = paramOf(call.request, "pin");
  if (!pin) throw parameterRequired("pin");
  if (!/^\d{6}$/.test(pin)) throw oauth(400, 100, "(#100) Param pin must be a 6 digit number");
  if (number.pin !== "" && pin !== number.pin) {
    throw cloudApi(400, 133005, "Two step verification PIN Mismatch", "Two-step verification code mismatch.");
  }
  number.pin = pin;
  number.registered = true;
  number.status = "CONNECTED";
  call.context.store.changed();
  return answerOf(SUCCESS);
}

function deregister(call: GraphCall): GraphAnswer {
  const number = managedNumberOf(call);
  if (number.app)
    throw oauth(400, 100, "(#100) Deregister endpoint is not available for API solution for SMB businesses.");
  number.registered = false;
  number.status = "DISCONNECTED";
  call.context.store.changed();
  return answerOf(SUCCESS);
}
