import { useQuery } from "@tanstack/react-query";
import { sessionQuery } from "./queries.ts";

/** Whether this person may change anything: what a viewer cannot do is not offered. The API refuses it in any case. */
export function useMayAct(): boolean {
  return useQuery(sessionQuery).data?.actor.role !== "viewer";
}
