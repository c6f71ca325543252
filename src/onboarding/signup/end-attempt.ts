import type { Tx } from "../../database/database.ts";
import { planNotices } from "../../delivery/plan-notices.ts";
import { isLost } from "../../recovery/reshare-link.ts";
import { appendLines } from "../../sharing/record/append-lines.ts";
import { lockShare } from "../../sharing/record/share-store.ts";
import { stateOf } from "../../sharing/status/share-state.ts";
import { signupNoticeOf } from "./signup-notice.ts";
import { deleteSecret } from "../../credentials/secret-store.ts";
import { CLIENT, recordSignal } from "../../recovery/record-signal.ts";
import type { ClientSignal } from "../../sharing/model/client-signals.ts";
import { recordObservation, type RecordDeps } from "../../sharing/record/record-observation.ts";
import { appendTimeline } from "../../sharing/record/timeline-store.ts";
import { saveOutcome } from "./signup-attempt-store.ts";
import { attemptTokenPlaceOf, codePlaceOf } from "../signup-secrets.ts";
import type { Signup, SignupAttempt } from "./signup.ts";
import { FINISHED_WITHOUT_CODE, type ExitReasonCode } from "./exit-reason.ts";

/**
 * Ends an attempt without a share: with its exit reason, on the record, and on the timeline of its WABA. Its
 * token is deleted, unless the chosen WABA stays on offer.
 *
 * @returns how it ended by this; null when it had ended already
 */
export async function endAttempt(
  deps: RecordDeps,
  input: {
    signup: Signup;
    attempt: Pick<SignupAttempt, "id">;
    outcome: ExitReasonCode;
    metaMessage: string | null;
    step?: string | null;
    isOffered?: boolean;
    unless?: "code" | "token";
  },
): Promise<SignupAttempt["outcome"]> {
  const { signup, attempt, metaMessage } = input;
  const actor = actorOf(signup);
  const at = deps.clock.now();
  const ended = await deps.db.transaction(async (tx) => {
    const end = { outcome: input.outcome, metaMessage, step: input.step ?? null, at, unless: input.unless };
    const outcome = await saveOutcome(tx, attempt.id, end);
    if (outcome === null) return null;
    const place = { connectionId: signup.connectionId, id: attempt.id };
    await deleteSecret(tx, codePlaceOf(place));
    if (input.isOffered !== true) await deleteSecret(tx, attemptTokenPlaceOf(place));
    if (outcome !== FINISHED_WITHOUT_CODE) await recordFailed(tx, deps, signup, { outcome, metaMessage });
    // A different choice is an event of its own; a finished window is recorded by what follows from it
    // (follow-finished.ts).
    if (signup.expectedAssetId === null || outcome === FINISHED_WITHOUT_CODE) return outcome;
    if (CHOSE_ANOTHER.includes(outcome) && actor === CLIENT) return outcome;
    await appendTimeline(tx, [
      {
        connectionId: signup.connectionId,
        assetId: signup.expectedAssetId,
        at,
        kind: "command",
        source: "signup",
        title: "signup.exit_reason",
        detail: metaMessage,
        actor,
        requestId: null,
        evidence: { signup_id: signup.id, outcome, step: input.step ?? null },
      },
    ]);
    return outcome;
  });
  if (actor !== CLIENT) return ended;
  if (ended !== null && CHOSE_ANOTHER.includes(ended))
    await recordChoice(deps, signup, ended, metaMessage ?? "");
  if (ended !== null && ended !== FINISHED_WITHOUT_CODE) await recordLeft(deps, signup, ended);
  return ended;
}

/** The event of an attempt that failed: of a repair while its WABA is lost, of a first signup at any time. */
async function recordFailed(
  tx: Tx,
  deps: Pick<RecordDeps, "clock" | "random">,
  signup: Signup,
  ended: { outcome: NonNullable<SignupAttempt["outcome"]>; metaMessage: string | null },
): Promise<void> {
  const { expectedAssetId: assetId } = signup;
  if (assetId === null)
    return planNotices(tx, deps, [
      signupNoticeOf("waba.onboarding.failed", signup, { ...ended, wabaId: null }),
    ]);
  const share = await lockShare(tx, assetId);
  const now = deps.clock.now();
  if (share === undefined || !isLost(stateOf(share.record, now))) return;
  const by = { actor: actorOf(signup), requestId: null };
  await appendLines(tx, [{ assetId, by, type: "waba.repair.failed", changed: [] }], now);
}

/**
 * Only the client follows an invitation; a re-share page may be open as a preview by the provider's own
 * people.
 */
const actorOf = ({ linkId, createdBy }: Signup): string => (linkId === null ? CLIENT : createdBy);

const CHOSE_ANOTHER: readonly string[] = [
  "wrong_waba",
  "wrong_number",
  "wrong_business",
  "successor_offered",
] satisfies ExitReasonCode[];

/** Support, with the client on the phone, sees the choice at once, also when no link led to it. */
async function recordChoice(
  deps: RecordDeps,
  { expectedAssetId: assetId }: Signup,
  outcome: string,
  chosen: string,
): Promise<void> {
  if (assetId === null) return;
  const signal: ClientSignal = { is: "chose_another", chosen, outcome };
  await recordObservation(deps, {
    assetId,
    observe: { type: "command", command: { kind: "client_signal", signal } },
    event: `reshare.${signal.is}`,
    note: null,
    by: { actor: CLIENT, requestId: null },
  });
}

/** On the client's own page it is a step of the repair. */
async function recordLeft(deps: RecordDeps, signup: Signup, outcome: string): Promise<void> {
  const { linkId, expectedAssetId: assetId, language } = signup;
  if (linkId === null || assetId === null) return;
  const visit = { link: { id: linkId, assetId }, language: language ?? "en", requestId: null };
  await recordSignal(deps, visit, { is: "step_reached", step: "signup_left", outcome });
}
