import { newId } from "../lib/new-id.ts";
import type { Random } from "../lib/random.ts";
import type { ShareState } from "../sharing/status/share-state.ts";

/**
 * A link with which a client repairs one WABA: no login, one purpose, one link at a time. Instants in ms
 * since the epoch.
 */
export interface ReshareLink {
  id: string;
  connectionId: string;
  assetId: string;
  createdAt: number;
  /** When the loss began that it repairs; null when it was made while nothing was lost. */
  lostAt: number | null;
  expiresAt: number;
  revokedAt: number | null;
  openedAt: number | null;
  usedAt: number | null;
  /** When a person last had its page open. */
  lastSeenAt: number | null;
  createdBy: string;
  language: string | null;
}

export interface LinkDeps {
  random: Random;
  /** Default lifetime of a new link. */
  reshareLinkLifetimeMs: number;
}

/** A link that is made. */
export type NewLink = Pick<
  ReshareLink,
  "id" | "connectionId" | "assetId" | "createdAt" | "lostAt" | "expiresAt"
>;

/** A new link from `at` on; `lifetimeMs`: instead of the default. */
export function newLinkOf(
  deps: LinkDeps,
  of: Pick<NewLink, "connectionId" | "assetId" | "lostAt">,
  at: number,
  lifetimeMs?: number,
): NewLink {
  const { connectionId, assetId, lostAt } = of;
  const id = newId("rsl", deps.random);
  return { id, connectionId, assetId, createdAt: at, lostAt, expiresAt: expiryOf(deps, at, lifetimeMs) };
}

/** When a link ends that is made at `at`. */
export function expiryOf(
  { reshareLinkLifetimeMs }: Pick<LinkDeps, "reshareLinkLifetimeMs">,
  at: number,
  lifetimeMs = reshareLinkLifetimeMs,
): number {
  return at + lifetimeMs;
}

export type LinkStatus = "live" | "expired" | "revoked";

/** Revoked comes before expired, so that a revoked link is not offered anew. */
export function outcomeOf(link: Pick<ReshareLink, "revokedAt" | "expiresAt">, now: number): LinkStatus {
  if (link.revokedAt !== null) return "revoked";
  return link.expiresAt <= now ? "expired" : "live";
}

/** Statuses in which messages have stopped and the client can repair it. The stores use the same list. */
export const LOST_STATUSES = ["permission_removed", "disabled", "disconnected"] as const;

/** The line of the journal about a new link. The link itself is in no event: whoever has it may act. */
export const LINK_CREATED = { type: "waba.repair.link_created", changed: ["has_reshare_link"] };

export function isLost(state: Pick<ShareState, "status">): boolean {
  return LOST_STATUSES.some((status) => status === state.status);
}

/** Whether refusals and the API name the link: messages are stopped, and the client can repair that. */
export function leadsBack(state: Pick<ShareState, "gate" | "who" | "adoption">): boolean {
  return state.gate === "closed" && state.who === "client" && state.adoption === "adopted";
}

/**
 * How long before its end a lost WABA's link is renewed, so that a closed gate always has one. The old one
 * keeps its own end.
 */
export const RENEW_AHEAD_MS = 30_000;
/** A page that is loaded again and again counts as one visit for each loss. */
export const VISIT_GAP_MS = 30 * 60_000;
/** While a page is open, its last use is saved at most this often. */
export const SEEN_GAP_MS = 60_000;
/**
 * How often each statement may be made with one link in 24 hours: a stolen link must not fill a WABA's
 * history. A change of mind counts in both directions.
 */
export const SAID_PER_DAY = { mind: 5, app_opened: 6, step: 30 } as const;
/** Bounds of a lifetime, in seconds: a minute to a year. */
export const LIFETIME_S = { least: 60, most: 365 * 24 * 3600 } as const;
