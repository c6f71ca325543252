import { saveClientExternalId } from "../directory/directory-store.ts";
import { appendObservation } from "../sharing/timeline-store.ts";
import type { SignupDeps } from "./signup-deps.ts";
import { lockSignup, saveSignup } from "./signup-store.ts";
import type { Signup } from "./signup.ts";

/** Everything is taken and the share is proven: the signup is ready, and its client bears the provider's own id. */
export async function completeSignup(deps: SignupDeps, signup: Signup): Promise<void> {
  const { assetId } = signup;
  if (assetId === null) return;
  const at = deps.clock.now();
  await deps.db.transaction(async (tx) => {
    if ((await lockSignup(tx, signup.id))?.state === "abandoned") return;
    if (signup.externalId !== null) await saveClientExternalId(tx, assetId, signup.externalId);
    await saveSignup(tx, signup.id, { state: "ready", readyAt: at, nextStepAt: null });
    await appendObservation(tx, {
      connectionId: signup.connectionId,
      assetId,
      at,
      kind: "act",
      source: "signup",
      title: "signup.ready",
      detail: null,
      actor: "system",
      requestId: null,
      evidence: { signup_id: signup.id, metadata: signup.metadata },
    });
  });
  deps.wake();
}
