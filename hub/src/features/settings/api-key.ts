import type { ApiKey, ApiKeyWish } from "../../api/types.ts";
import { STAFF_ROLES, type StaffRole } from "./roles.ts";

/** Whoever acts with ADMIN_API_KEY has this id. */
export const ADMIN_KEY_ID = "key_admin";

type Scope = NonNullable<ApiKey["scopes"]>[number];
type OfferedScope = Exclude<Scope, "messages">;

/**
 * The least role for the reads of a scope, and for all of its calls. A scope that no call asks for yet is not
 * offered.
 */
export const OFFERED_SCOPES: Readonly<Record<OfferedScope, { reads: StaffRole; all: StaffRole }>> = {
  "can-send": { reads: "viewer", all: "viewer" },
  reshare: { reads: "viewer", all: "support" },
  onboarding: { reads: "viewer", all: "operator" },
  keys: { reads: "admin", all: "admin" },
};

export const offeredScopes = ["can-send", "reshare", "onboarding", "keys"] as const satisfies OfferedScope[];

const hasRole = (role: StaffRole, needed: StaffRole): boolean =>
  STAFF_ROLES.indexOf(role) >= STAFF_ROLES.indexOf(needed);

/** What a key of this role can do with a scope. */
export function useOf(scope: OfferedScope, role: StaffRole): "all" | "reads" | "none" {
  const { reads, all } = OFFERED_SCOPES[scope];
  if (hasRole(role, all)) return "all";
  return hasRole(role, reads) ? "reads" : "none";
}

/** Why a key is no longer valid at `now` (ms); undefined while it is. */
export function endOf(
  { revoked_at, expires_at }: Pick<ApiKey, "revoked_at" | "expires_at">,
  now: number,
): "revoked" | "expired" | undefined {
  if (revoked_at !== undefined) return "revoked";
  return expires_at !== null && Date.parse(expires_at) <= now ? "expired" : undefined;
}

const PREFIX = /^shk_[^_\s]{1,8}/;

/** A whole key that was pasted, without its secret part: that must not get into an address. */
export const withoutSecret = (typed: string): string => PREFIX.exec(typed.trim())?.[0] ?? typed.trim();

/** The keys with this in their name or at the beginning of the key; those that are valid first. */
export function foundKeys(keys: readonly ApiKey[], q: string, now: number): ApiKey[] {
  const wanted = q.trim().toLowerCase();
  const fits = ({ name, prefix }: ApiKey): boolean =>
    name.toLowerCase().includes(wanted) || prefix.startsWith(wanted);
  const found = keys.filter(fits);
  const isEnded = (key: ApiKey): boolean => endOf(key, now) !== undefined;
  return [...found.filter((key) => !isEnded(key)), ...found.filter(isEnded)];
}

const DAY_MS = 86_400_000;

export const EXPIRIES = ["days_30", "days_90", "year", "day", "never"] as const;
export type Expiry = (typeof EXPIRIES)[number];

export const isExpiry = (name: string): name is Expiry => EXPIRIES.some((expiry) => expiry === name);

/**
 * When a key of this validity ends; null: never; undefined: the day is missing. `day`: "2027-01-31", whose
 * end in the viewer's zone counts.
 */
export function expiresAtOf(expiry: Expiry, day: string, now: number): string | null | undefined {
  if (expiry === "never") return null;
  if (expiry === "day") return day === "" ? undefined : new Date(`${day}T23:59:59`).toISOString();
  const days = { days_30: 30, days_90: 90, year: 365 }[expiry];
  return new Date(now + days * DAY_MS).toISOString();
}

/** What the form holds. `scopes` null: whatever the role may do. The client counts by `isOneClient` only. */
export interface KeyWish {
  name: string;
  role: StaffRole;
  scopes: OfferedScope[] | null;
  isOneClient: boolean;
  clientId: string;
  expiry: Expiry;
  day: string;
}

export const EMPTY_WISH: KeyWish = {
  ...{ name: "", role: "viewer", scopes: null, isOneClient: false, clientId: "" },
  ...{ expiry: "year", day: "" },
};

/** What is sent to make the key; undefined while something is missing. */
export function wishBodyOf(wish: KeyWish, now: number): ApiKeyWish | undefined {
  const name = wish.name.trim();
  const scopes = wish.scopes?.filter((scope) => useOf(scope, wish.role) !== "none");
  const expiresAt = expiresAtOf(wish.expiry, wish.day, now);
  const isMissing = name === "" || scopes?.length === 0 || (wish.isOneClient && wish.clientId === "");
  if (isMissing || expiresAt === undefined) return undefined;
  return {
    ...{ name, role: wish.role },
    ...(scopes !== undefined && { scopes }),
    ...(wish.isOneClient && { client_id: wish.clientId }),
    ...(expiresAt !== null && { expires_at: expiresAt }),
  };
}

/** An end within this time is worth a warning. */
const SOON_MS = 14 * DAY_MS;

export const endsSoon = (expiresAt: string, now: number): boolean => Date.parse(expiresAt) - now < SOON_MS;
