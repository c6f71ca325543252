/**
 * The world of the emulator: portfolios, WhatsApp Business Accounts, numbers, partners, apps, tokens. Plain
 * data, so that it can be written to a file, copied as a snapshot and compared. Ids are strings, instants are
 * ms since the epoch (`…At`).
 */
import type { FaultRule } from "./faults.ts";
import type { Knobs } from "./knobs.ts";
import type { OutboxItem } from "./outbox-item.ts";

export type WabaKind = "platform" | "coexistence";

/** Every task Meta's schema knows on a WABA (API specification of April 2026). `MANAGE` is full control. */
export const TASKS = [
  "DEVELOP",
  "MANAGE",
  "MANAGE_EXTENSIONS",
  "MANAGE_PHONE",
  "MANAGE_PHONE_ASSETS",
  "MANAGE_TEMPLATES",
  "MESSAGING",
  "VIEW_COST",
  "VIEW_PHONE_ASSETS",
  "VIEW_TEMPLATES",
] as const;
export type Task = (typeof TASKS)[number];

/** What "partial access" means when nobody says more: everything but the one task that is full control. */
export const PARTIAL_TASKS: readonly Task[] = TASKS.filter((task) => task !== "MANAGE");

export interface Business {
  id: string;
  name: string;
  /** Only a verified portfolio may assign partners. */
  verified: boolean;
  createdAt: number;
}

export interface App {
  id: string;
  name: string;
  secret: string;
  businessId: string;
  verifyToken: string;
  /** Where account-level webhooks go; null: nobody listens. */
  callbackUrl: string | null;
  /** Webhook fields the app subscribed; null: all of them. */
  fields: string[] | null;
}

export interface SystemUser {
  id: string;
  name: string;
  businessId: string;
  role: "ADMIN" | "EMPLOYEE";
}

/** `app` is the app itself, by its id and secret; such a token is never kept in the world. */
type TokenOwner = "system_user" | "client" | "app";

export interface Token {
  token: string;
  owner: TokenOwner;
  /**
   * The portfolio that the token speaks for: the provider's for a system user, the client's for a business
   * token.
   */
  businessId: string;
  userId: string;
  appId: string;
  /** WABAs that the client granted; empty for a system user, who reaches whatever its portfolio reaches. */
  wabaIds: string[];
  scopes: string[];
  issuedAt: number;
  /** 0: never. */
  expiresAt: number;
  revoked: boolean;
}

/** A partner's row on the Partners tab of a WABA. */
export interface PartnerRow {
  tasks: Task[];
  assignedAt: number;
}

interface Subscription {
  overrideCallbackUri: string | null;
  verifyToken: string | null;
}

export interface Restriction {
  type: string;
  expiresAt: number;
}

export interface Waba {
  id: string;
  name: string;
  businessId: string;
  kind: WabaKind;
  status: "ACTIVE" | "DISABLED";
  deleted: boolean;
  createdAt: number;
  currency: string;
  timezoneId: string;
  templateNamespace: string;
  country: string;
  restrictions: Restriction[];
  /** By portfolio id. */
  partners: Record<string, PartnerRow>;
  /** Tasks given to single users, by system user id. */
  assignedUsers: Record<string, Task[]>;
  /** By app id. */
  subscriptions: Record<string, Subscription>;
  /** Apps the client granted; a client's token works only while its app is here. */
  installedAppIds: string[];
  /**
   * Apps among them that the client granted by an app-only install: its token reaches the account without any
   * share.
   */
  appOnlyIds?: string[];
  numberIds: string[];
  /** The funding source; null: the account has no payment method. Absent in older worlds: it has one. */
  fundingId?: string | null;
  /**
   * The action that ended our share last; absent while it stands. Which error a caller then sees may depend
   * on it.
   */
  lostBy?: string;
}

export interface PhoneNumber {
  id: string;
  wabaId: string;
  displayPhoneNumber: string;
  verifiedName: string;
  /** `name_status`; absent: APPROVED. */
  nameStatus?: string;
  status: string;
  registered: boolean;
  deleted: boolean;
  deletedAt?: number;
  /** The two-step verification PIN; "": none was set yet, the next registration sets it. */
  pin: string;
  qualityRating: string;
  /** Whether the client proved by a code that the number is its own. */
  verification: "VERIFIED" | "NOT_VERIFIED" | "EXPIRED";
  /** The verification code sent last and not used yet. */
  sentCode: string | null;
  /** Instants of the register and deregister calls that still count, oldest first. */
  registrationCalls: number[];
  /** Instants of wrong PINs that still count, oldest first. */
  wrongPins: number[];
  /** Before it, the number was deleted too recently to be registered; 0: never. */
  registrableAt: number;
  lastOnboardedAt: number;
  commerce: { isCartEnabled: boolean; isCatalogVisible: boolean } | null;
  profile?: BusinessProfile;
  overrideCallbackUri: string | null;
  /** The WhatsApp Business app behind a coexistence number; null for a platform number. */
  app: BusinessApp | null;
}

/** In Meta's words: what the client shows of itself in chats. */
export interface BusinessProfile {
  about?: string;
  address?: string;
  description?: string;
  email?: string;
  vertical?: string;
  websites?: string[];
}

/**
 * - `linked`: the Cloud API is a companion of the app.
 * - `offboarded`: Meta suspended the companion after a change of device; it may come back by itself.
 * - `unlinked`: the share is gone, only Embedded Signup links it again.
 */
export interface BusinessApp {
  companion: "linked" | "offboarded" | "unlinked";
  banned: boolean;
  /** False once the number went over to the consumer app, or the client changed to another number. */
  onBusinessApp: boolean;
  /** The phone is logged out: it must sign in again before it can connect. */
  signedOut: boolean;
  /**
   * Another phone, the one of the initial onboarding, is signed in beside the phone that has the number now.
   */
  oldPhone: boolean;
  /** When the phone's app was last in use; the link ends 14 days later. */
  lastOpenedAt: number;
  /** When the companion was last in use, by a message of ours or by linking; the link ends 30 days later. */
  companionUsedAt: number;
  /** When the client left the Business Platform last; 0: never. */
  unlinkedAt: number;
  /** When Meta restores an offboarded companion by itself; 0: not planned. */
  reconnectAt: number;
  /** Whether the client shares its chats at onboarding. */
  sharesHistory: boolean;
  /** Which of the two synchronisations were asked for since the last onboarding. */
  syncsUsed: SyncType[];
}

export const SYNC_TYPES = ["smb_app_state_sync", "history"] as const;
export type SyncType = (typeof SYNC_TYPES)[number];

/** A code that Embedded Signup handed to the page, to be exchanged for the client's business token. */
export interface AuthCode {
  code: string;
  appId: string;
  businessId: string;
  wabaIds: string[];
  scopes: string[];
  issuedAt: number;
  used: boolean;
}

export interface ClockState {
  mode: "real" | "frozen";
  /** Added to the machine's time in `real`. */
  offsetMs: number;
  /** The instant at which a frozen clock stands. */
  frozenAt: number;
}

export interface Counters {
  webhook: number;
  trace: number;
  message: number;
  fault: number;
  /** Codes of Embedded Signup. */
  code: number;
  /** Tokens issued since the seed. */
  token: number;
  /** Objects made since the seed. */
  object: number;
}

/** Who the provider is in this world; given by the settings of the start. */
export interface Identity {
  partnerBusinessId: string;
  appId: string;
  systemUserId: string;
  systemUserToken: string;
}

export interface World {
  identity: Identity;
  clock: ClockState;
  counters: Counters;
  lossesPlayed: boolean;
  businesses: Record<string, Business>;
  apps: Record<string, App>;
  systemUsers: Record<string, SystemUser>;
  tokens: Record<string, Token>;
  /** By the code itself. */
  codes: Record<string, AuthCode>;
  wabas: Record<string, Waba>;
  numbers: Record<string, PhoneNumber>;
  knobs: Knobs;
  faults: FaultRule[];
  /** By its key, in the order of their birth. */
  outbox: Record<string, OutboxItem>;
}

export function isFullControl(row: PartnerRow | undefined): boolean {
  return row !== undefined && row.tasks.includes("MANAGE");
}

/** Numbers that still exist, in the order they were added. */
export function numbersOf(world: World, waba: Waba): PhoneNumber[] {
  return waba.numberIds.map((id) => world.numbers[id]).filter(isPresent);
}

function isPresent(number: PhoneNumber | undefined): number is PhoneNumber {
  return number !== undefined && !number.deleted;
}

/**
 * A coexistence number can be on this WABA only, and it is the reason why no partner can be assigned to it.
 */
export function coexistenceNumberOf(world: World, waba: Waba): PhoneNumber | undefined {
  return numbersOf(world, waba).find((number) => number.app !== null);
}

/** Restrictions in force at `now`. */
export function activeRestrictionsOf(waba: Waba, now: number): Restriction[] {
  return waba.restrictions.filter((restriction) => restriction.expiresAt > now);
}

export const BIZ_INITIATED = "RESTRICTED_BIZ_INITIATED_MESSAGING";
export const CUSTOMER_INITIATED = "RESTRICTED_CUSTOMER_INITIATED_MESSAGING";

/** Which directions of messaging are closed at `now`. */
export function closedDirectionsOf(waba: Waba, now: number): { business: boolean; customer: boolean } {
  const types = activeRestrictionsOf(waba, now).map((restriction) => restriction.type);
  return { business: types.includes(BIZ_INITIATED), customer: types.includes(CUSTOMER_INITIATED) };
}

/**
 * Takes the partner out: its row, what its users were given, and the subscriptions of its apps.
 * @param by the action that does it
 */
export function removePartner(world: World, waba: Waba, businessId: string, by: string): void {
  delete waba.partners[businessId];
  if (businessId === world.identity.partnerBusinessId) waba.lostBy = by;
  for (const userId of Object.keys(waba.assignedUsers)) {
    if (world.systemUsers[userId]?.businessId === businessId) delete waba.assignedUsers[userId];
  }
  for (const appId of Object.keys(waba.subscriptions)) {
    if (world.apps[appId]?.businessId === businessId) delete waba.subscriptions[appId];
  }
}

/** Digits only, as Meta writes a number in webhooks and in `wa_id`. */
export function digitsOf(phoneNumber: string): string {
  return phoneNumber.replace(/\D/g, "");
}

/** Counts on; ids made from counts are the same in every run of the same acts. */
export function nextCount(world: World, counter: keyof Counters): number {
  world.counters[counter] += 1;
  return world.counters[counter];
}

export function freshCounters(): Counters {
  return { webhook: 0, trace: 0, message: 0, fault: 0, code: 0, token: 0, object: 0 };
}
