/**
 * One signup on its way through the dialog. Sessions belong to a world and live in memory: a reset, a
 * restored snapshot or a restart ends them, as closing the window would.
 */
import { createHash } from "node:crypto";
import { digitsOf } from "../../world/world.ts";
import type { World } from "../../world/world.ts";
import type { SignupChoice, SignupOutcome } from "../finish-signup.ts";

/** Screens in their order. The error screen is no step: `failure` covers the step it happened on. */
export type Step =
  | "authentication"
  | "portfolio"
  | "account"
  | "profile"
  | "number"
  | "verification"
  | "permissions"
  | "success";

/**
 * Meta's names for the screens a client can leave. Source: "Embedded Signup: errors". Before signing in Meta
 * names none.
 */
export const CURRENT_STEP: Readonly<Partial<Record<Step, string>>> = {
  portfolio: "BUSINESS_ACCOUNT_SELECTION",
  account: "WABA_PHONE_PROFILE_PICKER",
  profile: "WHATSAPP_BUSINESS_PROFILE_SETUP",
  number: "PHONE_NUMBER_SETUP",
  verification: "PHONE_NUMBER_VERIFICATION",
  permissions: "PERMISSIONS",
};

/** What `extras.setup` may fill in before the client begins; every screen is still shown. */
export interface Prefill {
  businessId: string | null;
  businessName: string;
  displayName: string;
}

/** What is chosen so far; the app and its configuration are known from the start. */
export type ChoiceSoFar = Partial<SignupChoice> & Pick<SignupChoice, "appId" | "configId" | "coexistence">;

export interface SignupSession {
  id: string;
  /** The how-manieth signup of this world. */
  count: number;
  appId: string;
  configId: string;
  version: string;
  /** Who opened the window; messages are posted to this origin only. */
  openerOrigin: string;
  /** The SDK's name for this call. */
  channel: string;
  /** Whether numbers of the WhatsApp Business app may be connected, and other numbers too. */
  offersApp: boolean;
  offersPlatform: boolean;
  /** `extras.features` names `app_only_install`: nothing will be shared. */
  isAppOnly: boolean;
  prefill: Prefill;
  step: Step;
  /** Steps gone through, for Back. */
  trail: Step[];
  /** What was chosen so far; `phone: null` says "later". */
  choice: ChoiceSoFar;
  /** Six digits: what the simulated message, or the phone, shows. */
  code: string;
  /** The person confirmed the connection in the app, which then shows the code. */
  confirmedOnPhone: boolean;
  /** What the error screen says; it covers the step on which it happened. */
  failure: { code: string; words: string } | null;
  outcome: SignupOutcome | null;
}

const sessionsByWorld = new WeakMap<World, Map<string, SignupSession>>();
const MOST_KEPT = 200;

function sessionsOf(world: World): Map<string, SignupSession> {
  const known = sessionsByWorld.get(world) ?? new Map<string, SignupSession>();
  sessionsByWorld.set(world, known);
  return known;
}

export type SessionStart = Pick<
  SignupSession,
  | "appId"
  | "configId"
  | "version"
  | "openerOrigin"
  | "channel"
  | "offersApp"
  | "offersPlatform"
  | "isAppOnly"
  | "prefill"
>;

/** Ids and codes follow from the count of signups of this world, so that a second run shows the same. */
export function openSession(world: World, start: SessionStart): SignupSession {
  const sessions = sessionsOf(world);
  const count = ([...sessions.values()].at(-1)?.count ?? 0) + 1;
  const digest = createHash("sha256").update(`signup ${count}`).digest();
  const session: SignupSession = {
    ...start,
    count,
    id: digest.toString("hex").slice(0, 15),
    step: "authentication",
    trail: [],
    choice: { appId: start.appId, configId: start.configId, coexistence: false },
    code: String(digest.readUInt32BE(8) % 1_000_000).padStart(6, "0"),
    confirmedOnPhone: false,
    failure: null,
    outcome: null,
  };
  sessions.set(session.id, session);
  for (const id of [...sessions.keys()].slice(0, -MOST_KEPT)) sessions.delete(id);
  return session;
}

export function findSession(world: World, id: string | undefined): SignupSession | undefined {
  return sessionsOf(world).get(id ?? "");
}

/** A step ends and the next begins; Back returns to the first. */
export function goTo(session: SignupSession, step: Step): void {
  session.trail.push(session.step);
  session.step = step;
  session.failure = null;
}

export function goBack(session: SignupSession): void {
  if (session.failure) session.failure = null;
  else session.step = session.trail.pop() ?? session.step;
}

/**
 * The signup that waits for this number's phone, if one does. `digits`: of the number in international form.
 */
export function sessionWaitingFor(world: World, digits: string): SignupSession | undefined {
  return [...sessionsOf(world).values()]
    .reverse()
    .find(
      (session) =>
        session.choice.coexistence &&
        session.step === "verification" &&
        digitsOf(displayNumberOf(world, session)) === digits,
    );
}

/** The number a signup is about, as people write it; empty while there is none. */
export function displayNumberOf(world: World, session: SignupSession): string {
  const { phone } = session.choice;
  if (!phone) return "";
  return "id" in phone ? (world.numbers[phone.id]?.displayPhoneNumber ?? "") : phone.displayPhoneNumber;
}
