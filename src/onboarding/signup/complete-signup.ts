import { saveClientExternalId, saveClientLanguage } from "../../directory/client-store.ts";
import { appendLines } from "../../sharing/record/append-lines.ts";
import { SYSTEM } from "../../sharing/record/record-observation.ts";
import { appendTimeline } from "../../sharing/record/timeline-store.ts";
import { english } from "../../messages/english.ts";
import type { SignupDeps } from "../signup-deps.ts";
import { lockSignup, saveSignup } from "./signup-store.ts";
import { SIGNUP_STEPS, type Signup, type SignupStepId } from "./signup.ts";

/** The final state of a signup follows from its steps: a refusal of Meta remains as an open step. */
function closingOf({ steps }: Pick<Signup, "steps">): { title: string; detail: string } {
  const textOf = (id: SignupStepId): string => english(`client_page.signup_step.${id}`);
  const failed = SIGNUP_STEPS.filter((id) => steps[id]?.status === "failed");
  const left = failed.map((id) =>
    [textOf(id), steps[id]?.metaMessage ?? null].filter((part) => part !== null).join(": "),
  );
  if (left.length > 0)
    return {
      title: "signup.ready_with_left",
      detail: english("signup_closing.left", { steps: left.join("; ") }),
    };
  const done = SIGNUP_STEPS.filter((id) => steps[id]?.status === "done").map(textOf);
  return { title: "signup.ready", detail: english("signup_closing.done", { steps: done.join("; ") }) };
}

/**
 * All steps are done and the share is proven: the signup is ready, and its client gets the provider's own id.
 */
export async function completeSignup(
  deps: Pick<SignupDeps, "db" | "clock" | "wake">,
  signup: Signup,
): Promise<void> {
  const { assetId } = signup;
  if (assetId === null) return;
  const at = deps.clock.now();
  await deps.db.transaction(async (tx) => {
    if ((await lockSignup(tx, signup.id))?.state === "abandoned") return;
    const { language, linkId } = signup;
    if (language !== null) await saveClientLanguage(tx, assetId, language, linkId === null);
    if (signup.externalId !== null) await saveClientExternalId(tx, assetId, signup.externalId);
    const nextStepAt = signup.steps.register?.againAt ?? null;
    await saveSignup(tx, signup.id, { state: "ready", readyAt: at, nextStepAt });
    await appendTimeline(tx, [
      {
        connectionId: signup.connectionId,
        assetId,
        at,
        kind: "command",
        source: "signup",
        ...closingOf(signup),
        actor: "system",
        requestId: null,
        evidence: { signup_id: signup.id, metadata: signup.metadata },
      },
    ]);
    // A signup that repairs is told as a repair.
    if (signup.expectedAssetId === null)
      await appendLines(tx, [{ assetId, by: SYSTEM, type: "waba.onboarding.completed", changed: [] }], at);
  });
  deps.wake();
}
