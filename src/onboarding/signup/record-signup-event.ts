import { findSecret, saveSecret } from "../../credentials/secret-store.ts";
import { parseSignupMessage } from "../../meta/signup-message.ts";
import { recordObservation, type RecordDeps } from "../../sharing/record/record-observation.ts";
import { findNumber } from "../../directory/number-store.ts";
import { advanceSignup } from "./advance-signup.ts";
import { askRegistration } from "../register/ask-registration.ts";
import { endAttempt } from "./end-attempt.ts";
import { exchangeCode } from "./exchange-code.ts";
import { followFinished } from "./follow-finished.ts";
import { registerNumber } from "../register/register-number.ts";
import { hastenRegistration } from "../register/registration-store.ts";
import { findAttempt, saveCodeReceived, saveMessage } from "./signup-attempt-store.ts";
import type { SignupDeps } from "../signup-deps.ts";
import { clientTokenPlaceOf, codePlaceOf } from "../signup-secrets.ts";
import { findSignup, saveSignup } from "./signup-store.ts";
import { CODE_LIVES_MS, TAKE_OVER_AFTER_MS, type Signup, type SignupAttempt } from "./signup.ts";
import { FINISHED_WITHOUT_CODE, exitReasonOf, type ExitReasonCode } from "./exit-reason.ts";

/** One signup event of an attempt, as the page sends it. */
export type SignupEvent =
  | { type: "code"; code: string }
  | { type: "session"; message: unknown }
  | { type: "exit"; code: ExitReasonCode };

/** "gone": there is no such attempt, or the signup has been ended. */
export type SignupEventRecorded = "recorded" | "gone";

/**
 * Records one signup event: the code of the login callback, or the dialog's message. Each may come first,
 * twice, or alone. The code is sealed and exchanged before this answers, because it is valid for 30 s.
 */
export async function recordSignupEvent(
  deps: SignupDeps,
  input: { signupId: string; attemptId: string; signupEvent: SignupEvent },
): Promise<SignupEventRecorded> {
  const signup = await findSignup(deps.db, input.signupId);
  const attempt = await findAttempt(deps.db, input.signupId, input.attemptId);
  if (signup === undefined || attempt === undefined || signup.state === "abandoned") return "gone";
  const { signupEvent } = input;
  if (signupEvent.type === "code") await recordCode(deps, signup, attempt, signupEvent.code);
  else if (signupEvent.type === "session") await recordMessage(deps, signup, attempt, signupEvent.message);
  else await recordExit(deps, signup, attempt, signupEvent.code);
  return "recorded";
}

async function recordExit(
  deps: RecordDeps & Pick<SignupDeps, "wakeSignups">,
  signup: Signup,
  attempt: SignupAttempt,
  code: ExitReasonCode,
): Promise<void> {
  const outcome = await endAttempt(deps, {
    signup,
    attempt,
    outcome: code,
    metaMessage: null,
    unless: "code",
  });
  if (outcome === FINISHED_WITHOUT_CODE) await followFinished(deps, signup, attempt);
}

async function recordCode(
  deps: SignupDeps,
  signup: Signup,
  attempt: SignupAttempt,
  code: string,
): Promise<void> {
  const now = deps.clock.now();
  const place = codePlaceOf({ connectionId: signup.connectionId, id: attempt.id });
  const isFirst = await deps.db.transaction(async (tx) => {
    if (!(await saveCodeReceived(tx, attempt.id, now))) return false;
    await saveSecret(tx, deps.keyring, place, code);
    await saveSignup(tx, signup.id, { nextStepAt: now + TAKE_OVER_AFTER_MS });
    return true;
  });
  if (!isFirst) return;
  // At once, whichever instance holds the signup: a code expires before the lease of an instance that died.
  await exchangeCode(deps, { signup, attempt: { ...attempt, codeAt: now } });
  await advanceSignup(deps, signup.id);
  deps.wakeSignups();
}

async function recordMessage(
  deps: RecordDeps & Pick<SignupDeps, "wakeSignups">,
  signup: Signup,
  attempt: SignupAttempt,
  sent: unknown,
): Promise<void> {
  const message = parseSignupMessage(sent);
  if (message.kind === "other") return;
  const now = deps.clock.now();
  if (message.kind === "finished") {
    const outcome = await deps.db.transaction(async (tx) => {
      const ended = await saveMessage(tx, attempt.id, message, now);
      // A signup that waits for the message continues; without a code, which may be on its way, it keeps
      // waiting.
      const nextStepAt = attempt.codeAt === null ? now + CODE_LIVES_MS : now;
      if (ended === null) await saveSignup(tx, signup.id, { nextStepAt });
      return ended;
    });
    if (outcome === FINISHED_WITHOUT_CODE) await followFinished(deps, signup, attempt);
    else deps.wakeSignups();
    return;
  }
  const exitReason = exitReasonOf(message);
  if (exitReason === null) return;
  const step = message.kind === "left" ? message.step : null;
  const end = {
    outcome: exitReason.code,
    metaMessage: exitReason.metaMessage,
    step,
    unless: "code",
  } as const;
  const ended = await endAttempt(deps, { signup, attempt, ...end });
  // Once per attempt: it starts a probe, and anyone with a link may send it as often as they like.
  if (ended !== null && exitReason.code === "taken_over") await recordTakenOver(deps, signup);
}

/** Only Meta's signup reports that another partner holds the WABA. */
async function recordTakenOver(deps: RecordDeps, signup: Signup): Promise<void> {
  if (signup.expectedAssetId === null) return;
  await recordObservation(deps, {
    assetId: signup.expectedAssetId,
    observe: { type: "command", command: { kind: "signup_taken_over" } },
    note: null,
    by: { actor: "client", requestId: null },
  });
}

/** The client's own PIN for a number that waits for one, on the number's budget for today. */
export async function recordPin(
  deps: Pick<SignupDeps, "db" | "clock" | "random" | "accountOf" | "keyring" | "wakeSignups">,
  input: { signupId: string; numberId: string; pin: string },
): Promise<"went_on" | "refused" | "silent" | "not_wanted" | "too_often"> {
  const signup = await findSignup(deps.db, input.signupId);
  const wanted = signup?.steps.register?.pinsWanted ?? [];
  if (signup === undefined || !wanted.includes(input.numberId)) return "not_wanted";
  const by = { actor: "client", requestId: null };
  const number = await findNumber(deps.db, input.numberId);
  if (number === undefined) return "not_wanted";
  if (!(await askRegistration(deps, { number, by }))) return "too_often";
  const place = clientTokenPlaceOf({ connectionId: number.connectionId, id: number.assetId });
  const token = (await findSecret(deps.db, deps.keyring, place)) ?? null;
  const result = await registerNumber(deps, { numberId: input.numberId, pin: input.pin, token, by });
  if (result.kind === "too_often") return "too_often";
  if (result.kind !== "registered") return result.kind === "silent" ? "silent" : "refused";
  await hastenRegistration(deps.db, signup.id, deps.clock.now());
  deps.wakeSignups();
  return "went_on";
}
