import { deleteSecret } from "../credentials/secret-store.ts";
import { appendObservation } from "../sharing/timeline-store.ts";
import { saveOutcome } from "./signup-attempt-store.ts";
import type { SignupDeps } from "./signup-deps.ts";
import { attemptTokenPlaceOf, codePlaceOf } from "./signup-secrets.ts";
import type { Signup, SignupAttempt } from "./signup.ts";
import { FINISHED_WITHOUT_CODE, type WayOutCode } from "./way-out.ts";

/**
 * An attempt ended without a share: with which way out, on the record, and on the timeline of the WABA that it was about. Its token is
 * forgotten, unless what was chosen stays on offer.
 *
 * @returns how it ended by this; null when it had ended already
 */
export async function endAttempt(
  deps: Pick<SignupDeps, "db" | "clock">,
  input: {
    signup: Signup;
    attempt: Pick<SignupAttempt, "id">;
    outcome: WayOutCode;
    words: string | null;
    step?: string | null;
    isOffered?: boolean;
    unless?: "code" | "token";
  },
): Promise<SignupAttempt["outcome"]> {
  const { signup, attempt, words } = input;
  const at = deps.clock.now();
  return deps.db.transaction(async (tx) => {
    const end = { outcome: input.outcome, words, step: input.step ?? null, at, unless: input.unless };
    const outcome = await saveOutcome(tx, attempt.id, end);
    if (outcome === null) return null;
    const place = { connectionId: signup.connectionId, id: attempt.id };
    await deleteSecret(tx, codePlaceOf(place));
    if (input.isOffered !== true) await deleteSecret(tx, attemptTokenPlaceOf(place));
    // A finished window is told by what follows from it (follow-finished.ts).
    if (signup.expectedAssetId === null || outcome === FINISHED_WITHOUT_CODE) return outcome;
    await appendObservation(tx, {
      connectionId: signup.connectionId,
      assetId: signup.expectedAssetId,
      at,
      kind: "act",
      source: "signup",
      title: "signup.exit_reason",
      detail: words,
      actor: "client",
      requestId: null,
      evidence: { signup_id: signup.id, outcome, step: input.step ?? null },
    });
    return outcome;
  });
}
