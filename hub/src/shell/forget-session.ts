import { hashKey, type QueryClient } from "@tanstack/react-query";
import { aboutQuery, signInWaysQuery } from "../api/queries.ts";
import { forgetList } from "./list-memory.ts";

/** What anybody may read. The sign-in page may be reading it already. */
const OPEN_TO_ANYBODY = [aboutQuery, signInWaysQuery].map(({ queryKey }) => hashKey(queryKey));

/**
 * What a session has left in this browser is gone with it, so that the next person sees nothing of it. The
 * server asks for it too (Clear-Site-Data), but it may be out of reach, and a session may end by its time.
 */
export function forgetSession(queries: QueryClient): void {
  queries.removeQueries({ predicate: ({ queryHash }) => !OPEN_TO_ANYBODY.includes(queryHash) });
  queries.getMutationCache().clear();
  forgetList();
}
