import type { RecoveryMethod, RecoveryStep, StepId, WhyNot } from "./recovery-plan.ts";
import type { RecoverySubject } from "./recovery-subject.ts";

/**
 * Why a partner cannot be assigned to this WABA whatever its loss is, or null. An unknown kind also prevents
 * it.
 */
export function assignBarOf(subject: RecoverySubject): WhyNot | null {
  if (isCoexistence(subject)) return "assign_coexistence";
  return subject.kind === "unknown" ? "assign_kind_unknown" : null;
}

/** It holds, or ever held, a coexistence number. An event with `disconnection_info` proves that too. */
export function isCoexistence(subject: RecoverySubject): boolean {
  const said = subject.reason?.startsWith("coexistence_") ?? false;
  return subject.everCoexistence || subject.kind === "coexistence" || said;
}

/** What comes before the signup, for reasons that need it. */
const BEFORE_SIGNUP: Record<string, StepId> = {
  coexistence_banned: "ban_lifted",
  coexistence_business_downgrade: "back_to_business_app",
  coexistence_device_logged_out: "sign_in_app",
};

/**
 * What a signup of a number of the app requires from the person with the phone. The app version is Meta's
 * (Coexistence guide: 2.24.17 or newer). The wait after a disconnection is the practice of other providers (1
 * to 2 minutes). Meta's screens show a code or a QR code to scan; both occur, so the sentence names both.
 */
const IN_APP_BEFORE: StepId[] = ["phone_at_hand", "wait_after_disconnect"];
/** Nothing was disconnected in the app, so no wait is needed. */
const LOGGED_OUT_BEFORE: StepId[] = ["phone_at_hand"];
const IN_APP_AFTER: StepId[] = ["confirm_in_app", "keep_app_open"];

const stepsOf = (ids: readonly StepId[]): RecoveryStep[] => ids.map((id) => ({ id, done: false }));

/** Embedded Signup again, with the same WABA. */
export function signupMethodOf(subject: RecoverySubject): RecoveryMethod {
  const first = BEFORE_SIGNUP[subject.reason ?? ""];
  const inApp = isCoexistence(subject);
  const changed = subject.reason === "coexistence_number_changed";
  const { select, complete } = proofsOf(subject);
  const steps: RecoveryStep[] = [
    ...(first ? [{ id: first, done: first === "ban_lifted" && subject.appWorks === true }] : []),
    ...(inApp ? stepsOf(first === "sign_in_app" ? LOGGED_OUT_BEFORE : IN_APP_BEFORE) : []),
    { id: "start_signup", done: false },
    {
      id: inApp ? "signup_same_coexistence_waba" : "signup_same_waba",
      copy: subject.wabaId,
      condition: select,
      done: subject.proven.has(select),
    },
    ...(changed ? [{ id: "accept_successor" as const, done: false }] : []),
    ...(inApp ? stepsOf(IN_APP_AFTER) : []),
    { id: "complete_signup", condition: complete, done: subject.proven.has(complete) },
  ];
  return { method: "embedded_signup", label: "embedded_signup", available: true, whyNot: null, steps };
}

/** In these cases the share is intact throughout, so it does not prove the choice in a new signup. */
const STANDING = new Set(["partial_control", "app_uninstalled"]);

/**
 * What proves the steps. Where the share is intact throughout, only the missing part does: full control, the
 * app, or a number's own link.
 */
function proofsOf(
  subject: RecoverySubject,
): Record<"select" | "complete", NonNullable<RecoveryStep["condition"]>> {
  if (subject.status === "disconnected") {
    const link = isCoexistence(subject) ? "CompanionLinked" : "NumberConnected";
    return { select: link, complete: link };
  }
  const complete = subject.reason === "app_uninstalled" ? "AppInstalled" : "FullControl";
  return { select: STANDING.has(subject.reason ?? "") ? complete : "Shared", complete };
}
