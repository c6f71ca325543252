import { newId } from "../../lib/new-id.ts";
import { countAttemptsSince, findAttempt, insertAttempt } from "./signup-attempt-store.ts";
import type { SignupDeps } from "../signup-deps.ts";
import { lockSignup, saveSignup } from "./signup-store.ts";
import type { Signup, SignupAttempt } from "./signup.ts";

/** A person presses the button a few times; the limit stops a program that presses it for ever. */
const ATTEMPTS_PER_HOUR = 30;
const HOUR_MS = 3_600_000;

/** A person opens Meta's dialog. @returns null when that was done too often within the hour */
export async function beginAttempt(
  deps: Pick<SignupDeps, "db" | "clock" | "random">,
  signup: Signup,
): Promise<SignupAttempt | null> {
  const now = deps.clock.now();
  const id = newId("sga", deps.random);
  const isBegun = await deps.db.transaction(async (tx) => {
    // Locked, because simultaneous requests would otherwise all count as the last allowed one.
    await lockSignup(tx, signup.id);
    if ((await countAttemptsSince(tx, signup.id, now - HOUR_MS)) >= ATTEMPTS_PER_HOUR) return false;
    await insertAttempt(tx, { id, signupId: signup.id, at: now });
    await saveSignup(tx, signup.id, {
      openedAt: now,
      ...(signup.state === "invited" && { state: "opened" }),
    });
    return true;
  });
  if (!isBegun) return null;
  const attempt = await findAttempt(deps.db, signup.id, id);
  if (attempt === undefined) throw new Error("Broken assumption: what was just written is there");
  return attempt;
}
