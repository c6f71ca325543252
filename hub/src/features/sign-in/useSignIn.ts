import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { sessionQuery } from "../../api/queries.ts";
import type { Session } from "../../api/types.ts";

/** Where a client sees its own WABAs. The Hub is for the provider's people. */
const PORTAL = "/portal";

/** Signs in by `open`, and leads on to `next`, a path within the Hub. */
export function useSignIn<Given>(next: string, open: (given: Given) => Promise<Session>) {
  const queries = useQueryClient();
  const router = useRouter();
  return useMutation({
    mutationFn: open,
    async onSuccess(session) {
      if (session.actor.role === "client") return location.assign(PORTAL);
      queries.setQueryData(sessionQuery.queryKey, session);
      await router.navigate({ href: next, replace: true });
    },
  });
}
