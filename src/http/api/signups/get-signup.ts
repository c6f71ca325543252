import { findSignup } from "../../../onboarding/signup/signup-store.ts";
import type { Signup } from "../../../onboarding/signup/signup.ts";
import type { SignupFlow } from "../../../onboarding/signup-terms.ts";
import { Problem } from "../../../problems.ts";
import { findShare } from "../../../sharing/record/share-store.ts";
import { clientTextOf, type ClientText } from "../../../messages/client-page.ts";
import { parseLanguage } from "../../../messages/languages.ts";
import { findAsset } from "../../../directory/asset-store.ts";
import type { HttpDeps } from "../../kit/http-deps.ts";
import { readSignupViews } from "./read-signups.ts";
import { renderSignup, type SignupContext } from "./render-signup.ts";
import type { SignupJson } from "./signup-schema.ts";

export async function getSignup(deps: Pick<HttpDeps, "db">, id: string): Promise<Signup> {
  const signup = await findSignup(deps.db, id);
  if (signup === undefined) throw new Problem("signup_not_found", { id });
  return signup;
}

/** The signup as the API shows it, in the reader's language or the signup's own. */
export async function renderSignupNow(
  deps: Pick<HttpDeps, "db" | "clock" | "settings" | "termsOf">,
  signup: Signup,
  text: ClientText = clientTextOf(parseLanguage(signup.language ?? "") ?? "en"),
): Promise<SignupJson> {
  const [view] = await readSignupViews(deps.db, [signup], deps.clock.now());
  if (view === undefined) throw new Problem("signup_not_found", { id: signup.id });
  return renderSignup(view, signupContextOf(deps, signup, text));
}

export function signupContextOf(
  deps: Pick<HttpDeps, "settings" | "clock" | "termsOf">,
  signup: Signup,
  text: ClientText,
): SignupContext {
  const terms = deps.termsOf(signup.connectionId);
  if (terms === undefined) throw new Problem("signup_not_found", { id: signup.id });
  const { partnerName } = deps.settings;
  return { partnerName, terms, text, now: deps.clock.now() };
}

/** A WABA that has or had a number of the app can only return through the flow for such numbers. */
export async function flowOf(deps: Pick<HttpDeps, "db">, assetId: string): Promise<SignupFlow> {
  const share = await findShare(deps.db, assetId);
  const isInApp = share?.record.everCoexistence === true || share?.record.kind.value === "coexistence";
  return isInApp ? "coexistence" : "platform";
}

/** The name that people use for the WABA of a signup. */
export async function wabaNameOf(deps: Pick<HttpDeps, "db">, signup: Signup): Promise<string> {
  const asset = await findAsset(deps.db, signup.assetId ?? signup.expectedAssetId ?? "");
  return asset === undefined ? "" : `${asset.name} (${asset.wabaId})`;
}
