import { useQuery } from "@tanstack/react-query";
import { sessionQuery } from "./queries.ts";

/** Least first; each may what those before it may. */
const RANKS = ["viewer", "support", "operator", "admin"];

/**
 * Whether this person may do what needs the role: what they may not do is never offered, neither as a button nor by a key. The API
 * refuses it in any case. Unknown is no: a button that appears a moment later harms less than one that is refused.
 */
export function useMayAct(needed: "support" | "operator" | "admin" = "operator"): boolean {
  const role = useQuery(sessionQuery).data?.actor.role ?? "viewer";
  return RANKS.indexOf(role) >= RANKS.indexOf(needed);
}

/** The name that the timeline shows for this person's commands. */
export const useActorName = (): string => useQuery(sessionQuery).data?.actor.name ?? "";
