import type { SignupFlow } from "../signup-terms.ts";
import type { SignupMessage } from "../../meta/signup-message.ts";
import type { NumberSeen } from "../../sharing/model/setup-reading.ts";
import type { ExitReasonCode } from "./exit-reason.ts";

/**
 * Embedded Signup, the first time or again: who is expected, and the progress. Instants in ms since the
 * epoch.
 */
export interface Signup {
  id: string;
  connectionId: string;
  /** A repair: this WABA and no other. Null: a WABA that is new to us. */
  expectedAssetId: string | null;
  /** The WABA that came, once it was matched. */
  assetId: string | null;
  linkId: string | null;
  flow: SignupFlow;
  /** The provider left the flow open: the client chooses, and may choose differently in the next attempt. */
  clientChoosesFlow: boolean;
  state: SignupState;
  steps: Partial<Record<SignupStepId, SignupStep>>;
  offered: OfferedWaba | null;
  externalId: string | null;
  metadata: Record<string, unknown>;
  returnUrls: ReturnUrls;
  language: string | null;
  createdBy: string;
  createdAt: number;
  openedAt: number | null;
  signedAt: number | null;
  readyAt: number | null;
  abandonedAt: number | null;
  expiresAt: number;
}

/** `hosted`: Meta's own page without a code; only the share shows that it was finished. */
type SignupState = "invited" | "opened" | "signed" | "proving" | "ready" | "abandoned";

/** Where the client is sent afterwards; each is on the allow-list. */
export interface ReturnUrls {
  success?: string;
  cancel?: string;
  error?: string;
}

/**
 * In the order in which they are taken. Each may be taken again without harm, and a failed one keeps the
 * finished ones.
 */
export const SIGNUP_STEPS = [
  "exchange_code",
  "match_waba",
  "subscribe",
  "register",
  "sync_app",
  "prove_share",
] as const;
export type SignupStepId = (typeof SIGNUP_STEPS)[number];

export interface SignupStep {
  /**
   * `waiting`: for Meta, which is asked again, or for a person. `failed`: it is reported, and the other steps
   * continue.
   */
  status: "done" | "waiting" | "failed" | "skipped";
  at: number;
  /** Meta's message, or ids for support. */
  metaMessage: string | null;
  /** How often Meta did not answer. */
  silentCount: number;
  /** Numbers whose PIN is not known here: the client's own PIN is needed. */
  pinsWanted?: string[];
  /**
   * A failed step that is retried: when, after how many tries, and Meta's state of the numbers at the last
   * try.
   */
  againAt?: number;
  tryCount?: number;
  seen?: Record<string, NumberSeen>;
}

/** The WABA that was chosen instead of the expected one. An operator may accept it as the successor. */
export interface OfferedWaba {
  wabaId: string;
  name: string | null;
  businessId: string | null;
  phoneNumberIds: string[];
  attemptId: string;
  /** An operator accepted it: Meta's ids have moved, and it is to be taken in. */
  isAccepted?: boolean;
  /**
   * It came after a window that was finished without a code: no token proves its owner, so an operator must
   * confirm it.
   */
  isToConfirm?: true;
}

/** One opening of Meta's dialog: the events of two people who try at once never mix. */
export interface SignupAttempt {
  id: string;
  signupId: string;
  begunAt: number;
  codeAt: number | null;
  exchangedAt: number | null;
  granted: string[] | null;
  message: Extract<SignupMessage, { kind: "finished" }> | null;
  messageAt: number | null;
  matchedAt: number | null;
  outcome: ExitReasonCode | "finished" | null;
  metaMessage: string | null;
  step: string | null;
  endedAt: number | null;
}

/** Meta's codes live this long (embedded-signup/implementation). */
export const CODE_LIVES_MS = 30_000;
/** When the loop takes over a code whose exchange was interrupted: until then its receiver handles it. */
export const TAKE_OVER_AFTER_MS = 5_000;
/**
 * The code and the message may come in either order, and the message may never come: after this wait the
 * token alone decides.
 */
export const MESSAGE_AWAITED_MS = 5_000;
/** A signup without activity for this long is abandoned. */
export const SIGNUP_LIVES_MS = 30 * 24 * 3600_000;

/** The address of an invitation ends so long after its signup is ready. */
const READY_LINK_LIVES_MS = 24 * 3600_000;

/** When the address of an invitation ends; null: the signup has none, or none any more. */
export function invitationEndsAtOf(signup: Signup): number | null {
  // A signup of a re-share link has that link's page, and no invitation.
  if (signup.linkId !== null || signup.state === "abandoned") return null;
  if (signup.state !== "ready") return signup.expiresAt;
  return signup.abandonedAt ?? (signup.readyAt ?? 0) + READY_LINK_LIVES_MS;
}

export function hasInvitationLink(signup: Signup, now: number): boolean {
  const endsAt = invitationEndsAtOf(signup);
  return endsAt !== null && now < endsAt;
}

export function isEnded(signup: Pick<Signup, "state">): boolean {
  return signup.state === "ready" || signup.state === "abandoned";
}

/**
 * The first step that is not settled yet. `exchange_code` and `match_waba` belong to an attempt, the others
 * to the signup.
 */
export function nextStepOf(signup: Pick<Signup, "steps">): SignupStepId | null {
  return (
    SIGNUP_STEPS.find((id) => {
      const status = signup.steps[id]?.status;
      return status === undefined || status === "waiting";
    }) ?? null
  );
}

/**
 * Whether the registration waits for a retry or for its owner's PIN: it continues after the signup is ready,
 * too.
 */
export function isRegistrationLeft({ steps: { register }, abandonedAt }: Signup): boolean {
  if (abandonedAt !== null) return false;
  return register?.status === "waiting" || register?.againAt !== undefined;
}

/** Meta does not answer: asked again after 1, 2, 4 … 60 s. */
export function retryDelayMs(silentCount: number): number {
  return Math.min(60_000, 1000 * 2 ** Math.min(silentCount, 6));
}
