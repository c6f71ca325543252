import type { Connection, Lamp } from "../../api/types.ts";

export type WebhookHealthState = "well" | "troubled" | "unknown";

export const LAMP_OF_HEALTH: Record<WebhookHealthState, Lamp> = {
  well: "green",
  troubled: "red",
  unknown: "grey",
};

type Checked = Pick<Connection, "webhook_checks" | "unsubscribed">;

/** How many checks fail. All WABAs without webhooks together count as one. */
export const troublesOf = ({ webhook_checks: webhookChecks, unsubscribed }: Checked): number =>
  webhookChecks.filter((webhookCheck) => !webhookCheck.ok).length + (unsubscribed.count > 0 ? 1 : 0);

export function webhookHealthOf(connection: Checked): WebhookHealthState {
  if (troublesOf(connection) > 0) return "troubled";
  return connection.webhook_checks.length === 0 ? "unknown" : "well";
}
