import { findSignup } from "../../../onboarding/signup/signup-store.ts";
import { hasInvitationLink, type Signup } from "../../../onboarding/signup/signup.ts";
import type { HttpDeps } from "../../kit/http-deps.ts";

/** What an invitation's token leads to now. */
export type Invitation = { outcome: "unknown" } | { outcome: "ended" | "finished" | "live"; signup: Signup };

export async function readInvitation(
  { db, clock, invitations }: Pick<HttpDeps, "db" | "clock" | "invitations">,
  token: string,
): Promise<Invitation> {
  const id = invitations.parse(token);
  const signup = id === null ? undefined : await findSignup(db, id);
  // A signup of a re-share link has that link's page, and no invitation.
  if (signup === undefined || signup.linkId !== null) return { outcome: "unknown" };
  return { outcome: outcomeOf(signup, clock.now()), signup };
}

/**
 * The page of a finished signup is shown for one day, so that its reader may return to it. Then the address
 * ends.
 */
function outcomeOf(signup: Signup, now: number): "ended" | "finished" | "live" {
  if (hasInvitationLink(signup, now)) return "live";
  return signup.state === "ready" ? "finished" : "ended";
}
