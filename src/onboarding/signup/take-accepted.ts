import type { RecordDeps } from "../../sharing/record/record-observation.ts";
import { findSecret } from "../../credentials/secret-store.ts";
import { findAttempt } from "./signup-attempt-store.ts";
import type { SignupDeps } from "../signup-deps.ts";
import { attemptTokenPlaceOf } from "../signup-secrets.ts";
import { saveSignup } from "./signup-store.ts";
import type { OfferedWaba, Signup } from "./signup.ts";
import { takeWaba } from "./take-waba.ts";

/**
 * Takes in the successor that an operator accepted: also after a kill between the two. @returns whether there
 * is more to do
 */
export async function takeAccepted(
  deps: RecordDeps & Pick<SignupDeps, "accountOf" | "keyring">,
  signup: Signup,
  { wabaId, attemptId }: OfferedWaba,
): Promise<boolean> {
  const account = deps.accountOf(signup.connectionId);
  const attempt = await findAttempt(deps.db, signup.id, attemptId);
  const place = attemptTokenPlaceOf({ connectionId: signup.connectionId, id: attemptId });
  const token = await findSecret(deps.db, deps.keyring, place);
  if (account === undefined || attempt === undefined || token === undefined) {
    // Probes prove the new WABA in any case; without its token the signup cannot continue.
    await saveSignup(deps.db, signup.id, { offered: null, nextStepAt: null });
    return false;
  }
  return takeWaba(deps, { signup, attempt, wabaId, token, account });
}
