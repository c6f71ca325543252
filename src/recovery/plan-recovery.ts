import { assertNever } from "../lib/assert.ts";
import { NOT_PROVEN_WHILE_OBSERVING } from "../sharing/model/reason.ts";
import { businessSuiteLinkOf, partnerStepsOf } from "./partner-steps.ts";
import { planPermission } from "./plan-permission.ts";
import type { MethodName, RecoveryMethod, RecoveryPlan, RecoveryStep, StepId } from "./recovery-plan.ts";
import { assignBarOf, signupMethodOf } from "./share-methods.ts";
import type { RecoverySubject, RecoveryContext } from "./recovery-subject.ts";

/** What repairs each status. Row 4 has the recovery table (docs/reference/rules.md). Pure. */
export function planRecovery(subject: RecoverySubject, context: RecoveryContext): RecoveryPlan {
  return { methods: methodsOf(subject, context) };
}

function methodsOf(subject: RecoverySubject, context: RecoveryContext): RecoveryMethod[] {
  switch (subject.status) {
    case "closed":
      return [method("operator_reopen", ["reopen"])];
    case "discovered":
      return [method("adopt", ["adopt"])];
    case "onboarding":
      return onboardingMethodsOf(subject, context);
    case "permission_removed":
      return isOwnToGive(subject) ? ownMethodsOf(subject) : planPermission(subject, context);
    case "disabled":
      return disabledMethodsOf(subject, context);
    case "unknown":
      return unknownMethodsOf(subject);
    case "reconnecting":
      return [method("wait", ["wait_restoring"], "CompanionLinked", subject)];
    case "disconnected":
      return disconnectedMethodsOf(subject);
    case "live":
    case "offboarded":
      return [];
    default:
      return assertNever(subject.status);
  }
}

/** A WABA of our own portfolio: there is no partner to assign and no client to sign up. */
function isOwnToGive(subject: RecoverySubject): boolean {
  return subject.partnerModel === "owned" && subject.reason !== "waba_deleted";
}

function ownMethodsOf(subject: RecoverySubject): RecoveryMethod[] {
  return [method("assign_system_user", ["assign_own_system_user"], "FullControl", subject)];
}

function unknownMethodsOf(subject: RecoverySubject): RecoveryMethod[] {
  if (subject.reason === "request_refused") return [method("wait", ["run_doctor", "wait_meta"])];
  if (subject.reason === NOT_PROVEN_WHILE_OBSERVING)
    return [...ownMethodsOf(subject), method("enforce", ["set_enforce"], "FullControl", subject)];
  if (subject.reason !== "provider_token_invalid") return [method("wait", ["wait_meta"])];
  if (subject.isClientTokenDead !== true)
    return [method("replace_token", ["create_token", "set_token"], "TokenValid", subject)];
  const again = method("replace_token", ["obtain_client_token"], "TokenValid", subject);
  return [{ ...again, label: "replace_client_token" }, signupMethodOf(subject)];
}

function onboardingMethodsOf(subject: RecoverySubject, context: RecoveryContext): RecoveryMethod[] {
  const bar = assignBarOf(subject);
  const steps = bar === null ? partnerStepsOf(subject, context) : [];
  return [
    signupMethodOf(subject),
    {
      ...{ method: "assign_partner", label: "assign_partner", available: bar === null, whyNot: bar, steps },
      ...(bar === null && { path: "assign_partner" }),
    },
  ];
}

function disabledMethodsOf(subject: RecoverySubject, context: RecoveryContext): RecoveryMethod[] {
  const contact = method("contact_meta", ["open_account_quality"], "MessagingAllowed", subject);
  const href = businessSuiteLinkOf(subject, context.businessSuiteUrl);
  const linked = { ...contact, steps: contact.steps.map((step) => ({ ...step, href })) };
  return subject.expires
    ? [linked, method("wait", ["wait_restriction"], "MessagingAllowed", subject)]
    : [linked];
}

/**
 * A number used in the app comes back only through the signup. Registering is for numbers of the platform.
 */
function disconnectedMethodsOf(subject: RecoverySubject): RecoveryMethod[] {
  if (subject.everCoexistence || subject.kind !== "platform") return [signupMethodOf(subject)];
  const gone = subject.reason === "number_deleted";
  const register = method("register_number", ["register"], "NumberConnected", subject);
  return [
    gone ? { ...register, available: false, whyNot: "register_deleted", steps: [] } : register,
    signupMethodOf(subject),
  ];
}

function method(
  name: MethodName,
  stepIds: StepId[],
  condition?: RecoveryStep["condition"],
  subject?: RecoverySubject,
): RecoveryMethod {
  const done = condition !== undefined && (subject?.proven.has(condition) ?? false);
  const steps = stepIds.map((id): RecoveryStep => ({ id, ...(condition && { condition }), done }));
  return { method: name, label: name, available: true, whyNot: null, steps };
}
