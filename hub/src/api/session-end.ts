import type { QueryClient } from "@tanstack/react-query";
import { getSession } from "./generated/sdk.gen.ts";
import { ProblemError } from "./problem-error.ts";
import { sessionQuery } from "./queries.ts";

const isSignedOut = (error: unknown): boolean => error instanceof ProblemError && error.status === 401;

/**
 * Takes the errors of queries and calls `onEnd` once the session has ended. A 401 alone does not say so: a
 * change of the own password or second factor renews the cookie, and a request that is under way meanwhile
 * has the old one. Therefore the session is asked for again, after the changes under way.
 */
export function watchSessionEnd(queries: QueryClient, onEnd: () => void): (error: unknown) => void {
  let isAsking = false;
  return (error) => {
    // Where no session was read yet, the router leads to the sign-in.
    const hadSession = queries.getQueryData(sessionQuery.queryKey) !== undefined;
    if (isAsking || !hadSession || !isSignedOut(error)) return;
    isAsking = true;
    void hasEnded(queries).then((ended) => {
      isAsking = false;
      if (!ended) return;
      queries.removeQueries({ queryKey: sessionQuery.queryKey });
      onEnd();
    });
  };
}

async function hasEnded(queries: QueryClient): Promise<boolean> {
  await untilUnchanging(queries);
  try {
    queries.setQueryData(sessionQuery.queryKey, (await getSession()).data);
  } catch (error) {
    return isSignedOut(error);
  }
  void queries.refetchQueries({ predicate: ({ state }) => isSignedOut(state.error) });
  return false;
}

function untilUnchanging(queries: QueryClient): Promise<void> {
  return new Promise((resolve) => {
    if (queries.isMutating() === 0) return resolve();
    const stop = queries.getMutationCache().subscribe(() => {
      if (queries.isMutating() > 0) return;
      stop();
      resolve();
    });
  });
}
