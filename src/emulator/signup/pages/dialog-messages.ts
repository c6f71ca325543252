/**
 * What the dialog's window posts to the page that opened it when it closes on a given screen. Source:
 * "Embedded Signup implementation" and "Embedded Signup errors": the event is a JSON string, the SDK's own
 * line is not JSON, and Meta promises no order between the two.
 */
import type { Knobs } from "../../world/knobs.ts";
import { CURRENT_STEP } from "./signup-session.ts";
import type { SignupSession } from "./signup-session.ts";

export interface Ending {
  /** The only origin the messages are delivered to; null: nobody opened this window. */
  origin: string | null;
  messages: string[];
  /**
   * Where the window says that it leaves with a code, so that the code's 30 s begin now; null: there is no
   * code.
   */
  refresh: string | null;
}

export function endingOf(
  session: SignupSession,
  knobs: Pick<Knobs, "signup_order" | "signup_code">,
  now: number,
): Ending {
  const event = eventOf(session, now);
  const code = knobs.signup_code === "lost" ? undefined : session.outcome?.code;
  const line = `cb=${session.channel}&${new URLSearchParams(code ? { code } : { error: "access_denied" }).toString()}`;
  const messages = event ? [JSON.stringify(event), line] : [line];
  return {
    origin: session.openerOrigin || null,
    messages: knobs.signup_order === "code_first" ? messages.reverse() : messages,
    refresh: code ? `/dialog/oauth/leave?session=${session.id}` : null,
  };
}

/**
 * Closing on the last screen counts as success; closing on an error reports it. Before signing in nothing is
 * said.
 */
function eventOf(session: SignupSession, now: number): unknown {
  if (session.outcome) return session.outcome.event;
  if (session.failure) return cancelOf(errorDataOf(session, session.failure, now));
  const currentStep = CURRENT_STEP[session.step];
  return currentStep ? cancelOf({ current_step: currentStep }) : null;
}

function cancelOf(data: Record<string, string>): unknown {
  return { type: "WA_EMBEDDED_SIGNUP", event: "CANCEL", data, version: 3 };
}

function errorDataOf(
  session: SignupSession,
  failure: { code: string; words: string },
  now: number,
): Record<string, string> {
  return {
    error_message: failure.words,
    error_code: failure.code,
    session_id: session.id,
    timestamp: String(Math.floor(now / 1000)),
  };
}
