/** What a client does on the Partners tab of Business Suite, and with our app. */
import { z } from "zod";
import { accountEventOf, partnerEventOf } from "../webhooks/payloads.ts";
import type { Webhook } from "../webhooks/payloads.ts";
import { coexistenceNumberOf, PARTIAL_TASKS, removePartner, TASKS } from "../world/world.ts";
import type { BusinessApp, Task, Waba, World } from "../world/world.ts";
import { actionOf, refused, wabaIn } from "./action.ts";
import type { Action, ActionCall } from "./action.ts";

/** `FULL_CONTROL` stands only in Meta's OpenAPI file; it is taken as another word for MANAGE. */
const taskSchema = z.enum([...TASKS, "FULL_CONTROL"]);
const tasksSchema = z.array(taskSchema).min(1);
const businessIdSchema = z.string().regex(/^\d+$/, "a portfolio id is made of digits");

function tasksOf(given: z.infer<typeof tasksSchema>): Task[] {
  return [...new Set(given.map((task): Task => (task === "FULL_CONTROL" ? "MANAGE" : task)))];
}

export const PARTNER_ACTIONS: readonly Action[] = [
  actionOf({
    name: "partner.assign",
    target: "waba",
    summary: "The client assigns the partner, or changes its access.",
    sends: "PARTNER_ADDED",
    params: z.object({ tasks: tasksSchema.default(["MANAGE"]), business_id: businessIdSchema.optional() }),
    apply: (call) =>
      assign(
        call,
        call.params.business_id ?? call.world.identity.partnerBusinessId,
        tasksOf(call.params.tasks),
      ),
  }),
  actionOf({
    name: "partner.reduce",
    target: "waba",
    summary: "The client takes full control from the partner and leaves partial access.",
    sends: "nothing",
    params: z.object({ tasks: tasksSchema.default([...PARTIAL_TASKS]) }),
    apply: (call) => reduce(call, tasksOf(call.params.tasks)),
  }),
  actionOf({
    name: "partner.remove",
    target: "waba",
    summary: "The client removes the partner from the account.",
    sends: "PARTNER_REMOVED, without disconnection_info",
    params: z.object({ business_id: businessIdSchema.optional() }),
    apply: (call) => remove(call, call.params.business_id ?? call.world.identity.partnerBusinessId),
  }),
  actionOf({
    name: "partner.takeover",
    target: "waba",
    summary: "The client goes over to another provider, which takes our place.",
    sends: "PARTNER_REMOVED, without disconnection_info",
    params: z.object({ business_id: businessIdSchema.default("599000000000001") }),
    apply: (call) => takeOver(call, call.params.business_id),
  }),
  actionOf({
    name: "app.uninstall",
    target: "waba",
    summary: "The client removes the app; the share with the portfolio stays.",
    sends: "PARTNER_APP_UNINSTALLED with partner_app_id",
    params: z.object({}),
    apply: uninstallApp,
  }),
  actionOf({
    name: "app.install",
    target: "waba",
    summary: "The client grants the app again.",
    sends: "PARTNER_APP_INSTALLED with partner_app_id",
    params: z.object({}),
    apply: installApp,
  }),
  actionOf({
    name: "subscription.drop",
    target: "waba",
    summary: "The app's subscription to the account is gone, with its override.",
    sends: "nothing",
    params: z.object({}),
    apply: dropSubscription,
  }),
];

const COEXISTENCE_WORDS =
  "You can't assign a partner to this WhatsApp account because it contains a number that is used in the WhatsApp Business app.";

function assign(call: ActionCall, businessId: string, tasks: Task[]): Webhook[] {
  const waba = wabaIn(call);
  const { world, now } = call;
  const owner = world.businesses[waba.businessId];
  if (coexistenceNumberOf(world, waba)) throw refused(COEXISTENCE_WORDS);
  if (!owner?.verified) throw refused("Your business must be verified to assign partners.");
  if (businessId === waba.businessId)
    throw refused("You can't assign your own business portfolio as a partner.");
  const others = Object.keys(waba.partners).filter((id) => id !== businessId);
  if (others.length >= world.knobs.max_partners)
    throw refused("This WhatsApp account already has the most partners it can have.");
  addBusiness(world, businessId, now);
  waba.partners[businessId] = { tasks, assignedAt: now };
  if (isUs(world, businessId)) delete waba.lostBy;
  return isUs(world, businessId) ? [partnerEventOf(world, waba, "PARTNER_ADDED", now)] : [];
}

/** Other providers appear in the world when they are first named. */
function addBusiness(world: World, id: string, now: number): void {
  world.businesses[id] ??= { id, name: `Provider ${id.slice(-3)}`, verified: true, createdAt: now };
}

function isUs(world: World, businessId: string): boolean {
  return businessId === world.identity.partnerBusinessId;
}

function reduce(call: ActionCall, tasks: Task[]): Webhook[] {
  const waba = wabaIn(call);
  const row = waba.partners[call.world.identity.partnerBusinessId];
  if (!row) throw refused("This partner isn't assigned to the WhatsApp account.");
  row.tasks = tasks;
  return [];
}

function remove(call: ActionCall, businessId: string): Webhook[] {
  const waba = wabaIn(call);
  if (!waba.partners[businessId]) throw refused("This partner isn't assigned to the WhatsApp account.");
  removePartner(call.world, waba, businessId, "partner.remove");
  unlinkCompanion(call.world, waba, call.now);
  return isUs(call.world, businessId) ? [partnerEventOf(call.world, waba, "PARTNER_REMOVED", call.now)] : [];
}

function takeOver(call: ActionCall, businessId: string): Webhook[] {
  const { world, now } = call;
  const waba = wabaIn(call);
  const us = world.identity.partnerBusinessId;
  if (businessId === us) throw refused("This partner is already assigned to the WhatsApp account.");
  const held = waba.partners[us] !== undefined;
  removePartner(world, waba, us, "partner.takeover");
  unlinkCompanion(world, waba, now);
  addBusiness(world, businessId, now);
  waba.partners[businessId] = { tasks: ["MANAGE"], assignedAt: now };
  return held ? [partnerEventOf(world, waba, "PARTNER_REMOVED", now)] : [];
}

/** A coexistence number sends through the partner's companion: without the share there is none. */
function unlinkCompanion(world: World, waba: Waba, now: number): void {
  const app = coexistenceNumberOf(world, waba)?.app;
  if (app) unlink(app, now);
}

export function unlink(app: BusinessApp, now: number): void {
  app.companion = "unlinked";
  app.unlinkedAt = now;
  app.reconnectAt = 0;
}

function uninstallApp(call: ActionCall): Webhook[] {
  const waba = wabaIn(call);
  const { appId } = call.world.identity;
  if (!waba.installedAppIds.includes(appId))
    throw refused("This app isn't installed for the WhatsApp account.");
  waba.installedAppIds = waba.installedAppIds.filter((id) => id !== appId);
  return [partnerEventOf(call.world, waba, "PARTNER_APP_UNINSTALLED", call.now)];
}

function installApp(call: ActionCall): Webhook[] {
  const waba = wabaIn(call);
  const { appId } = call.world.identity;
  if (waba.installedAppIds.includes(appId))
    throw refused("This app is already installed for the WhatsApp account.");
  waba.installedAppIds.push(appId);
  return [partnerEventOf(call.world, waba, "PARTNER_APP_INSTALLED", call.now)];
}

function dropSubscription(call: ActionCall): Webhook[] {
  const waba = wabaIn(call);
  const { appId } = call.world.identity;
  if (!waba.subscriptions[appId]) throw refused("The app isn't subscribed to this WhatsApp account.");
  delete waba.subscriptions[appId];
  return [];
}

/** Who hears of an account event is asked before the act changes the subscriptions. */
export function accountEvents(call: ActionCall, value: Record<string, unknown>): Webhook[] {
  return [accountEventOf(call.world, wabaIn(call), value, call.now)];
}
