import { planRecovery } from "../../../recovery/plan-recovery.ts";
import type { RecoveryMethod } from "../../../recovery/recovery-plan.ts";
import { subjectOf, type RecoveryContext } from "../../../recovery/recovery-subject.ts";
import { assertNever } from "../../../lib/assert.ts";
import { NOT_PROVEN_WHILE_OBSERVING } from "../../../sharing/model/reason.ts";
import { isEnforced } from "../../../sharing/gate/verdict.ts";
import type { ConditionState, ShareState } from "../../../sharing/status/share-state.ts";
import { aboutOf, type WabaView } from "../../api/wabas/render-waba.ts";

/** What the page shows for one WABA: who must act, if anybody. */
export type Situation = "lost" | "repaired" | "wait" | "ours" | "checking" | "nothing";

export function situationOf({
  status,
  who,
  reason,
}: Pick<ShareState, "status" | "who" | "reason">): Situation {
  switch (status) {
    case "live":
      return "repaired";
    case "permission_removed":
    case "disabled":
    case "onboarding":
      return "lost";
    case "disconnected":
      return who === "client" ? "lost" : "ours";
    case "reconnecting":
      return "wait";
    case "unknown":
      return reason === "provider_token_invalid" ? "ours" : "checking";
    case "closed":
      return "ours";
    case "discovered":
    case "offboarded":
      return "nothing";
    default:
      return assertNever(status);
  }
}

/** In observe mode with the share returned: the client has nothing to do, and no messages stopped. */
export function isBackWhileObserved({ status, reason }: Pick<ShareState, "status" | "reason">): boolean {
  return status === "unknown" && reason === NOT_PROVEN_WHILE_OBSERVING;
}

/** Whether messages are refused here: in observe mode they pass. */
export function isStopped({ asset, state }: WabaView): boolean {
  return state.gate === "closed" && state.adoption === "adopted" && isEnforced(asset.mode, state);
}

/** The methods of the recovery plan, possible ones first, in their order. */
export function methodsOf(view: WabaView, context: RecoveryContext): RecoveryMethod[] {
  return planRecovery(subjectOf(view.state, aboutOf(view)), context).methods;
}

/**
 * Conditions that a client can follow. Conditions that the provider must fix appear only when nothing else is
 * open.
 */
const FOLLOWED = ["Shared", "FullControl", "AppInstalled", "MessagingAllowed"];

/**
 * The conditions with a tick: those of the recovery, and what Meta reports as wrong. Unknown ones would only
 * worry the client.
 */
export function checksOf(state: ShareState): ConditionState[] {
  const own = state.conditions.filter(
    ({ type, required, status }) =>
      required && FOLLOWED.includes(type) && (type !== "MessagingAllowed" || status !== "Unknown"),
  );
  const ours = state.conditions.filter(
    ({ type, status }) => status === "False" && (type === "TokenValid" || type === "WebhookSubscribed"),
  );
  const numbers = state.numbers
    .flatMap((number) => number.conditions)
    .filter(({ status }) => status === "False");
  const oncePerType = new Map(numbers.map((condition) => [condition.type, condition]));
  return [...own, ...(state.status === "live" ? ours : []), ...oncePerType.values()];
}

/** The check that is still open: a False one comes before an Unknown one. */
export function openCheckOf(state: ShareState): ConditionState | null {
  const checks = checksOf(state);
  return (
    checks.find(({ status }) => status === "False") ??
    checks.find(({ status }) => status === "Unknown") ??
    null
  );
}
