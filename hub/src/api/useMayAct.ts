import { useQuery } from "@tanstack/react-query";
import { sessionQuery } from "./queries.ts";

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

/** The name that the timeline shows for this person's commands. */
export const useActorName = (): string => useQuery(sessionQuery).data?.actor.name ?? "";
