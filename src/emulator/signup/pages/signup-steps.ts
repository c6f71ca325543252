/**
 * What each screen of the dialog does with what the person sent. The person's own slips come back as words on
 * the same screen; what Meta refuses becomes the error screen, with Meta's code.
 */
import { withoutUndefined } from "../../../lib/without-undefined.ts";
import type { EmulatorContext } from "../../context/emulator-context.ts";
import { MANAGEMENT, MESSAGING } from "../../world/make-objects.ts";
import { coexistenceNumberOf } from "../../world/world.ts";
import type { PhoneNumber, World } from "../../world/world.ts";
import { finishSignup } from "../finish-signup.ts";
import type { SignupChoice } from "../finish-signup.ts";
import { refusalOfSignup } from "../refusal-of-signup.ts";
import { SIGNUP_ERRORS, SignupRefusal } from "../../world/signup-errors.ts";
import type { SignupErrorCode } from "../../world/signup-errors.ts";
import { goBack, goTo } from "./signup-session.ts";
import type { ChoiceSoFar, SignupSession, Step } from "./signup-session.ts";

export type Form = Record<string, string>;

/** Something is missing or misspelt; the same screen asks again, with these words. */
export class FormFault extends Error {}

/** The scopes of a Cloud API configuration. Source: Embedded Signup version 4. */
export const SIGNUP_SCOPES = [MANAGEMENT, MESSAGING] as const;

type TakeStep = (context: EmulatorContext, session: SignupSession, form: Form) => void;

const TAKE: Readonly<Record<Step, TakeStep>> = {
  authentication: (_context, session) => goTo(session, "portfolio"),
  portfolio: choosePortfolio,
  account: chooseAccount,
  profile: describeAccount,
  number: chooseNumber,
  verification: verify,
  permissions: grant,
  success: () => undefined,
};

/** Throws `FormFault`; a refusal of Meta's is kept in the session. */
export function takeStep(context: EmulatorContext, session: SignupSession, form: Form): void {
  if (session.outcome) return;
  try {
    if (form["do"] === "back") goBack(session);
    else if (form["do"] === "fail") failWith(session, form["error_code"] ?? "");
    // A button pressed on a screen that is no longer shown, after Back in the browser, must not act on
    // another step.
    else if (form["step"] === session.step) TAKE[session.step](context, session, form);
  } catch (error) {
    if (!(error instanceof SignupRefusal)) throw error;
    failWith(session, error.code);
  }
}

/** By hand, from the simulator's drawer: a code of Meta's list, or any other number. */
function failWith(session: SignupSession, code: string): void {
  if (!/^\d+$/.test(code)) throw new FormFault("An error code is a number.");
  const known = SIGNUP_ERRORS[code as SignupErrorCode] as { words: string } | undefined;
  session.failure = { code, words: known?.words ?? "Something went wrong. Try again later." };
}

/** Throws Meta's refusal of what is chosen so far. */
function judge(context: EmulatorContext, choice: ChoiceSoFar): void {
  const refusal = refusalOfSignup(context.store.world, choice, context.clock.now());
  if (refusal) throw refusal;
}

function choosePortfolio(context: EmulatorContext, session: SignupSession, form: Form): void {
  const { world } = context.store;
  const { appId, configId } = session.choice;
  const typed = (form["business_id"] ?? "").replace(/\s/g, "");
  const chosen = typed || form["business"];
  const fresh = { appId, configId, coexistence: false };
  if (chosen === "new") {
    session.choice = { ...fresh, newBusiness: { name: requiredName(form["business_name"], "the business") } };
  } else {
    if (!chosen) throw new FormFault("Choose a business portfolio.");
    if (!world.businesses[chosen] || chosen === world.identity.partnerBusinessId) {
      throw new FormFault(`There is no client portfolio ${chosen}.`);
    }
    session.choice = { ...fresh, businessId: chosen };
  }
  goTo(session, "account");
}

function requiredName(given: string | undefined, what: string): string {
  const name = (given ?? "").trim();
  if (name === "") throw new FormFault(`Enter the name of ${what}.`);
  return name.slice(0, 100);
}

/** `waba:ID`, `new`, or `app:new` for a number of the app that is on no account yet. */
function chooseAccount(context: EmulatorContext, session: SignupSession, form: Form): void {
  const { appId, configId, businessId, newBusiness } = session.choice;
  const portfolio = withoutUndefined({ businessId, newBusiness });
  const base: ChoiceSoFar = { appId, configId, coexistence: false, ...portfolio };
  const [kind, id] = (form["account"] ?? "").split(":");
  if (kind === "waba" && id) return chooseExisting(context, session, base, id);
  if (kind === "app") {
    session.choice = { ...base, coexistence: true };
    return goTo(session, "number");
  }
  if (kind !== "new") throw new FormFault("Choose a WhatsApp account.");
  session.choice = base;
  goTo(session, "profile");
}

function chooseExisting(
  context: EmulatorContext,
  session: SignupSession,
  base: ChoiceSoFar,
  wabaId: string,
): void {
  const choice = { ...base, wabaId };
  const waba = context.store.world.wabas[wabaId];
  const appNumber = waba && coexistenceNumberOf(context.store.world, waba);
  if (!appNumber) {
    judge(context, choice);
    session.choice = choice;
    return goTo(session, "number");
  }
  // The account of an app number holds that number only: there is nothing to choose on the next screen.
  const connect = { ...choice, phone: { id: appNumber.id }, coexistence: session.offersApp };
  judge(context, connect);
  session.choice = connect;
  goTo(session, "verification");
}

function describeAccount(_context: EmulatorContext, session: SignupSession, form: Form): void {
  session.choice.newWaba = { name: requiredName(form["waba_name"], "the WhatsApp account") };
  goTo(session, "number");
}

function chooseNumber(context: EmulatorContext, session: SignupSession, form: Form): void {
  const phone = phoneIn(form);
  if (phone && !("id" in phone) && session.choice.coexistence) nameAccountAfter(session, phone.verifiedName);
  const choice = { ...session.choice, phone };
  // Until a number of the app is there, an app path has nothing to be judged by.
  judge(context, choice);
  session.choice = choice;
  goTo(session, needsCode(context.store.world, phone) ? "verification" : "permissions");
}

/** An app number brings its account along; the account is called as the profile in the app. */
function nameAccountAfter(session: SignupSession, name: string): void {
  session.choice.newWaba = { name };
}

function phoneIn(form: Form): SignupChoice["phone"] {
  const chosen = form["number"];
  if (chosen === "later") return null;
  if (chosen && chosen !== "new") return { id: chosen };
  if (!chosen) throw new FormFault("Choose a phone number.");
  const digits = (form["display_phone_number"] ?? "").replace(/\D/g, "");
  if (digits === "")
    throw new FormFault("Enter the phone number with its country code, such as +1 555 010 0100.");
  return {
    displayPhoneNumber: `+${digits}`,
    verifiedName: requiredName(form["verified_name"], "the business as customers see it"),
  };
}

function needsCode(world: World, phone: SignupChoice["phone"]): boolean {
  if (!phone) return false;
  return "id" in phone ? numberOf(world, phone)?.verification !== "VERIFIED" : true;
}

function numberOf(world: World, phone: { id: string }): PhoneNumber | undefined {
  return world.numbers[phone.id];
}

function verify(context: EmulatorContext, session: SignupSession, form: Form): void {
  const typed = (form["code"] ?? "").replace(/\D/g, "");
  if (typed.length !== 6) throw new FormFault("Enter the six digits of the code.");
  if (session.choice.coexistence && !session.confirmedOnPhone) {
    throw new FormFault("Confirm the connection in the WhatsApp Business app first: it then shows the code.");
  }
  if (typed !== session.code) throw new SignupRefusal("2593039");
  const { phone } = session.choice;
  const number = phone && "id" in phone ? numberOf(context.store.world, phone) : undefined;
  if (number) number.verification = "VERIFIED";
  context.store.changed();
  goTo(session, "permissions");
}

/** The last click that changes the world: the share stands and Meta tells the provider. */
function grant(context: EmulatorContext, session: SignupSession): void {
  session.outcome = finishSignup(context, {
    ...session.choice,
    phone: session.choice.phone ?? null,
    appOnly: session.isAppOnly,
    permissions: SIGNUP_SCOPES,
  });
  goTo(session, "success");
}

/** A code is good for 30 s: on the last screen it counts from the moment the person leaves. */
export function refreshCode(context: EmulatorContext, session: SignupSession): void {
  const code = context.store.world.codes[session.outcome?.code ?? ""];
  if (!code || code.used) return;
  code.issuedAt = context.clock.now();
  context.store.changed();
}
