/**
 * A business phone number: read, override, commerce settings. Registration and sending have files of their
 * own.
 */
import { requireVerified } from "./verify-callback.ts";
import type { PhoneNumber } from "../world/world.ts";
import { reachedNumber } from "./access.ts";
import { managedNumberOf } from "./managed-number.ts";
import { fieldsOf } from "./call-fields.ts";
import { oauth, parameterRequired, subscribeFirst } from "./errors.ts";
import { projectionOf } from "./fields.ts";
import { sendMessage } from "./messages.ts";
import { commerceOf, numberTypeOf } from "./node-types.ts";
import { PROFILE_ROUTES } from "./profile.ts";
import { REGISTRATION_ROUTES } from "./registration.ts";
import { answerOf, booleanParamOf, objectParamOf, paramOf } from "./request.ts";
import type { GraphAnswer } from "./request.ts";
import type { GraphCall, GraphRoute } from "./route.ts";
import { SYNC_ROUTES } from "./smb-app-data.ts";

const COMMERCE = "Commerce settings, OpenAPI of the business messaging API (2025-11)";

export const NUMBER_ROUTES: readonly GraphRoute[] = [
  { method: "GET", edge: "", source: "Phone number node (2026-08)", counted: true, handle: read },
  { method: "POST", edge: "", source: "Webhook override (2026-09); `pin` from memory", handle: change },
  {
    method: "POST",
    edge: "messages",
    source: "Messages, error codes (2026-09)",
    scope: "whatsapp_business_messaging",
    handle: sendMessage,
  },
  { method: "GET", edge: "whatsapp_commerce_settings", source: COMMERCE, handle: readCommerce },
  { method: "POST", edge: "whatsapp_commerce_settings", source: COMMERCE, handle: setCommerce },
  ...REGISTRATION_ROUTES,
  ...SYNC_ROUTES,
  ...PROFILE_ROUTES,
];

const SUCCESS = { success: true };

function numberOf(call: GraphCall): PhoneNumber {
  return reachedNumber(call.world, call.caller, call.request, call.id);
}

function read(call: GraphCall): GraphAnswer {
  return answerOf(projectionOf(numberTypeOf(call.world, call.now), numberOf(call), fieldsOf(call)));
}

/** A webhook override, or a new PIN of the two-step verification. */
function change(call: GraphCall): GraphAnswer | Promise<GraphAnswer> {
  const number = managedNumberOf(call);
  const pin = paramOf(call.request, "pin");
  if (pin === undefined) return setOverride(call, number);
  if (!/^\d{6}$/.test(pin)) throw oauth(400, 100, "(#100) Param pin must be a 6 digit number");
  number.pin = pin;
  number.wrongPins = [];
  call.context.store.changed();
  return answerOf(SUCCESS);
}

/**
 * `{"webhook_configuration":{"override_callback_uri":"…","verify_token":"…"}}`; an empty address removes it.
 */
async function setOverride(call: GraphCall, number: PhoneNumber): Promise<GraphAnswer> {
  const configuration = objectParamOf(call.request, "webhook_configuration");
  if (!configuration) throw parameterRequired("webhook_configuration");
  const address = configuration["override_callback_uri"];
  if (typeof address !== "string") throw parameterRequired("webhook_configuration[override_callback_uri]");
  const subscribed = call.world.wabas[number.wabaId]?.subscriptions[call.caller.token.appId];
  if (address && !subscribed) throw subscribeFirst();
  const verifyToken = configuration["verify_token"];
  if (address && typeof verifyToken !== "string")
    throw parameterRequired("webhook_configuration[verify_token]");
  if (address) await requireVerified(call.context, address, String(verifyToken));
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
