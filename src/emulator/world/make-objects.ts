/**
 * New portfolios, WABAs, numbers and tokens, whole: by the seed, by Embedded Signup and by the Graph API
 * alike.
 */
import { nextCount } from "./world.ts";
import type { Business, BusinessApp, PhoneNumber, Token, Waba, WabaKind, World } from "./world.ts";

export const MANAGEMENT = "whatsapp_business_management";
export const MESSAGING = "whatsapp_business_messaging";
export const EVENTS = "whatsapp_business_manage_events";

/**
 * The first digits say what an object is; none of the seed's begins like this, so that the two never meet.
 */
const PREFIXES = { business: "52", waba: "11", number: "21", system_user: "65", app: "67" } as const;

/** Made from a count, so that two runs of the same acts name the same things. */
export function nextId(world: World, kind: keyof typeof PREFIXES): string {
  return PREFIXES[kind] + String(nextCount(world, "object")).padStart(13, "0");
}

export function addBusiness(world: World, business: Pick<Business, "id" | "name" | "createdAt">): Business {
  return (world.businesses[business.id] ??= { verified: true, ...business });
}

export function addWaba(
  world: World,
  given: Pick<Waba, "id" | "name" | "businessId" | "kind" | "createdAt"> & Partial<Waba>,
): Waba {
  const waba: Waba = {
    status: "ACTIVE",
    deleted: false,
    currency: "USD",
    timezoneId: "1",
    templateNamespace: `emulated_${given.id}`,
    country: "US",
    restrictions: [],
    partners: {},
    assignedUsers: {},
    subscriptions: {},
    installedAppIds: [],
    numberIds: [],
    ...given,
  };
  world.wabas[waba.id] = waba;
  return waba;
}

/** A number that was added and not verified yet; what differs is given. */
export function addNumber(
  world: World,
  waba: Waba,
  given: Pick<PhoneNumber, "id" | "displayPhoneNumber" | "verifiedName"> & Partial<PhoneNumber>,
): PhoneNumber {
  const number: PhoneNumber = {
    wabaId: waba.id,
    status: "PENDING",
    registered: false,
    deleted: false,
    pin: "",
    qualityRating: "UNKNOWN",
    verification: "NOT_VERIFIED",
    sentCode: null,
    registrationCalls: [],
    wrongPins: [],
    registrableAt: 0,
    lastOnboardedAt: 0,
    commerce: null,
    overrideCallbackUri: null,
    app: null,
    ...given,
  };
  world.numbers[number.id] = number;
  if (!waba.numberIds.includes(number.id)) waba.numberIds.push(number.id);
  return number;
}

/** The WhatsApp Business app of a number, linked at an instant. */
export function linkedApp(now: number): BusinessApp {
  return {
    companion: "linked",
    banned: false,
    onBusinessApp: true,
    signedOut: false,
    oldPhone: false,
    lastOpenedAt: now,
    companionUsedAt: now,
    unlinkedAt: 0,
    reconnectAt: 0,
    sharesHistory: true,
    syncsUsed: [],
  };
}

export function addToken(
  world: World,
  token: Pick<Token, "token" | "owner" | "businessId" | "userId" | "scopes" | "issuedAt"> & Partial<Token>,
): Token {
  const whole: Token = { appId: world.identity.appId, wabaIds: [], expiresAt: 0, revoked: false, ...token };
  world.tokens[whole.token] = whole;
  return whole;
}

/** The user behind a client's business token: the integration's system user in the client's portfolio. */
export function integrationUserIdOf(businessId: string): string {
  return `62${businessId.slice(2)}`;
}

export function kindOfNumber(coexistence: boolean): WabaKind {
  return coexistence ? "coexistence" : "platform";
}
