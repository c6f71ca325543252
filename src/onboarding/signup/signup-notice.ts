import type { Notice, SignupNotice } from "../../delivery/notice.ts";
import type { Signup, SignupAttempt } from "./signup.ts";

/** How an attempt ended: with which exit reason, and what Meta said. */
type Ended = Pick<SignupAttempt, "outcome" | "metaMessage">;

/** @param wabaId Meta's id of the WABA that came; null: none did */
export function signupNoticeOf(
  type: SignupNotice,
  signup: Signup,
  { outcome, metaMessage, wabaId }: Ended & { wabaId: string | null },
): Notice {
  const { id, state, flow, externalId, metadata, connectionId } = signup;
  return {
    type,
    data: {
      signup: {
        ...{ id, connection: connectionId, state, flow, external_id: externalId, metadata, waba_id: wabaId },
        ...{ exit_reason: outcome, meta_message: metaMessage },
      },
    },
  };
}
