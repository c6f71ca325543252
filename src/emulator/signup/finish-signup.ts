/**
 * The last click of Embedded Signup: the share stands with full control, the app is granted, a code is there
 * for the page, and Meta tells the provider. What the flow leaves to the provider it leaves here too:
 * subscription, registration and the assigning of system users. Source: "Embedded Signup implementation"
 * (2026-06), "Onboarding Business app users" (2026-09).
 */
import { createHash } from "node:crypto";
import type { EmulatorContext } from "../context/emulator-context.ts";
import { addBusiness, addNumber, addWaba, kindOfNumber, linkedApp, nextId } from "../world/make-objects.ts";
import { partnerEventOf } from "../webhooks/payloads.ts";
import { nextCount } from "../world/world.ts";
import type { PhoneNumber, Waba, World } from "../world/world.ts";
import { refusalOfSignup } from "./refusal-of-signup.ts";
import type { SignupChoice } from "./signup-choice.ts";

export type { SignupChoice } from "./signup-choice.ts";

/** The message that the dialog posts to the page that opened it. */
interface SignupEvent {
  type: "WA_EMBEDDED_SIGNUP";
  event:
    | "FINISH"
    | "FINISH_ONLY_WABA"
    | "FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING"
    | "FINISH_GRANT_ONLY_API_ACCESS";
  data: Record<string, string>;
  version?: 3;
}

export interface SignupOutcome {
  /** For `GET /oauth/access_token`: once, within 30 s. */
  code: string;
  event: SignupEvent;
  businessId: string;
  wabaId: string;
  phoneNumberId: string | null;
  /** Ids of the webhooks under way. */
  webhooks: string[];
}

/**
 * Changes the world and sends PARTNER_ADDED, except after an app-only install, and PARTNER_APP_INSTALLED.
 * Throws `SignupRefusal`; then nothing has changed.
 */
export function finishSignup(context: EmulatorContext, choice: SignupChoice): SignupOutcome {
  const { world } = context.store;
  const now = context.clock.now();
  const refusal = refusalOfSignup(world, choice, now);
  if (refusal) throw refusal;
  const waba = chosenWabaOf(world, choice, now);
  const number = chosenNumberOf(world, waba, choice, now);
  if (choice.appOnly) grantApp(waba, choice.appId);
  else share(world, waba, choice.appId, now);
  if (number) onboard(number, choice, now);
  const code = issueCode(world, waba, choice, now);
  const extra = { appId: choice.appId };
  const told = choice.appOnly ? APP_EVENTS : SHARE_EVENTS;
  const events = told.map((event) => partnerEventOf(world, waba, event, now, extra));
  context.store.changed(waba);
  context.upkeep.planFor(waba);
  return {
    code,
    event: eventOf(world, waba, number, choice),
    businessId: waba.businessId,
    wabaId: waba.id,
    phoneNumberId: number?.id ?? null,
    webhooks: choice.silent ? [] : context.deliveries.send(events, choice.webhook),
  };
}

const APP_EVENTS = ["PARTNER_APP_INSTALLED"] as const;
const SHARE_EVENTS = ["PARTNER_ADDED", ...APP_EVENTS] as const;

function chosenWabaOf(world: World, choice: SignupChoice, now: number): Waba {
  const existing = choice.wabaId === undefined ? undefined : world.wabas[choice.wabaId];
  if (existing) return existing;
  const businessId = choice.businessId ?? nextId(world, "business");
  const name = choice.newBusiness?.name ?? choice.newWaba?.name ?? "New business";
  addBusiness(world, { id: businessId, name, createdAt: now });
  const { newWaba } = choice;
  return addWaba(world, {
    id: nextId(world, "waba"),
    name: newWaba?.name ?? name,
    businessId,
    kind: kindOfNumber(choice.coexistence),
    createdAt: now,
    ...(newWaba?.currency && { currency: newWaba.currency }),
    ...(newWaba?.timezoneId && { timezoneId: newWaba.timezoneId }),
  });
}

/** In the coexistence path the number is the one in the app, whether or not the dialog names it. */
function chosenNumberOf(
  world: World,
  waba: Waba,
  choice: SignupChoice,
  now: number,
): PhoneNumber | undefined {
  const { phone } = choice;
  if (phone && "id" in phone) return world.numbers[phone.id];
  if (phone) {
    const number = addNumber(world, waba, {
      id: nextId(world, "number"),
      displayPhoneNumber: phone.displayPhoneNumber,
      verifiedName: phone.verifiedName,
      // The dialog itself checks the code, so its numbers come verified; registering them is the provider's.
      verification: "VERIFIED",
      ...(choice.coexistence && { app: linkedApp(now) }),
    });
    // Meta reviews a new display name; elsewhere here it is approved at once.
    if (world.knobs.register_needs_name && !choice.coexistence) number.nameStatus = "PENDING_REVIEW";
    return number;
  }
  return choice.coexistence ? appNumberOf(world, waba) : undefined;
}

function appNumberOf(world: World, waba: Waba): PhoneNumber | undefined {
  return waba.numberIds.map((id) => world.numbers[id]).find((number) => number?.app && !number.deleted);
}

/**
 * System users and subscription stay as they are: the provider assigns and subscribes by Graph calls of its
 * own.
 */
function share(world: World, waba: Waba, appId: string, now: number): void {
  const partnerId = world.apps[appId]?.businessId ?? world.identity.partnerBusinessId;
  waba.partners[partnerId] = { tasks: ["MANAGE"], assignedAt: now };
  installApp(waba, appId);
  delete waba.lostBy;
}

function grantApp(waba: Waba, appId: string): void {
  installApp(waba, appId);
  waba.appOnlyIds = [...new Set([...(waba.appOnlyIds ?? []), appId])];
}

function installApp(waba: Waba, appId: string): void {
  if (!waba.installedAppIds.includes(appId)) waba.installedAppIds.push(appId);
}

function onboard(number: PhoneNumber, choice: SignupChoice, now: number): void {
  number.lastOnboardedAt = now;
  if (!choice.coexistence) return;
  number.app = {
    ...(number.app ?? linkedApp(now)),
    companion: "linked",
    signedOut: false,
    oldPhone: false,
    lastOpenedAt: now,
    companionUsedAt: now,
    reconnectAt: 0,
    sharesHistory: choice.shareHistory ?? true,
    syncsUsed: [],
  };
  number.registered = true;
  number.status = "CONNECTED";
  number.verification = "VERIFIED";
  if (number.qualityRating === "UNKNOWN") number.qualityRating = "GREEN";
}

/** Opaque and of Meta's length; made from a count, so that two runs of the same acts agree. */
function issueCode(world: World, waba: Waba, choice: SignupChoice, now: number): string {
  const count = nextCount(world, "code");
  const code = `AQ${createHash("sha512").update(`code ${count}`).digest("base64url")}`;
  world.codes[code] = {
    code,
    appId: choice.appId,
    businessId: waba.businessId,
    wabaIds: [waba.id],
    scopes: [...choice.permissions],
    issuedAt: now,
    used: false,
  };
  return code;
}

/** After a coexistence signup the documented message names the WABA only: the number is to be looked up. */
function eventOf(
  world: World,
  waba: Waba,
  number: PhoneNumber | undefined,
  choice: SignupChoice,
): SignupEvent {
  const type = "WA_EMBEDDED_SIGNUP";
  // No source shows data with it: what was granted is to be read from the token.
  if (choice.appOnly) return { type, event: "FINISH_GRANT_ONLY_API_ACCESS", data: {} };
  const { account_model_phase: phase, coexistence_finish: finish } = world.knobs;
  const whole = {
    ...(number && { phone_number_id: number.id }),
    waba_id: waba.id,
    business_id: waba.businessId,
    // Phase 2 of the account model: the number's own account, and the phone number id under its new name.
    ...(number && phase >= 2 && { waac_id: `66${number.id.slice(2)}`, cs_id: number.id }),
  };
  if (choice.coexistence) {
    const data = finish === "waba_only" ? { waba_id: waba.id } : whole;
    return { type, event: "FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING", data, version: 3 };
  }
  return { type, event: number ? "FINISH" : "FINISH_ONLY_WABA", data: whole };
}
