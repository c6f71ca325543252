import type { Signup } from "../../../onboarding/signup/signup.ts";
import { launchOf } from "../../../onboarding/signup-terms.ts";
import type { SignupFlow } from "../../../onboarding/signup-terms.ts";
import { clientTextOf } from "../../../messages/client-page.ts";
import type { Language } from "../../../messages/languages.ts";
import { renderSignupNow } from "../../api/signups/get-signup.ts";
import type { HttpDeps } from "../../kit/http-deps.ts";
import { renderLaunch } from "../../api/signups/render-signup.ts";
import type { SignupJson } from "../../api/signups/signup-schema.ts";

/** The part of a signup that the holder of its link may see. */
export type ClientSignup = Pick<
  SignupJson,
  "id" | "attempt_id" | "state" | "flow" | "waba_id" | "launch" | "steps" | "exit_reason"
>;
export type LaunchJson = NonNullable<SignupJson["launch"]>;

export async function renderClientSignup(
  deps: Pick<HttpDeps, "db" | "clock" | "settings" | "termsOf">,
  signup: Signup,
  language: Language,
): Promise<ClientSignup> {
  const all = await renderSignupNow(deps, signup, clientTextOf(language));
  const { id, attempt_id, state, flow, waba_id, launch, steps, exit_reason } = all;
  return { id, attempt_id, state, flow, waba_id, launch, steps, exit_reason };
}

/** The parameters of the dialog before a signup has begun. */
export function launchFor(
  deps: Pick<HttpDeps, "termsOf">,
  connectionId: string,
  flow: SignupFlow,
  client: { businessId: string | null } | null,
): LaunchJson | null {
  const terms = deps.termsOf(connectionId);
  return terms === undefined ? null : renderLaunch(launchOf(terms, flow, client));
}
