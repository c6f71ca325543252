/** Why a signup cannot be finished, asked at the end and, by the dialog, at each screen. Pure. */
import { indexOf } from "../world/world-index.ts";
import { digitsOf, isFullControl } from "../world/world.ts";
import type { PhoneNumber, Waba, World } from "../world/world.ts";
import type { SignupChoice } from "./signup-choice.ts";
import { SignupRefusal } from "../world/signup-errors.ts";
import type { SignupErrorCode } from "../world/signup-errors.ts";

/** null: nothing stands in the way. Answers for what is chosen so far; what is absent is not judged. */
export function refusalOfSignup(
  world: World,
  choice: Partial<SignupChoice>,
  now: number,
): SignupRefusal | null {
  const code =
    world.knobs.signup_error ??
    codeOfProvider(world, choice) ??
    codeOfWaba(world, choice) ??
    codeOfPhone(world, choice, now) ??
    codeOfPermissions(choice);
  return code ? new SignupRefusal(code) : null;
}

function codeOfProvider(world: World, choice: Partial<SignupChoice>): SignupErrorCode | null {
  return world.businesses[partnerIdOf(world, choice)]?.verified === false ? "2494091" : null;
}

function partnerIdOf(world: World, choice: Partial<SignupChoice>): string {
  return world.apps[choice.appId ?? ""]?.businessId ?? world.identity.partnerBusinessId;
}

function codeOfWaba(world: World, choice: Partial<SignupChoice>): SignupErrorCode | null {
  if (choice.wabaId === undefined) return null;
  const waba = world.wabas[choice.wabaId];
  if (!waba || waba.deleted) return "2593072";
  if (choice.businessId !== undefined && waba.businessId !== choice.businessId) return "2593072";
  if (waba.status === "DISABLED") return "2859015";
  return codeOfPartners(world, waba, partnerIdOf(world, choice));
}

/** Another provider holds the account and we do not: a signup does not switch partners. */
function codeOfPartners(world: World, waba: Waba, partnerId: string): SignupErrorCode | null {
  if (waba.partners[partnerId]) return null;
  const others = Object.values(waba.partners);
  if (others.some(isFullControl)) return "2655093";
  return others.length >= world.knobs.max_partners ? "2494028" : null;
}

function codeOfPhone(world: World, choice: Partial<SignupChoice>, now: number): SignupErrorCode | null {
  const { phone } = choice;
  if (phone && !("id" in phone)) return codeOfNewNumber(world, phone.displayPhoneNumber, choice);
  const waba = world.wabas[choice.wabaId ?? ""];
  const number = phone ? world.numbers[phone.id] : choice.coexistence ? appNumberOf(world, waba) : undefined;
  if (!number) return phone || choice.coexistence ? (choice.coexistence ? "2655095" : "2655011") : null;
  return choice.coexistence ? codeOfAppNumber(world, number, now) : codeOfPlatformNumber(number, waba);
}

function appNumberOf(world: World, waba: Waba | undefined): PhoneNumber | undefined {
  return waba?.numberIds.map((id) => world.numbers[id]).find((number) => number?.app && !number.deleted);
}

function codeOfNewNumber(
  world: World,
  written: string,
  choice: Partial<SignupChoice>,
): SignupErrorCode | null {
  const digits = digitsOf(written);
  if (digits.length < 7 || digits.length > 15) return "2388002";
  const holder = indexOf(world).byDigits.get(digits);
  if (!holder) return null;
  const owner = world.wabas[holder.wabaId]?.businessId;
  return owner !== undefined && owner === choice.businessId ? "3441030" : "3441041";
}

const MINUTE_MS = 60_000;

function codeOfAppNumber(world: World, number: PhoneNumber, now: number): SignupErrorCode | null {
  const { app } = number;
  if (!app || !app.onBusinessApp) return "2655095";
  if (app.banned) return "3441040";
  const waitMs = world.knobs.signup_wait_minutes * MINUTE_MS;
  return waitMs > 0 && app.unlinkedAt > 0 && now < app.unlinkedAt + waitMs ? "3441049" : null;
}

/** A number that lives in the app cannot be taken by the Cloud API path. */
function codeOfPlatformNumber(number: PhoneNumber, waba: Waba | undefined): SignupErrorCode | null {
  if (number.deleted || (waba && number.wabaId !== waba.id)) return "2655011";
  return number.app?.onBusinessApp ? "3441030" : null;
}

function codeOfPermissions(choice: Partial<SignupChoice>): SignupErrorCode | null {
  const { permissions } = choice;
  return permissions && !permissions.some((scope) => scope.startsWith("whatsapp_business_"))
    ? "1349246"
    : null;
}
