/**
 * What happens on the phone of a coexistence number. Every loss but one unshares the account: only Embedded
 * Signup brings it back. Which reason follows pressing Disconnect or logging out is not documented; those two
 * are invented and say so.
 */
import { z } from "zod";
import { partnerEventOf } from "../webhooks/payloads.ts";
import type { Webhook } from "../webhooks/payloads.ts";
import { removePartner } from "../world/world.ts";
import type { BusinessApp } from "../world/world.ts";
import { actionOf, numberIn, refused, wabaIn } from "./action.ts";
import type { Action, ActionCall } from "./action.ts";
import { accountEvents, unlink } from "./partner-actions.ts";

interface Loss {
  name: string;
  summary: string;
  reason: string;
  by: "USER" | "SYSTEM";
  invented?: boolean;
  change?: (app: BusinessApp) => void;
}

const LOSSES: readonly Loss[] = [
  {
    name: "coexistence.disconnect",
    summary: "The client presses Disconnect Account in the WhatsApp Business app.",
    reason: "ACCOUNT_DISCONNECTED",
    by: "USER",
    invented: true,
  },
  {
    name: "coexistence.ban",
    summary: "The number is banned in the app.",
    reason: "ACCOUNT_DISCONNECTED",
    by: "SYSTEM",
    change: (app) => (app.banned = true),
  },
  {
    name: "coexistence.downgrade",
    summary: "The number is registered with the consumer app.",
    reason: "BUSINESS_DOWNGRADE",
    by: "USER",
    change: (app) => (app.onBusinessApp = false),
  },
  {
    name: "coexistence.change_number",
    summary: "The client changes to another number in the app.",
    reason: "CHANGE_NUMBER",
    by: "USER",
    change: (app) => (app.onBusinessApp = false),
  },
  {
    name: "coexistence.re_register",
    summary: "The number is registered on a new phone, and the connection is not taken along.",
    reason: "USER_RE_REGISTERED",
    by: "USER",
    change: (app) => (app.oldPhone = true),
  },
];

export const COEXISTENCE_ACTIONS: readonly Action[] = [
  ...LOSSES.map((loss) =>
    actionOf({
      name: loss.name,
      target: "app_number",
      summary: loss.summary,
      sends: `PARTNER_REMOVED with ${loss.reason}/${loss.by}`,
      ...(loss.invented && { invented: true }),
      params: z.object({}),
      apply: (call) => lose(call, loss.name, loss.reason, loss.by, loss.change),
    }),
  ),
  actionOf({
    name: "coexistence.logout",
    target: "app_number",
    summary:
      "The client logs out of the phone that runs the app, or of the old one of the initial onboarding.",
    sends: "PARTNER_REMOVED with DEVICE_LOGGED_OUT/USER",
    invented: true,
    params: z.object({ device: z.enum(["current", "initial"]).default("current") }),
    apply: (call) => logOut(call, call.params.device),
  }),
  actionOf({
    name: "coexistence.sign_in",
    target: "app_number",
    summary: "The client signs in to the app on the phone again; nothing else comes back.",
    sends: "nothing",
    params: z.object({}),
    apply: signIn,
  }),
  actionOf({
    name: "coexistence.inactive",
    target: "app_number",
    summary: "Phone (14 days) or companion (30 days) was not used for too long.",
    sends: "PARTNER_REMOVED with PRIMARY_INACTIVITY or COMPANION_INACTIVITY/SYSTEM",
    params: z.object({ which: z.enum(["primary", "companion"]).default("primary") }),
    apply: (call) =>
      lose(
        call,
        "coexistence.inactive",
        call.params.which === "primary" ? "PRIMARY_INACTIVITY" : "COMPANION_INACTIVITY",
        "SYSTEM",
      ),
  }),
  actionOf({
    name: "coexistence.open_app",
    target: "app_number",
    summary: "Somebody opens the app on the phone, so that the 14 days begin anew.",
    sends: "nothing",
    params: z.object({}),
    apply: openApp,
  }),
  actionOf({
    name: "coexistence.unban",
    target: "app_number",
    summary: "The ban is lifted; nothing else comes back.",
    sends: "nothing",
    params: z.object({}),
    apply: unban,
  }),
  actionOf({
    name: "coexistence.return",
    target: "app_number",
    summary: "The number is registered in the Business app again after another app; nothing else comes back.",
    sends: "nothing",
    params: z.object({}),
    apply: comeBack,
  }),
  actionOf({
    name: "coexistence.offboard",
    target: "app_number",
    summary: "A new phone: Meta suspends the connection; share and subscription stay.",
    sends: "ACCOUNT_OFFBOARDED, and ACCOUNT_RECONNECTED after reconnect_in_ms if given",
    params: z.object({ reconnect_in_ms: z.int().min(1).optional() }),
    apply: (call) => offboard(call, call.params.reconnect_in_ms),
  }),
  actionOf({
    name: "coexistence.reconnect",
    target: "app_number",
    summary: "Meta restores the suspended connection.",
    sends: "ACCOUNT_RECONNECTED",
    params: z.object({}),
    apply: reconnect,
  }),
];

function lose(
  call: ActionCall,
  name: string,
  reason: string,
  by: string,
  change?: (app: BusinessApp) => void,
): Webhook[] {
  const { world, now } = call;
  const waba = wabaIn(call);
  const us = world.identity.partnerBusinessId;
  if (!waba.partners[us]) throw refused("This number isn't connected to the Business Platform.");
  const app = appIn(call);
  removePartner(world, waba, us, name);
  unlink(app, now);
  change?.(app);
  const disconnection = { disconnection_info: { reason, initiated_by: by } };
  return [partnerEventOf(world, waba, "PARTNER_REMOVED", now, disconnection)];
}

/** Logging out of the old phone leaves the new one signed in. */
function logOut(call: ActionCall, device: "current" | "initial"): Webhook[] {
  if (device === "initial" && !appIn(call).oldPhone)
    throw refused("No other phone is signed in with this number.");
  return lose(call, "coexistence.logout", "DEVICE_LOGGED_OUT", "USER", (app) => {
    if (device === "initial") app.oldPhone = false;
    else app.signedOut = true;
  });
}

function signIn(call: ActionCall): Webhook[] {
  const app = appIn(call);
  if (!app.signedOut) throw refused("This phone is signed in already.");
  app.signedOut = false;
  app.lastOpenedAt = call.now;
  return [];
}

function unban(call: ActionCall): Webhook[] {
  const app = appIn(call);
  if (!app.banned) throw refused("This number isn't banned.");
  app.banned = false;
  return [];
}

function comeBack(call: ActionCall): Webhook[] {
  const app = appIn(call);
  if (app.onBusinessApp) throw refused("This number is used in the Business app already.");
  app.onBusinessApp = true;
  app.lastOpenedAt = call.now;
  return [];
}

function openApp(call: ActionCall): Webhook[] {
  appIn(call).lastOpenedAt = call.now;
  return [];
}

/** How long the window of reconnection is, Meta does not say; "minutes" stands in its guide. */
function offboard(call: ActionCall, reconnectInMs: number | undefined): Webhook[] {
  const app = appIn(call);
  if (app.companion !== "linked") throw refused("This number isn't connected to the Business Platform.");
  app.companion = "offboarded";
  app.oldPhone = true;
  app.signedOut = false;
  const waitMs = reconnectInMs ?? call.world.knobs.reconnect_after_minutes * 60_000;
  app.reconnectAt = waitMs > 0 ? call.now + waitMs : 0;
  return accountEvents(call, { event: "ACCOUNT_OFFBOARDED" });
}

function reconnect(call: ActionCall): Webhook[] {
  const app = appIn(call);
  if (app.companion !== "offboarded") throw refused("This number isn't waiting for a reconnection.");
  app.companion = "linked";
  app.reconnectAt = 0;
  app.lastOpenedAt = call.now;
  app.companionUsedAt = call.now;
  return accountEvents(call, { event: "ACCOUNT_RECONNECTED" });
}

/** Target `app_number` guarantees one. */
function appIn(call: ActionCall): BusinessApp {
  return numberIn(call).app as BusinessApp;
}
