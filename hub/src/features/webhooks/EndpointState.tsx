import type { WebhookEndpoint } from "../../api/types.ts";
import { labelOf } from "../../labels.ts";
import { t } from "../../messages.ts";
import { Status } from "../../ui/Lamp.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import { lampOfEndpoint } from "./endpoint.ts";

/** The state, why it is disabled, and since when nothing but failures came. */
export function EndpointState({ of: endpoint }: { of: WebhookEndpoint }) {
  const { state, disabled_why, failing_since } = endpoint;
  return (
    <>
      <Status lamp={lampOfEndpoint(endpoint)} label={labelOf("endpoint_state", state)} />
      {state !== "disabled" || disabled_why === null ? null : (
        <span className="small block">{labelOf("endpoint_disabled_why", disabled_why)}</span>
      )}
      {failing_since === null ? null : (
        <span className="small block">
          {t("settings.webhooks.failing_since")} <RelativeTime at={failing_since} />
        </span>
      )}
    </>
  );
}
