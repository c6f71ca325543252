import type { ShareState } from "../sharing/state.ts";

/** A client's way back to one WABA: no login, one purpose, one link at a time. Instants in ms since the epoch. */
export interface ReshareLink {
  id: string;
  connectionId: string;
  assetId: string;
  createdAt: number;
  /** When the loss began that it leads back from; null when it was made while nothing was lost. */
  lostAt: number | null;
  expiresAt: number;
  revokedAt: number | null;
  openedAt: number | null;
  usedAt: number | null;
  /** The client has said that the loss was intended. */
  intendedAt: number | null;
  /** The client has said that the banned app works again. */
  appWorksAt: number | null;
  language: string | null;
}

export type LinkFate = "live" | "expired" | "revoked";

/** Revoked goes before expired: what somebody took back is not offered anew. */
export function fateOf(link: Pick<ReshareLink, "revokedAt" | "expiresAt">, now: number): LinkFate {
  if (link.revokedAt !== null) return "revoked";
  return link.expiresAt <= now ? "expired" : "live";
}

/** Statuses in which messages have stopped and the client has a way back. Also the lists of the stores. */
export const LOST_STATUSES = ["permission_removed", "disabled", "disconnected"] as const;

export function isLost(state: Pick<ShareState, "status">): boolean {
  return LOST_STATUSES.some((status) => status === state.status);
}

/** Whether refusals and the API name the link: messages are stopped, and the client can let them flow again. */
export function leadsBack(state: Pick<ShareState, "gate" | "who" | "adoption">): boolean {
  return state.gate === "closed" && state.who === "client" && state.adoption === "adopted";
}

/** Whether the client has said, within this loss, that the app works again. */
export function appWorksAgain(link: Pick<ReshareLink, "appWorksAt" | "lostAt"> | null): boolean {
  if (link === null || link.appWorksAt === null) return false;
  return link.lostAt === null || link.appWorksAt >= link.lostAt;
}

/** Whether the link of an earlier loss serves for a new one: it is live, and its loss was not meant to last. */
export function mayServeAgain(link: ReshareLink, now: number): boolean {
  return fateOf(link, now) === "live" && link.intendedAt === null;
}

/** Looks at Meta that one link may ask for: the page asks by itself every 15 s, and people press the button too. */
export const CHECKS_PER_MINUTE = 6;
/** A page that is loaded again and again is one visit. */
export const VISIT_GAP_MS = 60_000;
/** Bounds of a lifetime, in seconds: a minute to a year. */
export const LIFETIME_S = { least: 60, most: 365 * 24 * 3600 } as const;
