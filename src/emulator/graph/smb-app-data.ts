/**
 * `POST /{phone number}/smb_app_data`: contacts and history of a coexistence number, each once and within 24
 * hours of onboarding. Source: "Onboarding Business app users" (2026-09), error codes 2593107 to 2593109.
 */
import { numberEventOf } from "../webhooks/payloads.ts";
import { digitsOf, nextCount, SYNC_TYPES } from "../world/world.ts";
import type { BusinessApp, PhoneNumber, SyncType } from "../world/world.ts";
import { managedNumberOf } from "./managed-number.ts";
import { cloudApi, oauth, parameterRequired } from "./errors.ts";
import { answerOf, paramOf, requiredParamOf } from "./request.ts";
import type { GraphAnswer } from "./request.ts";
import type { GraphCall, GraphRoute } from "./route.ts";

export const SYNC_ROUTES: readonly GraphRoute[] = [
  {
    method: "POST",
    edge: "smb_app_data",
    source: "Onboarding Business app users (2026-09); 2593107, 2593108",
    handle: synchronise,
  },
];

const WITHIN_MS = 24 * 3_600_000;

function synchronise(call: GraphCall): GraphAnswer {
  const number = managedNumberOf(call);
  if (paramOf(call.request, "messaging_product") !== "whatsapp") throw parameterRequired("messaging_product");
  const type = syncTypeOf(requiredParamOf(call.request, "sync_type"));
  const { app } = number;
  if (!app) throw oauth(400, 100, "(#100) The phone number is not used in the WhatsApp Business app");
  if (app.syncsUsed.includes(type)) {
    const details = "This synchronisation was asked for already. It works once after each onboarding.";
    throw cloudApi(400, 2593107, "Synchronization request limit exceeded", details);
  }
  if (call.now > number.lastOnboardedAt + WITHIN_MS) {
    const details =
      "More than 24 hours have passed since the onboarding. The client must disconnect and sign up again.";
    throw cloudApi(400, 2593108, "Synchronization request window exceeded", details);
  }
  app.syncsUsed.push(type);
  const requestId = `sync${number.id}${nextCount(call.world, "object")}`;
  call.context.store.changed();
  call.context.deliveries.send([numberEventOf(call.world, number, type, valueOf(call, number, app, type))]);
  return answerOf({ messaging_product: "whatsapp", request_id: requestId });
}

function syncTypeOf(text: string): SyncType {
  const type = SYNC_TYPES.find((each) => each === text);
  if (type) return type;
  throw oauth(
    400,
    100,
    `(#100) Param sync_type must be one of {${SYNC_TYPES.join(", ")}} - got value "${text}".`,
  );
}

const CONTACT = { full_name: "Pablo Morales", first_name: "Pablo", phone_number: "16505551234" };
const HISTORY_OFF = {
  code: 2593109,
  title: "History sync is turned off by the business from the WhatsApp Business App",
  message: "History sync is turned off by the business from the WhatsApp Business App",
  error_data: { details: "History sharing is turned off by the business" },
};

/** One contact and one short thread: enough to see the shapes; the emulator keeps no chats. */
function valueOf(
  call: GraphCall,
  number: PhoneNumber,
  app: BusinessApp,
  type: SyncType,
): Record<string, unknown> {
  const timestamp = String(Math.floor(call.now / 1000));
  if (type === "smb_app_state_sync") {
    return { state_sync: [{ type: "contact", contact: CONTACT, action: "add", metadata: { timestamp } }] };
  }
  if (!app.sharesHistory) return { history: [{ errors: [HISTORY_OFF] }] };
  const message = {
    from: digitsOf(number.displayPhoneNumber),
    to: CONTACT.phone_number,
    id: "wamid.HBgLMTY1MDU1NTEyMzQVAgARGBI1RjQyNUE3NEYxMzAzMzQ5MkEA",
    timestamp,
    type: "text",
    text: { body: "Your order is ready." },
    history_context: { status: "READ" },
  };
  const chunk = { phase: 0, chunk_order: 1, progress: 100 };
  return { history: [{ metadata: chunk, threads: [{ id: CONTACT.phone_number, messages: [message] }] }] };
}
