import {
  WEBHOOK_CHECK_OUTCOMES,
  mayRepair,
  type KnownWebhookCheck,
} from "../../../connection/webhook-check.ts";
import { en } from "../../../messages/english.ts";
import { fillText } from "../../../messages/fill-text.ts";
import { isoOf, isoOrNull } from "../wabas/render-waba.ts";

/** One check of the webhook health as the API shows it: the finding, and how to fix it. Pure. */
export function renderWebhookCheck(webhookCheck: KnownWebhookCheck) {
  const { check, outcome, detail } = webhookCheck;
  const { ok } = WEBHOOK_CHECK_OUTCOMES[outcome];
  const repairs: Record<string, string> = en.webhook_checks.repair;
  return {
    check,
    ok,
    outcome,
    words: fillText(en.webhook_checks.words[outcome], { callback: "", ...detail }),
    repair: repairs[outcome] ?? null,
    repaired_by: ok ? null : mayRepair(outcome) ? ("sharekeeper" as const) : ("operator" as const),
    at: isoOf(webhookCheck.at),
    since: isoOf(webhookCheck.since),
    repaired_at: isoOrNull(webhookCheck.repairedAt),
  };
}
