import { findOwnerId } from "../../directory/meta-id-store.ts";
import type { By } from "../../sharing/record/record-observation.ts";
import { findShare } from "../../sharing/record/share-store.ts";
import { advanceSignup } from "./advance-signup.ts";
import type { SignupDeps } from "../signup-deps.ts";
import { findSignup } from "./signup-store.ts";
import { takeWithoutCode } from "./take-without-code.ts";
import { FINISHED_WITHOUT_CODE } from "./exit-reason.ts";

/**
 * An operator confirms the WABA that came after a window without a code: the signup imports it, and its steps
 * continue.
 *
 * @returns false when there is none to confirm, or it belongs to another client by now
 */
export async function confirmWaba(
  deps: SignupDeps,
  { signupId, by }: { signupId: string; by: By },
): Promise<boolean> {
  const signup = await findSignup(deps.db, signupId);
  if (signup?.offered?.isToConfirm !== true || signup.state !== "opened") return false;
  const assetId = await findOwnerId(deps.db, signup.connectionId, "waba", signup.offered.wabaId);
  const share = assetId === undefined ? undefined : await findShare(deps.db, assetId);
  if (assetId === undefined || share?.record.adoption !== "discovered") return false;
  const event = FINISHED_WITHOUT_CODE;
  await takeWithoutCode(deps, { signupId, assetId, event, as: "unknown", by });
  await advanceSignup(deps, signupId);
  return true;
}
