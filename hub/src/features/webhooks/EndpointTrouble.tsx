import { Button } from "@mantine/core";
import { useState } from "react";
import type { WebhookEndpoint } from "../../api/types.ts";
import { useMayAct } from "../../api/useMayAct.ts";
import { t } from "../../messages.ts";
import { Lamp } from "../../ui/Lamp.tsx";
import { StateDialog } from "./EndpointActDialogs.tsx";
import { lampOfEndpoint, stateActOf } from "./endpoint.ts";
import styles from "./webhooks.module.css";

/** What is stopped, and the next step. Nothing while all is well. */
export function EndpointTrouble({ of: endpoint }: { of: WebhookEndpoint }) {
  const mayChange = useMayAct("admin");
  const [isAsking, setAsking] = useState(false);
  const lamp = lampOfEndpoint(endpoint);
  if (lamp === "green") return null;
  const trouble = endpoint.state === "enabled" ? "failing" : endpoint.state;
  return (
    <div className={styles.notice} data-lamp={lamp} data-part="endpoint-trouble">
      <Lamp lamp={lamp} />
      <div>
        <p className="strong">{t(`settings.webhooks.trouble.${trouble}`)}</p>
        <p>{t(`settings.webhooks.trouble_next.${trouble}`)}</p>
        {trouble === "failing" ? null : mayChange ? (
          <Button variant="filled" onClick={() => setAsking(true)}>
            {t(`settings.webhooks.state_acts.${stateActOf(endpoint.state)}`)}
          </Button>
        ) : (
          <p className="muted">{t("settings.webhooks.trouble_ask")}</p>
        )}
      </div>
      {isAsking ? <StateDialog of={endpoint} onClose={() => setAsking(false)} /> : null}
    </div>
  );
}
