import type { RecoveryMethod, RecoveryStep, StepId, WhyNot } from "./recovery-plan.ts";
import type { RecoverySubject } from "./recovery-subject.ts";

/** Why a partner cannot be assigned to this WABA whatever its loss is, or null. Unknown is not yet a yes. */
export function assignBarOf(subject: RecoverySubject): WhyNot | null {
  if (isCoexistence(subject)) return "assign_coexistence";
  return subject.kind === "unknown" ? "assign_kind_unknown" : null;
}

/** It holds, or ever held, a coexistence number; an event that carried `disconnection_info` says so too. */
export function isCoexistence(subject: RecoverySubject): boolean {
  const said = subject.reason?.startsWith("coexistence_") ?? false;
  return subject.everCoexistence || subject.kind === "coexistence" || said;
}

/** What comes before the signup, for reasons that need it. */
const BEFORE_SIGNUP: Record<string, StepId> = {
  coexistence_banned: "ban_lifted",
  coexistence_business_downgrade: "back_to_business_app",
};

/** Embedded Signup again, with the same WABA. */
export function signupMethodOf(subject: RecoverySubject): RecoveryMethod {
  const first = BEFORE_SIGNUP[subject.reason ?? ""];
  const changed = subject.reason === "coexistence_number_changed";
  const shared = { condition: "Shared", done: subject.proven.has("Shared") } as const;
  const last = subject.reason === "app_uninstalled" ? "AppInstalled" : "FullControl";
  const steps: RecoveryStep[] = [
    ...(first ? [{ id: first, done: false }] : []),
    { id: "start_signup", done: false },
    {
      id: isCoexistence(subject) ? "signup_same_coexistence_waba" : "signup_same_waba",
      copy: subject.wabaId,
      ...shared,
    },
    ...(changed ? [{ id: "accept_successor" as const, done: false }] : []),
    { id: "complete_signup", condition: last, done: subject.proven.has(last) },
  ];
  return { method: "embedded_signup", label: "embedded_signup", available: true, whyNot: null, steps };
}
