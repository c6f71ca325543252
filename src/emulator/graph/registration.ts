/**
 * A number's way onto the Cloud API and off it: verification code, PIN, registration and its limits. Source:
 * "Registration", error codes (September 2026) and the OpenAPI file (2025-11) for the refusal of app users;
 * the bounds of the PIN throttle and the errors of the code calls are from memory.
 */
import { createHash } from "node:crypto";
import { nextCount } from "../world/world.ts";
import type { PhoneNumber, World } from "../world/world.ts";
import { managedNumberOf } from "./managed-number.ts";
import { cloudApi, GraphRefusal, oauth, parameterRequired } from "./errors.ts";
import { answerOf, paramOf, requiredParamOf } from "./request.ts";
import type { GraphAnswer } from "./request.ts";
import type { GraphCall, GraphRoute } from "./route.ts";

const REGISTRATION = "Registration; error codes (2026-09)";
const VERIFICATION = "OpenAPI of the business messaging API (2025-11); its errors from memory";

export const REGISTRATION_ROUTES: readonly GraphRoute[] = [
  {
    method: "POST",
    edge: "register",
    source: `${REGISTRATION} 133005, 133006, 133008, 133015, 133016`,
    handle: register,
  },
  {
    method: "POST",
    edge: "deregister",
    source: `${REGISTRATION}; refused for app users`,
    handle: deregister,
  },
  { method: "POST", edge: "request_code", source: VERIFICATION, handle: requestCode },
  { method: "POST", edge: "verify_code", source: VERIFICATION, handle: verifyCode },
];

const SUCCESS = { success: true };
const HOUR_MS = 3_600_000;
const COUNTED_FOR_MS = 72 * HOUR_MS;
const MOST_CALLS = 10;
const MOST_WRONG_PINS = 5;

function register(call: GraphCall): GraphAnswer {
  const number = managedNumberOf(call);
  if (paramOf(call.request, "messaging_product") !== "whatsapp") throw parameterRequired("messaging_product");
  const pin = pinParamOf(call);
  countRegistrationCall(number, call.now);
  call.context.store.changed();
  if (call.now < number.registrableAt) {
    const details = "The phone number was deleted recently. Wait 5 minutes and register it again.";
    throw cloudApi(
      400,
      133015,
      "Please wait a few minutes before attempting to register this phone number",
      details,
    );
  }
  if (number.verification !== "VERIFIED") {
    const details = "The phone number must be verified before it can be registered.";
    throw cloudApi(400, 133006, "Phone number re-verification needed", details);
  }
  if (call.world.knobs.register_needs_name && (number.nameStatus ?? "APPROVED") !== "APPROVED")
    throw nameNotApproved();
  if (!isSilentAgain(call.world, number)) requirePin(number, pin, call.now);
  number.registered = true;
  number.status = "CONNECTED";
  number.lastOnboardedAt ||= call.now;
  if (number.qualityRating === "UNKNOWN") number.qualityRating = "GREEN";
  return answerOf(SUCCESS);
}

/** Seen in a public report (chatwoot, PR 12556); the words for people are from memory. */
function nameNotApproved(): GraphRefusal {
  return new GraphRefusal(400, {
    message: "Invalid parameter",
    type: "OAuthException",
    code: 100,
    error_subcode: 2388001,
    is_transient: false,
    error_user_title: "Cannot Create Certificate",
    error_user_msg:
      "The certificate cannot be created because the display name of this number is not approved yet.",
  });
}

/** In the new account model a number that is registered passes again without its PIN, and keeps it. */
function isSilentAgain(world: World, number: PhoneNumber): boolean {
  return world.knobs.account_model_phase > 0 && number.registered;
}

function pinParamOf(call: GraphCall): string {
  const pin = requiredParamOf(call.request, "pin");
  if (!/^\d{6}$/.test(pin)) throw oauth(400, 100, "(#100) Param pin must be a 6 digit number");
  return pin;
}

/**
 * 10 in a moving window of 72 hours, registering and deregistering together; the call that is one too many
 * does not count.
 */
function countRegistrationCall(number: PhoneNumber, now: number): void {
  number.registrationCalls = number.registrationCalls.filter((at) => at > now - COUNTED_FOR_MS);
  if (number.registrationCalls.length >= MOST_CALLS) {
    const details = "The phone number was registered and deregistered too often. Try again after 72 hours.";
    throw cloudApi(400, 133016, "Account register or deregister rate limit exceeded", details);
  }
  number.registrationCalls.push(now);
}

/** The first registration sets the PIN. After five wrong ones within an hour none is looked at. */
function requirePin(number: PhoneNumber, pin: string, now: number): void {
  number.wrongPins = number.wrongPins.filter((at) => at > now - HOUR_MS);
  if (number.wrongPins.length >= MOST_WRONG_PINS) {
    const details = "Too many attempts with a wrong PIN. Try again later.";
    throw cloudApi(400, 133008, "Too many two step verification PIN guesses", details);
  }
  if (number.pin === "" || number.pin === pin) {
    number.pin = pin;
    number.wrongPins = [];
    return;
  }
  number.wrongPins.push(now);
  throw cloudApi(400, 133005, "Two step verification PIN Mismatch", "Two-step verification code mismatch.");
}

function deregister(call: GraphCall): GraphAnswer {
  const number = managedNumberOf(call);
  if (number.app)
    throw oauth(400, 100, "(#100) Deregister endpoint is not available for API solution for SMB businesses.");
  countRegistrationCall(number, call.now);
  call.context.store.changed();
  if (!number.registered) throw notRegistered();
  number.registered = false;
  number.status = "DISCONNECTED";
  return answerOf(SUCCESS);
}

export function notRegistered(): GraphRefusal {
  const details = "The phone number is not registered on the WhatsApp Business Platform.";
  return cloudApi(400, 133010, "Account not registered", details);
}

/** The code stands in the world's state: nobody here has the phone in hand. */
function requestCode(call: GraphCall): GraphAnswer {
  const number = managedNumberOf(call);
  const method = requiredParamOf(call.request, "code_method");
  if (!["SMS", "VOICE"].includes(method))
    throw oauth(400, 100, `(#100) Param code_method must be one of {SMS, VOICE} - got value "${method}".`);
  requiredParamOf(call.request, "language");
  if (number.verification === "VERIFIED")
    throw withSubcode(
      oauth(400, 136024, "(#136024) Request code error: the phone number is verified already"),
      2388091,
    );
  number.sentCode = codeOf(number, nextCount(call.world, "object"));
  call.context.store.changed();
  return answerOf(SUCCESS);
}

function codeOf(number: PhoneNumber, count: number): string {
  const digest = createHash("sha256").update(`${number.id} ${count}`).digest();
  return String(digest.readUInt32BE(0) % 1_000_000).padStart(6, "0");
}

function verifyCode(call: GraphCall): GraphAnswer {
  const number = managedNumberOf(call);
  const code = requiredParamOf(call.request, "code").replace("-", "");
  if (number.sentCode === null || code !== number.sentCode)
    throw withSubcode(
      oauth(400, 136025, "(#136025) Verify code error: the code is wrong or was not asked for"),
      2388093,
    );
  number.sentCode = null;
  number.verification = "VERIFIED";
  call.context.store.changed();
  return answerOf({ ...SUCCESS, id: number.id });
}

function withSubcode(refusal: GraphRefusal, subcode: number): GraphRefusal {
  return new GraphRefusal(refusal.status, { ...refusal.error, error_subcode: subcode });
}
