import { planNotices } from "../../delivery/plan-notices.ts";
import { findAsset } from "../../directory/asset-store.ts";
import type { SignupDeps } from "../signup-deps.ts";
import { signupNoticeOf } from "./signup-notice.ts";
import { forgetAttemptSecrets, lockSignup, readExpiredSignups, saveSignup } from "./signup-store.ts";

/**
 * Ends a signup. Finished steps stay; its codes and tokens are deleted. A ready signup stays ready: its link
 * ends, and its registration is not retried. The abandoned repair of a known WABA is no event: its loss goes
 * on.
 *
 * @returns false when it had ended already
 */
export async function abandonSignup(
  deps: Pick<SignupDeps, "db" | "clock" | "random">,
  signupId: string,
): Promise<boolean> {
  return deps.db.transaction(async (tx) => {
    const signup = await lockSignup(tx, signupId);
    if (signup === undefined || signup.abandonedAt !== null) return false;
    const now = deps.clock.now();
    const state = signup.state === "ready" ? "ready" : "abandoned";
    await saveSignup(tx, signupId, { state, abandonedAt: now, nextStepAt: null });
    await forgetAttemptSecrets(tx, signup, true);
    if (state === "ready" || signup.expectedAssetId !== null) return true;
    const asset = signup.assetId === null ? undefined : await findAsset(tx, signup.assetId);
    const seen = { outcome: null, metaMessage: null, wabaId: asset?.wabaId ?? null };
    await planNotices(tx, deps, [signupNoticeOf("waba.onboarding.abandoned", { ...signup, state }, seen)]);
    return true;
  });
}

const BATCH = 100;

/** Expired signups. */
export async function abandonExpiredSignups(
  deps: Pick<SignupDeps, "db" | "clock" | "random">,
): Promise<void> {
  for (;;) {
    const expired = await readExpiredSignups(deps.db, deps.clock.now(), BATCH);
    for (const id of expired) await abandonSignup(deps, id);
    if (expired.length < BATCH) return;
  }
}
