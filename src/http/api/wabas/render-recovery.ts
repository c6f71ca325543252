import type { RecoveryMethod, RecoveryPlan, RecoveryStep } from "../../../recovery/recovery-plan.ts";
import type { RecoveryContext } from "../../../recovery/recovery-subject.ts";
import { english } from "../../../messages/english.ts";
import type { RecoveryJson } from "./waba-schema.ts";

/** The recovery plan as sentences. */
export function renderRecovery(plan: RecoveryPlan, wabaId: string, context: RecoveryContext): RecoveryJson {
  const { partnerName, partnerBusinessId } = context;
  const values = { partner: partnerName, partner_id: partnerBusinessId, waba_id: wabaId };
  return { methods: plan.methods.map((method) => renderMethod(method, values)) };
}

function renderMethod(
  method: RecoveryMethod,
  values: Record<string, string>,
): RecoveryJson["methods"][number] {
  return {
    method: method.method,
    label: english(`recovery.method.${method.label}`, values),
    available: method.available,
    path: method.path === undefined ? null : english(`recovery.path.${method.path}`),
    why_not: method.whyNot && english(`recovery.why_not.${method.whyNot}`, values),
    steps: method.steps.map((step) => renderStep(step, values)),
  };
}

function renderStep(
  { id, copy, href, condition, done }: RecoveryStep,
  values: Record<string, string>,
): RecoveryJson["methods"][number]["steps"][number] {
  return { id, text: english(`recovery.step.${id}`, values), copy, href, condition, done };
}
