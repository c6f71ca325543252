import { useQuery } from "@tanstack/react-query";
import { sessionQuery } from "./queries.ts";
import type { Session } from "./types.ts";

/** Least first; each role may do everything that the roles before it may do. */
const RANKS = ["viewer", "support", "operator", "admin"];

/**
 * Whether this person has the role. Commands that need more are not offered, neither as a button nor by a
 * key. The API refuses them in any case. Unknown is no: a late button is better than a refused one.
 */
export function useMayAct(needed: "support" | "operator" | "admin" = "operator"): boolean {
  const role = useQuery(sessionQuery).data?.actor.role ?? "viewer";
  return RANKS.indexOf(role) >= RANKS.indexOf(needed);
}

/** Whether somebody sees the WABAs of one client or connection only: the API refuses what is about all. */
export const isLimited = ({ actor }: Session): boolean =>
  actor.client_id !== undefined || actor.connection_id !== undefined;

export function useIsLimited(): boolean {
  const session = useQuery(sessionQuery).data;
  return session !== undefined && isLimited(session);
}

/** Whether this person has the role for all WABAs: people, keys, the audit and webhooks are about all. */
export const mayActOnAll = (session: Session | undefined, needed: "operator" | "admin"): boolean =>
  session !== undefined && RANKS.indexOf(session.actor.role) >= RANKS.indexOf(needed) && !isLimited(session);

export const useMayActOnAll = (needed: "operator" | "admin"): boolean =>
  mayActOnAll(useQuery(sessionQuery).data, needed);

/** The name that the timeline shows for this person's commands. */
export const useActorName = (): string => useQuery(sessionQuery).data?.actor.name ?? "";
