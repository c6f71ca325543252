import type { en } from "../messages/english.ts";
import type { ConditionState } from "../sharing/status/share-state.ts";

/**
 * How to repair a WABA (or one number of it): every method that people may think of, with its steps or why it
 * is not offered.
 */
export interface RecoveryPlan {
  methods: RecoveryMethod[];
}

export interface RecoveryMethod {
  method: MethodName;
  /** The key of its label in src/messages, under `recovery.method`; `values` of the plan fill it. */
  label: keyof typeof en.recovery.method;
  available: boolean;
  /** The key of the sentence under `recovery.why_not`; null when the method is available. */
  whyNot: WhyNot | null;
  steps: RecoveryStep[];
  /** The key of the place in Meta's screens under `recovery.path`, where all steps are done in one place. */
  path?: keyof typeof en.recovery.path;
}

export interface RecoveryStep {
  /** Also the key of its sentence under `recovery.step`. */
  id: StepId;
  /** What a person copies into the dialog. */
  copy?: string;
  /** Where the step is done. */
  href?: string;
  /** The condition that shows whether it is done. */
  condition?: ConditionState["type"];
  done: boolean;
}

export type MethodName = Exclude<
  keyof typeof en.recovery.method,
  "assign_partner_partial" | "replace_client_token"
>;
export type WhyNot = keyof typeof en.recovery.why_not;
export type StepId = keyof typeof en.recovery.step;
