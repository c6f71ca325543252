/**
 * `POST /{phone number}/messages`. Source: Messages reference, error codes (September 2026). Which refusal
 * comes first, when several apply, is inferred: the token, the share, the account, the number, the message.
 */
import { closedDirectionsOf, digitsOf, nextCount } from "../world/world.ts";
import type { PhoneNumber, Waba } from "../world/world.ts";
import { messageStatusOf } from "../webhooks/payloads.ts";
import { requireMessaging } from "./access.ts";
import { cloudApi, notEmulated, numberDeleted, oauth, unreachable } from "./errors.ts";
import { isConnected } from "./health.ts";
import { notRegistered } from "./registration.ts";
import { answerOf, isRecord } from "./request.ts";
import type { GraphAnswer } from "./request.ts";
import type { GraphCall } from "./route.ts";

const TYPES: readonly string[] = [
  "text",
  "audio",
  "video",
  "document",
  "image",
  "sticker",
  "location",
  "reaction",
  "contacts",
  "interactive",
  "template",
];

const LONGEST_TEXT = 4096;

export function sendMessage(call: GraphCall): GraphAnswer {
  const number = call.world.numbers[call.id] as PhoneNumber;
  const waba = call.world.wabas[number.wabaId] as Waba;
  if (waba.deleted) throw unreachable("POST", number.id);
  requireMessaging(call.world, call.caller, waba);
  if (number.deleted || number.status === "DELETED") throw numberDeleted();
  const body = isRecord(call.request.body) ? call.request.body : call.request.query;
  const isTemplate = body["type"] === "template";
  requireOpenAccount(call, waba, isTemplate);
  requireConnected(number);
  if (body["status"] === "read") return markRead(body);
  const { type, recipient } = checkedMessage(body);
  return accept(call, number, type, recipient);
}

/**
 * To whom a message goes: a phone number, or a business-scoped user id (BSUID), which is never turned into
 * one. Source: business-scoped-user-ids (November 2026): country code, dot, up to 128 characters, `ENT.` for
 * a parent's; sends name it in `recipient` in place of `to`. That `to` takes one too is told by other teams.
 */
type Recipient = { input: string } & ({ phone: string } | { userId: string });

const USER_ID = /^[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}$/;
/** A phone number as people write it. */
const PHONE = /^\+?[0-9 ().\/-]{1,40}$/;

function recipientOf(body: Record<string, unknown>): Recipient {
  if (body["recipient_type"] !== undefined && body["recipient_type"] !== "individual")
    throw notEmulated(`recipient_type ${String(body["recipient_type"])}`, "individual");
  const [to, userId] = [body["to"], body["recipient"]];
  if (to !== undefined && userId !== undefined)
    throw oauth(400, 100, "(#100) Only one of the parameters to and recipient may be given.");
  const name = userId === undefined ? "to" : "recipient";
  const input = userId ?? to;
  if (typeof input !== "string" || input === "") throw missingParameter(name);
  if (USER_ID.test(input)) return { input, userId: input };
  if (name === "to" && PHONE.test(input) && digitsOf(input) !== "") return { input, phone: digitsOf(input) };
  throw notEmulated(
    `The recipient "${input.slice(0, 60)}"`,
    "a phone number in to, or a user id such as US.13491208655302741918",
  );
}

/** A template may begin a conversation, anything else answers one. */
function requireOpenAccount(call: GraphCall, waba: Waba, isTemplate: boolean): void {
  if (waba.status === "DISABLED") {
    throw cloudApi(403, 131031, "Business Account locked", "The WhatsApp Business Account has been locked.");
  }
  const closed = closedDirectionsOf(waba, call.now);
  if (isTemplate ? !closed.business : !closed.customer) return;
  const details = "The WhatsApp Business Account is restricted from sending messages for violating a policy.";
  throw cloudApi(403, 368, "Temporarily blocked for policies violations", details);
}

/** The refusal while Meta holds a companion offboarded is inferred: no source gives its code. */
function requireConnected(number: PhoneNumber): void {
  const linked = !number.app || number.app.companion === "linked";
  if (isConnected(number) && linked) return;
  throw notRegistered();
}

function markRead(body: Record<string, unknown>): GraphAnswer {
  if (typeof body["message_id"] !== "string") throw missingParameter("message_id");
  return answerOf({ success: true });
}

function checkedMessage(body: Record<string, unknown>): { type: string; recipient: Recipient } {
  if (body["messaging_product"] !== "whatsapp") throw missingParameter("messaging_product");
  const type = body["type"] === undefined ? "text" : String(body["type"]);
  if (!TYPES.includes(type))
    throw oauth(400, 100, `(#100) Param type must be one of {${TYPES.join(", ")}} - got value "${type}".`);
  const recipient = recipientOf(body);
  const content = body[type];
  if (content === undefined) throw missingParameter(type);
  const text = type === "text" && isRecord(content) ? content["body"] : "-";
  if (typeof text !== "string" || text === "") throw missingParameter("text['body']");
  if (text.length > LONGEST_TEXT) {
    throw oauth(400, 100, `(#100) Param text['body'] must be at most ${LONGEST_TEXT} characters long.`);
  }
  return { type, recipient };
}

function missingParameter(name: string): Error {
  return oauth(400, 100, `(#100) The parameter ${name} is required.`);
}

function accept(call: GraphCall, number: PhoneNumber, type: string, recipient: Recipient): GraphAnswer {
  const count = nextCount(call.world, "message");
  const { input } = recipient;
  const id = messageIdOf("phone" in recipient ? recipient.phone : recipient.userId, count);
  // The companion was in use: its 30 days begin anew.
  if (number.app) number.app.companionUsedAt = call.now;
  call.context.store.touched();
  if (call.world.knobs.message_statuses) sendStatuses(call, number, id, recipient);
  return answerOf({
    messaging_product: "whatsapp",
    contacts: [
      { input, ...("phone" in recipient ? { wa_id: recipient.phone } : { user_id: recipient.userId }) },
    ],
    messages: [{ id, ...(type === "template" && { message_status: "accepted" }) }],
  });
}

/** Shaped like Meta's; made from recipient and count, so that two runs of the same acts agree. */
function messageIdOf(recipient: string, count: number): string {
  const hidden = `\u001d\u000b${recipient}\u0015\u0002${String(count).padStart(20, "0")}`;
  return `wamid.${Buffer.from(hidden, "latin1").toString("base64")}`;
}

function sendStatuses(call: GraphCall, number: PhoneNumber, id: string, recipient: Recipient): void {
  const statuses = (["sent", "delivered"] as const).map((status) =>
    messageStatusOf(call.world, number, { id, ...recipient, status }, call.now),
  );
  call.context.deliveries.send(statuses);
}
