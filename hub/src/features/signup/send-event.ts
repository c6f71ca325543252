import { SignupRefusal, type SignupPost } from "../../../signup/signup-wire.ts";
import { recordSignupEvent } from "../../api/generated/sdk.gen.ts";
import { ProblemError } from "../../api/problem-error.ts";
import type { AnsweredFlow, Signup } from "../../api/types.ts";

/**
 * Sends one signup event for the opener of Meta's window. A final refusal throws `SignupRefusal`; other
 * failures are sent again.
 */
export const sendEventTo =
  (signupId: string, flow: AnsweredFlow | null): SignupPost<Signup> =>
  async (sent) => {
    try {
      const body = sent.type === "begun" && flow !== null ? { ...sent, flow } : sent;
      return (await recordSignupEvent({ path: { id: signupId }, body })).data;
    } catch (error) {
      if (error instanceof ProblemError && error.status >= 400 && error.status < 500)
        throw new SignupRefusal({ ...error.body, status: error.status });
      throw error;
    }
  };
