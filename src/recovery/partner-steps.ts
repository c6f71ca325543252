import type { RecoveryStep, StepId } from "./recovery-plan.ts";
import type { RecoverySubject, RecoveryContext } from "./recovery-subject.ts";

/**
 * The six steps of partner assignment, as data, because Meta renames its screens. They keep the wording of
 * the provider's page "Asset Sharing". `Shared` proves the first five, `FullControl` the last.
 */
const PARTNER_STEPS: readonly {
  id: StepId;
  proof: "Shared" | "FullControl";
  link?: boolean;
  copiesPartner?: boolean;
}[] = [
  { id: "select_portfolio", proof: "Shared", link: true },
  { id: "open_settings", proof: "Shared" },
  { id: "select_waba", proof: "Shared", link: true },
  { id: "open_assign_partner", proof: "Shared" },
  { id: "enter_partner_id", proof: "Shared", copiesPartner: true },
  { id: "grant_full_control", proof: "FullControl" },
];

/** The steps for this WABA, with the deep link to its page and our portfolio id to copy. */
export function partnerStepsOf(subject: RecoverySubject, context: RecoveryContext): RecoveryStep[] {
  const href = businessSuiteLinkOf(subject, context.businessSuiteUrl);
  return PARTNER_STEPS.map((step) => ({
    id: step.id,
    ...(step.copiesPartner && { copy: context.partnerBusinessId }),
    ...(step.link && { href }),
    condition: step.proof,
    done: subject.proven.has(step.proof),
  }));
}

/**
 * After a partial share we are already in the list of partners. A new assignment would end at "already a
 * partner", so the access is changed there. No event shows the client's progress until full control is back.
 */
export function partialStepsOf(subject: RecoverySubject, context: RecoveryContext): RecoveryStep[] {
  return partnerStepsOf(subject, context).flatMap((step): RecoveryStep[] => {
    if (step.id === "enter_partner_id") return [];
    if (step.id === "open_assign_partner") return [{ id: "open_partner", done: false }];
    if (step.id === "grant_full_control") return [step];
    const { condition: _, ...unproven } = step;
    return [{ ...unproven, done: false }];
  });
}

/**
 * The WABA's own page in Meta Business Suite. Without the owner's portfolio Meta opens the page in the
 * portfolio used last.
 */
export function businessSuiteLinkOf(
  waba: { wabaId: string; clientBusinessId: string | null },
  businessSuiteUrl: string,
): string {
  const query = new URLSearchParams({
    ...(waba.clientBusinessId !== null && { business_id: waba.clientBusinessId }),
    selected_asset_id: waba.wabaId,
    selected_asset_type: "whatsapp-business-account",
  });
  return `${businessSuiteUrl}/latest/settings/whatsapp_account?${query.toString()}`;
}
