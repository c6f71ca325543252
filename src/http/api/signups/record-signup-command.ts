import { english } from "../../../messages/english.ts";
import type { SignupDeps } from "../../../onboarding/signup-deps.ts";
import { findNumber } from "../../../directory/number-store.ts";
import { beginAttempt } from "../../../onboarding/signup/begin-attempt.ts";
import { recordSignupEvent, recordPin } from "../../../onboarding/signup/record-signup-event.ts";
import { saveSignup } from "../../../onboarding/signup/signup-store.ts";
import { isEnded, type Signup } from "../../../onboarding/signup/signup.ts";
import type { SignupFlow } from "../../../onboarding/signup-terms.ts";
import { Problem } from "../../../problems.ts";
import type { HttpDeps } from "../../kit/http-deps.ts";
import type { SignupEventJson } from "./signup-schema.ts";

/**
 * Executes one signup event of a page, or of a program in its place. @throws Problem that says what to do
 * instead
 */
export async function recordSignupCommand(
  deps: SignupDeps,
  signup: Signup,
  sent: SignupEventJson,
): Promise<void> {
  if (signup.state === "abandoned") throw new Problem("signup_ended", { state: signup.state });
  switch (sent.type) {
    case "begun":
      if (isEnded(signup)) throw new Problem("signup_ended", { state: signup.state });
      if (sent.flow !== undefined && sent.flow !== signup.flow) await chooseFlow(deps, signup, sent.flow);
      if ((await beginAttempt(deps, signup)) === null) throw new Problem("too_many_attempts");
      return;
    case "pin":
      return recordOwnPin(deps, signup, sent);
    default: {
      const { attempt_id: attemptId, ...signupEvent } = sent;
      const recorded = await recordSignupEvent(deps, { signupId: signup.id, attemptId, signupEvent });
      if (recorded === "gone") throw new Problem("attempt_ended");
    }
  }
}

async function chooseFlow(deps: Pick<HttpDeps, "db">, signup: Signup, flow: SignupFlow): Promise<void> {
  if (!signup.clientChoosesFlow)
    throw new Problem("signup_not_offered", {
      why: english("signup_not_offered.flow", { flow: signup.flow }),
    });
  await saveSignup(deps.db, signup.id, { flow });
}

async function recordOwnPin(
  deps: Pick<HttpDeps, "db" | "clock" | "random" | "accountOf" | "keyring" | "wakeSignups">,
  signup: Signup,
  { phone_number_id, pin }: Extract<SignupEventJson, { type: "pin" }>,
): Promise<void> {
  const number = await findNumber(deps.db, phone_number_id);
  const numberId = number?.id ?? "";
  const recorded = await recordPin(deps, { signupId: signup.id, numberId, pin });
  if (recorded === "not_wanted") throw new Problem("pin_not_wanted", { id: phone_number_id });
  if (recorded === "too_often") throw new Problem("too_many_registrations");
  if (recorded === "silent") throw new Problem("meta_unreachable");
  if (recorded === "refused") throw new Problem("pin_refused");
}
