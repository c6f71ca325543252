import type { VerifyDeps } from "../../sharing/probe/verify-share.ts";
import type { RecordDeps } from "../../sharing/record/record-observation.ts";
import { exchangeCode } from "./exchange-code.ts";
import { goOnFinished } from "./go-on-finished.ts";
import { matchAttempt } from "./match-attempt.ts";
import { completeSignup } from "./complete-signup.ts";
import type { SignupDeps } from "../signup-deps.ts";
import { readOpenAttempts } from "./signup-attempt-store.ts";
import {
  claimSignup,
  findSignup,
  hasNewerSignup,
  releaseSignup,
  saveSignup,
  signupLease,
} from "./signup-store.ts";
import {
  isEnded,
  isRegistrationLeft,
  MESSAGE_AWAITED_MS,
  nextStepOf,
  retryDelayMs,
  SIGNUP_LIVES_MS,
  TAKE_OVER_AFTER_MS,
  type Signup,
  type SignupAttempt,
  type SignupStep,
} from "./signup.ts";
import { takeAccepted } from "./take-accepted.ts";
import { stepOf, takeStep } from "./take-step.ts";

/** More steps than a signup has: only a safety limit. */
const MOST_TURNS = 20;

/**
 * Takes the steps of a signup as far as possible without a person: the newest attempt is exchanged and
 * matched, then the WABA is subscribed, registered, proven. Each step is saved before the next, so that a
 * killed process can be continued.
 */
export async function advanceSignup(deps: SignupDeps, signupId: string): Promise<void> {
  for (let turn = 0; turn < MOST_TURNS; turn += 1) {
    const lease = signupLease(deps.clock.now());
    if (!(await claimSignup(deps.db, signupId, lease))) return;
    try {
      const signup = await findSignup(deps.db, signupId);
      if (signup === undefined || !(await goOn(deps, signup))) return;
    } finally {
      await releaseSignup(deps.db, signupId, lease);
    }
  }
}

/** One round. @returns whether there may be more to do at once */
async function goOn(deps: SignupDeps, signup: Signup): Promise<boolean> {
  if (signup.state === "abandoned") return rest(deps, signup, null);
  const [attempt] = await readOpenAttempts(deps.db, signup.id);
  if (attempt !== undefined) return goOnWithAttempt(deps, signup, attempt);
  if (signup.offered?.isAccepted === true) return takeAccepted(deps, signup, signup.offered);
  const { assetId } = signup;
  if (!isEnded(signup) && assetId !== null) return goOnWithWaba(deps, signup);
  if (signup.state === "ready" && assetId !== null && isRegistrationLeft(signup))
    return registerAgain(deps, signup, assetId);
  const isOpen = signup.state === "opened" && assetId === null;
  await rest(deps, signup, isOpen ? await goOnFinished(deps, signup) : null);
  return hasNews(deps, signup);
}

async function rest(deps: Pick<SignupDeps, "db">, signup: Signup, nextStepAt: number | null): Promise<false> {
  await saveSignup(deps.db, signup.id, { nextStepAt });
  return false;
}

/** Whether an attempt arrived during a step: its next step was then overwritten. */
async function hasNews(deps: Pick<SignupDeps, "db">, signup: Signup): Promise<boolean> {
  return (await readOpenAttempts(deps.db, signup.id)).length > 0;
}

const SILENT_REPEAT_MS = 1500;

async function goOnWithAttempt(
  deps: RecordDeps & Pick<SignupDeps, "accountOf" | "keyring" | "termsOf">,
  signup: Signup,
  attempt: SignupAttempt,
): Promise<boolean> {
  const now = deps.clock.now();
  if (attempt.exchangedAt === null) {
    const takeOverAt = (attempt.codeAt ?? now) + TAKE_OVER_AFTER_MS;
    if (now < takeOverAt) return rest(deps, signup, takeOverAt);
    const exchange = await exchangeCode(deps, { signup, attempt });
    return exchange === "silent" ? rest(deps, signup, now + SILENT_REPEAT_MS) : true;
  }
  const messageDueAt = (attempt.codeAt ?? now) + MESSAGE_AWAITED_MS;
  if (attempt.message === null && now < messageDueAt) return rest(deps, signup, messageDueAt);
  const matching = await matchAttempt(deps, { signup, attempt });
  return matching === "silent" ? rest(deps, signup, now + askAgainMs(now - attempt.exchangedAt)) : true;
}

/** Meta, or our own token, may fail for a day: retries become rarer the longer it lasts. */
function askAgainMs(sinceMs: number): number {
  return Math.min(60_000, Math.max(2 * SILENT_REPEAT_MS, sinceMs / 10));
}

/** The share may come late, because Meta's reads lag; or never, when the client removes it at once. */
const PROOF_REPEAT_MS = { soon: 2000, later: 30_000, seldom: 600_000, soonFor: 60_000 } as const;

async function goOnWithWaba(deps: VerifyDeps, signup: Signup): Promise<boolean> {
  const step = isDueAgain(signup, deps.clock.now()) ? "register" : nextStepOf(signup);
  if (step === null) {
    await completeSignup(deps, signup);
    return false;
  }
  if (step === "exchange_code" || step === "match_waba") return rest(deps, signup, null);
  const taken = await takeStep(deps, signup, step);
  const now = deps.clock.now();
  const after = stepOf(taken, signup.steps[step], now);
  const waitsFrom = after.at;
  await saveSignup(deps.db, signup.id, {
    steps: { [step]: after },
    ...(step === "prove_share" && { state: "proving" }),
    nextStepAt: after.status === "waiting" ? nextAt(taken.kind, after, now, waitsFrom) : now,
  });
  return after.status !== "waiting" || hasNews(deps, signup);
}

const isDueAgain = ({ steps: { register } }: Signup, now: number): boolean =>
  (register?.againAt ?? Infinity) <= now;

/**
 * Access is granted, and only the registration is left: Meta refused it for now, for example while it reviews
 * a display name.
 */
async function registerAgain(deps: VerifyDeps, signup: Signup, assetId: string): Promise<false> {
  const now = deps.clock.now();
  const { register } = signup.steps;
  const isOver = now > (signup.readyAt ?? now) + SIGNUP_LIVES_MS;
  if (isOver || (await hasNewerSignup(deps.db, { assetId, signedAt: signup.signedAt ?? now }))) {
    const { againAt: _againAt, ...ended } = register ?? {};
    await saveSignup(deps.db, signup.id, { steps: { register: ended as SignupStep }, nextStepAt: null });
    return false;
  }
  if (register?.againAt !== undefined && register.againAt > now) return rest(deps, signup, register.againAt);
  const taken = await takeStep(deps, signup, "register");
  const after = stepOf(taken, register, deps.clock.now());
  const nextStepAt =
    after.status === "waiting" ? nextAt(taken.kind, after, now, after.at) : (after.againAt ?? null);
  await saveSignup(deps.db, signup.id, { steps: { register: after }, nextStepAt });
  return false;
}

function nextAt(
  kind: string,
  step: Pick<SignupStep, "silentCount" | "againAt">,
  now: number,
  waitsFrom: number,
): number | null {
  if (step.againAt !== undefined) return step.againAt;
  if (kind === "wants_pins") return null;
  if (kind === "silent") return now + retryDelayMs(step.silentCount);
  const { soon, later, seldom, soonFor } = PROOF_REPEAT_MS;
  const waitedMs = now - waitsFrom;
  return now + (waitedMs < soonFor ? soon : Math.min(seldom, Math.max(later, waitedMs / 10)));
}
