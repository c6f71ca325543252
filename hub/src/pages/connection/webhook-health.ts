import type { Connection, Lamp } from "../../api/types.ts";

export type WebhookHealthState = "well" | "troubled" | "unknown";

export const LAMP_OF_HEARING: Record<WebhookHealthState, Lamp> = {
  well: "green",
  troubled: "red",
  unknown: "grey",
};

type Heard = Pick<Connection, "webhook_checks" | "unheard">;

/** How many things keep us from hearing Meta: each ear that fails, and all WABAs that cannot be heard as one. */
export const troublesOf = ({ webhook_checks: webhookChecks, unheard }: Heard): number =>
  webhookChecks.filter((webhookCheck) => !webhookCheck.ok).length + (unheard.count > 0 ? 1 : 0);

export function webhookHealthOf(connection: Heard): WebhookHealthState {
  if (troublesOf(connection) > 0) return "troubled";
  return connection.webhook_checks.length === 0 ? "unknown" : "well";
}
