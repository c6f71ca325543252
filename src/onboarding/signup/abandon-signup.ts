import type { SignupDeps } from "../signup-deps.ts";
import { forgetAttemptSecrets, lockSignup, readExpiredSignups, saveSignup } from "./signup-store.ts";

/**
 * Ends a signup. Finished steps stay; its codes and tokens are deleted. A ready signup stays ready: its link
 * ends, and its registration is not retried.
 *
 * @returns false when it had ended already
 */
export async function abandonSignup(
  deps: Pick<SignupDeps, "db" | "clock">,
  signupId: string,
): Promise<boolean> {
  return deps.db.transaction(async (tx) => {
    const signup = await lockSignup(tx, signupId);
    if (signup === undefined || signup.abandonedAt !== null) return false;
    const now = deps.clock.now();
    const state = signup.state === "ready" ? "ready" : "abandoned";
    await saveSignup(tx, signupId, { state, abandonedAt: now, nextStepAt: null });
    await forgetAttemptSecrets(tx, signup, true);
    return true;
  });
}

const BATCH = 100;

/** Expired signups. */
export async function abandonExpiredSignups(deps: Pick<SignupDeps, "db" | "clock">): Promise<void> {
  for (;;) {
    const expired = await readExpiredSignups(deps.db, deps.clock.now(), BATCH);
    for (const id of expired) await abandonSignup(deps, id);
    if (expired.length < BATCH) return;
  }
}
