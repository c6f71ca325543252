import { findSignup } from "../../onboarding/signup-store.ts";
import { isEnded, type Signup } from "../../onboarding/signup.ts";
import type { HttpDeps } from "../http-deps.ts";

/** What an invitation's token leads to now. */
export type Invitation = { fate: "unknown" } | { fate: "ended" | "live"; signup: Signup };

export async function readInvitation(
  { db, clock, invitations }: Pick<HttpDeps, "db" | "clock" | "invitations">,
  token: string,
): Promise<Invitation> {
  const id = invitations.parse(token);
  const signup = id === null ? undefined : await findSignup(db, id);
  // A signup that a re-share link leads to has that link's page, and no invitation.
  if (signup === undefined || signup.linkId !== null) return { fate: "unknown" };
  const isOver = signup.state === "abandoned" || (!isEnded(signup) && signup.expiresAt <= clock.now());
  return { fate: isOver ? "ended" : "live", signup };
}
