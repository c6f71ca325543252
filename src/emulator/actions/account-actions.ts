/** What Meta does to an account, and what happens to single numbers and tokens. */
import { z } from "zod";
import { banDateOf, restrictionInfoOf } from "../webhooks/payloads.ts";
import type { Webhook } from "../webhooks/payloads.ts";
import { activeRestrictionsOf, BIZ_INITIATED, CUSTOMER_INITIATED } from "../world/world.ts";
import type { Restriction, Token } from "../world/world.ts";
import { ActionRefusal, actionOf, numberIn, refused, wabaIn } from "./action.ts";
import type { Action, ActionCall } from "./action.ts";
import { accountEvents } from "./partner-actions.ts";

/** Source: webhooks reference `account_update` (September 2026). */
const RESTRICTION_TYPES = [
  "RESTRICTED_ADD_PHONE_NUMBER_ACTION",
  "RESTRICTED_BIZ_INITIATED_AND_USER_INITIATED_CALLING",
  BIZ_INITIATED,
  "RESTRICTED_BUSINESS_INITIATED_CALLING",
  CUSTOMER_INITIATED,
  "RESTRICTED_DIRECT_SEND_UTILITY_TEMPLATES",
  "RESTRICTED_USER_INITIATED_CALLING",
  "RESTRICTED_USER_INITIATED_CALLING_CALL_BUTTON_HIDDEN",
  "RESTRICTED_UTILITY_TEMPLATES",
] as const;

const restrictionSchema = z.union([
  z.enum(RESTRICTION_TYPES),
  z.object({ restriction_type: z.enum(RESTRICTION_TYPES), expiration: z.int().positive().optional() }),
]);

export const ACCOUNT_ACTIONS: readonly Action[] = [
  actionOf({
    name: "waba.restrict",
    target: "waba",
    summary: "Meta restricts the account, for a time.",
    sends: "ACCOUNT_RESTRICTION with restriction_info",
    params: z.object({
      restrictions: z.array(restrictionSchema).min(1).default([BIZ_INITIATED, CUSTOMER_INITIATED]),
    }),
    apply: (call) => restrict(call, call.params.restrictions),
  }),
  actionOf({
    name: "waba.disable",
    target: "waba",
    summary: "Meta disables the account, or announces it.",
    sends: "DISABLED_UPDATE with ban_info DISABLE or SCHEDULE_FOR_DISABLE",
    params: z.object({ state: z.enum(["DISABLE", "SCHEDULE_FOR_DISABLE"]).default("DISABLE") }),
    apply: (call) => disable(call, call.params.state),
  }),
  actionOf({
    name: "waba.reinstate",
    target: "waba",
    summary: "Meta gives the account back and lifts its restrictions.",
    sends: "DISABLED_UPDATE with ban_info REINSTATE",
    params: z.object({}),
    apply: reinstate,
  }),
  actionOf({
    name: "waba.delete",
    target: "waba",
    summary: "The client deletes the account.",
    sends: "ACCOUNT_DELETED",
    params: z.object({}),
    apply: deleteWaba,
  }),
  actionOf({
    name: "number.deregister",
    target: "number",
    summary: "The number is taken off the Cloud API.",
    sends: "nothing",
    params: z.object({}),
    apply: deregister,
  }),
  actionOf({
    name: "number.delete",
    target: "number",
    summary: "The number is deleted from the account.",
    sends: "nothing",
    params: z.object({}),
    apply: deleteNumber,
  }),
  actionOf({
    name: "number.status",
    target: "number",
    summary: "Meta changes the status of the number.",
    sends: "nothing",
    params: z.object({
      status: z.string().regex(/^[A-Z_]+$/, "a status is a word in capitals, such as FLAGGED"),
    }),
    apply: (call) => setStatus(call, call.params.status),
  }),
  actionOf({
    name: "number.name",
    target: "number",
    summary: "Meta judges the display name of the number.",
    sends: "nothing",
    params: z.object({
      name_status: z
        .enum(["APPROVED", "AVAILABLE_WITHOUT_REVIEW", "DECLINED", "EXPIRED", "PENDING_REVIEW", "NONE"])
        .default("DECLINED"),
    }),
    apply: (call) => setNameStatus(call, call.params.name_status),
  }),
  actionOf({
    name: "payment.remove",
    target: "waba",
    summary: "The account loses its payment method.",
    sends: "nothing",
    params: z.object({}),
    apply: (call) => setFunding(call, false),
  }),
  actionOf({
    name: "payment.add",
    target: "waba",
    summary: "The client gives the account a payment method.",
    sends: "nothing",
    params: z.object({}),
    apply: (call) => setFunding(call, true),
  }),
  actionOf({
    name: "token.revoke",
    target: "none",
    summary: "A token dies: the system user's, or the client's business token.",
    sends: "nothing",
    params: z.object({ owner: z.enum(["system_user", "client"]).default("system_user") }),
    apply: (call) => setRevoked(call, call.params.owner, true),
  }),
  actionOf({
    name: "token.restore",
    target: "none",
    summary: "A revoked token lives again, so that a trial can go on without a reset.",
    sends: "nothing",
    invented: true,
    params: z.object({ owner: z.enum(["system_user", "client"]).default("system_user") }),
    apply: (call) => setRevoked(call, call.params.owner, false),
  }),
];

function restrict(call: ActionCall, given: z.infer<typeof restrictionSchema>[]): Webhook[] {
  const waba = wabaIn(call);
  const defaultEnd = call.now + call.world.knobs.restriction_days * 86_400_000;
  const restrictions = given.map((each): Restriction => {
    if (typeof each === "string") return { type: each, expiresAt: defaultEnd };
    return { type: each.restriction_type, expiresAt: each.expiration ? each.expiration * 1000 : defaultEnd };
  });
  const types = restrictions.map((each) => each.type);
  waba.restrictions = [...waba.restrictions.filter((each) => !types.includes(each.type)), ...restrictions];
  return accountEvents(call, {
    event: "ACCOUNT_RESTRICTION",
    restriction_info: restrictionInfoOf(restrictions),
  });
}

function disable(call: ActionCall, state: "DISABLE" | "SCHEDULE_FOR_DISABLE"): Webhook[] {
  const waba = wabaIn(call);
  if (waba.status === "DISABLED") throw refused("This WhatsApp account is already disabled.");
  if (state === "DISABLE") waba.status = "DISABLED";
  return banEvents(call, state);
}

function reinstate(call: ActionCall): Webhook[] {
  const waba = wabaIn(call);
  const restricted = activeRestrictionsOf(waba, call.now).length > 0;
  if (waba.status !== "DISABLED" && !restricted)
    throw refused("This WhatsApp account is neither disabled nor restricted.");
  waba.status = "ACTIVE";
  waba.restrictions = [];
  return banEvents(call, "REINSTATE");
}

function banEvents(call: ActionCall, state: string): Webhook[] {
  const ban = { waba_ban_state: state, waba_ban_date: banDateOf(call.now) };
  return accountEvents(call, { event: "DISABLED_UPDATE", ban_info: ban });
}

function deleteWaba(call: ActionCall): Webhook[] {
  const waba = wabaIn(call);
  const events = accountEvents(call, { event: "ACCOUNT_DELETED" });
  waba.deleted = true;
  waba.subscriptions = {};
  return events;
}

function deregister(call: ActionCall): Webhook[] {
  const number = numberIn(call);
  if (number.app) throw refused("Deregister endpoint is not available for API solution for SMB businesses.");
  if (!number.registered) throw refused("This number isn't registered.");
  number.registered = false;
  number.status = "DISCONNECTED";
  return [];
}

function deleteNumber(call: ActionCall): Webhook[] {
  const number = numberIn(call);
  number.deleted = true;
  number.deletedAt = call.now;
  number.registered = false;
  number.status = "DELETED";
  return [];
}

function setStatus(call: ActionCall, status: string): Webhook[] {
  const number = numberIn(call);
  number.status = status;
  // Meta calls no number connected that is not registered: what a deregistration took comes back with the
  // word.
  if (status === "CONNECTED" && !number.deleted) number.registered = true;
  return [];
}

function setNameStatus(call: ActionCall, nameStatus: string): Webhook[] {
  numberIn(call).nameStatus = nameStatus;
  return [];
}

function setFunding(call: ActionCall, has: boolean): Webhook[] {
  const waba = wabaIn(call);
  if (has) delete waba.fundingId;
  else waba.fundingId = null;
  return [];
}

function setRevoked(call: ActionCall, owner: Token["owner"], revoked: boolean): Webhook[] {
  for (const token of tokensIn(call, owner)) token.revoked = revoked;
  return [];
}

/** Our system user's token, or all that the client's signups gave us. */
function tokensIn(call: ActionCall, owner: Token["owner"]): Token[] {
  const { tokens, identity } = call.world;
  const own = tokens[identity.systemUserToken];
  if (owner === "system_user" && own) return [own];
  const businessId = wabaIn(call).businessId;
  const ofClients = Object.values(tokens).filter((each) => each.owner === "client");
  const found = ofClients.filter((token) => token.businessId === businessId);
  if (found.length > 0) return found;
  throw new ActionRefusal(404, `the client ${businessId} has no token here`, {
    business_id: [...new Set(ofClients.map((token) => token.businessId))].slice(0, 200),
  });
}
