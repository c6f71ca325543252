import { SignupRefusal, type SignupPost } from "../../../signup/signup-wire.ts";
import { api, ProblemError } from "../../api/client.ts";
import type { Signup } from "../../api/types.ts";

/**
 * Sends one signup event for the opener of Meta's window. A final refusal throws `SignupRefusal`; other
 * failures are sent again.
 */
export const sendEventTo =
  (signupId: string, flow: Signup["flow"] | null): SignupPost<Signup> =>
  async (sent) => {
    try {
      return await api.post<Signup>(
        `/signups/${encodeURIComponent(signupId)}/events`,
        sent.type === "begun" && flow !== null ? { ...sent, flow } : sent,
      );
    } catch (error) {
      if (error instanceof ProblemError && error.status >= 400 && error.status < 500)
        throw new SignupRefusal({ ...error.body, status: error.status });
      throw error;
    }
  };
