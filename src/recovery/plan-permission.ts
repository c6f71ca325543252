import { partialStepsOf, partnerStepsOf } from "./partner-steps.ts";
import type { RecoveryMethod, RecoveryStep, WhyNot } from "./recovery-plan.ts";
import type { RecoverySubject, RecoveryContext } from "./recovery-subject.ts";
import { assignBarOf, isCoexistence, signupMethodOf } from "./share-methods.ts";

/** One row of the recovery table (docs/reference/rules.md). The first that matches wins. */
export interface PermissionRow {
  when: string;
  matches(subject: RecoverySubject): boolean;
  /** Why partner assignment is not offered, or null when it is. */
  assignBar(subject: RecoverySubject): WhyNot | null;
  signupBar: WhyNot | null;
  /** Methods that come before all others. */
  first?: RecoveryMethod[];
  /** The share is intact and full control is missing. */
  partial?: boolean;
  /** Steps before the six of partner assignment. */
  assignFirst?: RecoveryStep[];
  /**
   * Another partner holds it. Where no partner can be assigned, that partner must first be disconnected in
   * the app.
   */
  takenOver?: true;
}

const WAIT_FOR_THE_BAN: RecoveryMethod = {
  method: "wait",
  label: "wait",
  available: true,
  whyNot: null,
  steps: [
    { id: "appeal_ban", done: false },
    { id: "wait_ban", done: false },
  ],
};

const NEW_ONBOARDING: RecoveryMethod = {
  method: "new_onboarding",
  label: "new_onboarding",
  available: true,
  whyNot: null,
  steps: [{ id: "onboard_new_waba", done: false }],
};

const REMOVE_OTHER_PARTNER: RecoveryStep = { id: "remove_other_partner", done: false };

export const PERMISSION_ROWS: readonly PermissionRow[] = [
  {
    when: "the WABA was deleted",
    matches: (subject) => subject.reason === "waba_deleted",
    assignBar: () => "assign_deleted",
    signupBar: "signup_deleted",
    first: [NEW_ONBOARDING],
  },
  {
    when: "the client granted our app, not our portfolio",
    matches: (subject) => subject.partnerModel === "app_grant",
    assignBar: () => "assign_app_grant",
    signupBar: null,
  },
  {
    when: "another partner took it over",
    matches: (subject) => subject.takenOver || subject.reason === "taken_over",
    assignBar: assignBarOf,
    signupBar: "signup_taken_over",
    assignFirst: [REMOVE_OTHER_PARTNER],
    takenOver: true,
  },
  {
    when: "it was banned in the app, and nobody has said that the app works again",
    matches: (subject) => subject.reason === "coexistence_banned" && subject.appWorks !== true,
    assignBar: () => "assign_coexistence",
    signupBar: null,
    first: [WAIT_FOR_THE_BAN],
  },
  {
    when: "it holds, or ever held, a coexistence number",
    matches: isCoexistence,
    assignBar: () => "assign_coexistence",
    signupBar: null,
  },
  {
    when: "its kind is unknown",
    matches: (subject) => subject.kind === "unknown",
    assignBar: () => "assign_kind_unknown",
    signupBar: null,
  },
  {
    when: "the client removed the app",
    matches: (subject) => subject.reason === "app_uninstalled",
    assignBar: () => "assign_app_uninstalled",
    signupBar: null,
  },
  {
    when: "full control alone is missing",
    matches: (subject) => subject.reason === "partial_control",
    assignBar: () => null,
    signupBar: null,
    partial: true,
  },
  { when: "any other loss", matches: () => true, assignBar: () => null, signupBar: null },
];

/** The methods of a WABA whose permission is lost: those that come first, partner assignment, the signup. */
export function planPermission(subject: RecoverySubject, context: RecoveryContext): RecoveryMethod[] {
  const row = PERMISSION_ROWS.find((candidate) => candidate.matches(subject));
  if (row === undefined) throw new Error("Broken assumption: no recovery row matches");
  const assign = assignMethodOf(row, subject, context);
  const first = row.takenOver && !assign.available ? [disconnectMethodOf(subject)] : (row.first ?? []);
  return [...first, assign, barredSignupOf(row, subject)];
}

/**
 * In the app only the client can disconnect the other partner. Until then Meta's signup refuses with 2655093.
 */
function disconnectMethodOf(subject: RecoverySubject): RecoveryMethod {
  const mayStandInPartners = !isCoexistence(subject);
  const steps: RecoveryStep[] = [
    { id: "disconnect_other_partner", done: false },
    ...(mayStandInPartners ? [REMOVE_OTHER_PARTNER] : []),
    ...signupMethodOf(subject).steps,
  ];
  const name = "disconnect_other_partner";
  return { method: name, label: name, available: true, whyNot: null, steps };
}

function assignMethodOf(
  row: PermissionRow,
  subject: RecoverySubject,
  context: RecoveryContext,
): RecoveryMethod {
  const whyNot = row.assignBar(subject);
  const label = row.partial ? "assign_partner_partial" : "assign_partner";
  if (whyNot !== null) return { method: "assign_partner", label, available: false, whyNot, steps: [] };
  const stepsOf = row.partial ? partialStepsOf : partnerStepsOf;
  const steps = [...(row.assignFirst ?? []), ...stepsOf(subject, context)];
  return { method: "assign_partner", label, available: true, whyNot: null, steps, path: "assign_partner" };
}

function barredSignupOf(row: PermissionRow, subject: RecoverySubject): RecoveryMethod {
  const signup = signupMethodOf(subject);
  if (row.signupBar === null) return signup;
  return { ...signup, available: false, whyNot: row.signupBar, steps: [] };
}
