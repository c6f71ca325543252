import {
  WEBHOOK_CHECK_OUTCOMES,
  mayRepair,
  type KnownWebhookCheck,
} from "../../../connection/webhook-check.ts";
import { english } from "../../../messages/english.ts";
import { isoOf, isoOrNull } from "../wabas/render-waba.ts";

/** One check of the webhook health as the API shows it: the finding, and how to fix it. Pure. */
export function renderWebhookCheck(webhookCheck: KnownWebhookCheck) {
  const { check, outcome, detail } = webhookCheck;
  const { ok } = WEBHOOK_CHECK_OUTCOMES[outcome];
  const repair = `webhook_checks.repair.${outcome}`;
  return {
    check,
    ok,
    outcome,
    sentence: english(`webhook_checks.sentence.${outcome}`, { callback: "", ...detail }),
    repair: english.has(repair) ? english(repair) : null,
    repaired_by: ok ? null : mayRepair(outcome) ? ("sharekeeper" as const) : ("operator" as const),
    at: isoOf(webhookCheck.at),
    since: isoOf(webhookCheck.since),
    repaired_at: isoOrNull(webhookCheck.repairedAt),
  };
}
