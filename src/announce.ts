import type { Logger } from "pino";
import { WEBHOOK_CHECK_OUTCOMES, type WebhookCheck } from "./connection/webhook-check.ts";
import type { watchDataKeys } from "./credentials/watch-data-keys.ts";
import type { LoopName } from "./loops.ts";
import type { TroubleListener } from "./sharing/incidents/watch-trouble.ts";

/** Warnings of another instance's data keys. */
export function dataKeyWarnings(log: Logger): Parameters<typeof watchDataKeys>[1] {
  return {
    onForeign: (dataKeyId) =>
      log.warn(
        { dataKey: dataKeyId },
        "a data key is wrapped with another ENCRYPTION_KEY; restart this instance with that ENCRYPTION_KEY, " +
          "and with its own as ENCRYPTION_KEY_PREVIOUS",
      ),
    onFault: (error) => log.warn({ err: error }, "could not follow a data key notice"),
  };
}

/** Logs each new outcome and each repair of the webhook health. */
export function announceWebhookCheck(log: Logger, connectionId: string, webhookCheck: WebhookCheck): void {
  const isWell = WEBHOOK_CHECK_OUTCOMES[webhookCheck.outcome].ok;
  const words = webhookCheck.repairedAt === null ? "webhook health changed" : "webhook health was repaired";
  log[isWell && webhookCheck.repairedAt === null ? "info" : "warn"](
    { connection: connectionId, webhookCheck },
    words,
  );
}

/** An incident is announced once and starts a reconciliation, which shows which WABAs are lost. */
export function announceIncidents(log: Logger, wake: (name: LoopName) => void): TroubleListener {
  return {
    troubled: () => wake("incidents"),
    witnessesCalled: () => wake("probes"),
    opened: (incident) => {
      log.warn({ incident }, "many WABAs fail together; probes alone prove no removal");
      wake("listing");
      // The webhook check asks at once whether the cause is our token or our app.
      wake("webhooks");
    },
    ended: (incident) => {
      log.warn({ incident }, "the incident is over");
      wake("webhooks");
    },
  };
}
