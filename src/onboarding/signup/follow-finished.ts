import { recordObservation, type RecordDeps } from "../../sharing/record/record-observation.ts";
import { readAttempts } from "./signup-attempt-store.ts";
import type { SignupDeps } from "../signup-deps.ts";
import { saveSignup } from "./signup-store.ts";
import type { Signup, SignupAttempt } from "./signup.ts";
import { FINISHED_WITHOUT_CODE } from "./exit-reason.ts";

/**
 * Anyone with a link may finish windows as often as they like: within this time only one causes a call to
 * Meta.
 */
const ASKED_ONCE_MS = 60_000;

/**
 * Meta's window was finished, and its code did not come. The message is a hint and never a proof: the WABA is
 * probed at once, and only the probe's proof counts. The signup then continues by itself
 * (`go-on-finished.ts`).
 */
export async function followFinished(
  deps: RecordDeps & Pick<SignupDeps, "wakeSignups">,
  signup: Signup,
  attempt: Pick<SignupAttempt, "id">,
): Promise<void> {
  const now = deps.clock.now();
  await saveSignup(deps.db, signup.id, { nextStepAt: now });
  deps.wakeSignups();
  const { expectedAssetId: assetId } = signup;
  if (assetId === null) return;
  const others = (await readAttempts(deps.db, [signup.id])).filter(({ id }) => id !== attempt.id);
  const isAsked = others.some(
    ({ outcome, endedAt }) => outcome === FINISHED_WITHOUT_CODE && (endedAt ?? 0) > now - ASKED_ONCE_MS,
  );
  await recordObservation(deps, {
    assetId,
    observe: isAsked ? { type: "tick" } : { type: "command", command: { kind: "signup_hinted" } },
    note: {
      kind: "command",
      source: "signup",
      title: "signup.finished_without_code",
      detail: null,
      evidence: { signup_id: signup.id },
    },
    by: { actor: "client", requestId: null },
  });
  deps.wake();
}
