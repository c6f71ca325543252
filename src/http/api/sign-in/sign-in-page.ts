import type { OidcFault } from "../../../access/oidc-error.ts";
import type { OidcRefusal } from "../../../access/record-oidc-sign-in.ts";
import { english } from "../../../messages/english.ts";
import { renderPlainPage } from "../../kit/plain-page.ts";

/** Why a sign-in did not succeed, with the status of the page that says so. */
const FAULTS = {
  provider_unreachable: 503,
  provider_refused: 401,
  attempt_unknown: 400,
  token_invalid: 401,
  no_role: 403,
  suspended: 403,
  email_missing: 403,
  email_taken: 409,
  too_many_starts: 429,
} as const satisfies Record<OidcFault | OidcRefusal | "attempt_unknown" | "too_many_starts", number>;

export type SignInFault = keyof typeof FAULTS;

/** What the sentences need. `said`: the provider's own words, or how many seconds to wait. */
export interface SignInFacts {
  name: string;
  said: string;
  url: string;
  requestId: string;
}

/** The page of a sign-in that did not succeed: why, what to do, and the way back. */
export async function renderSignInFault(fault: SignInFault, facts: SignInFacts): Promise<Response> {
  const { name, said, url, requestId } = facts;
  const page = await renderPlainPage({
    title: english(`sign_in_page.${fault}.title`, { name }),
    sentences: [english(`sign_in_page.${fault}.detail`, { name, said, url, requestId })],
    link: { href: "/sign-in", text: english("sign_in_page.back") },
    status: FAULTS[fault],
  });
  page.headers.set("Cache-Control", "no-store");
  return page;
}

/**
 * The page after a sign-in, which leads on by itself. A redirect would still count as a request of the
 * provider's site, and the browser would not send our strict cookie along.
 */
export async function renderSignedIn(next: string, cookies: readonly string[]): Promise<Response> {
  const page = await renderPlainPage({
    title: english("sign_in_page.signed_in.title"),
    sentences: [english("sign_in_page.signed_in.detail")],
    link: { href: next, text: english("sign_in_page.continue") },
    status: 200,
  });
  page.headers.set("Cache-Control", "no-store");
  page.headers.set("Refresh", `0; url=${next}`);
  for (const cookie of cookies) page.headers.append("Set-Cookie", cookie);
  return page;
}
