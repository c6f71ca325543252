import type { ReactNode } from "react";
import type { WebhookEndpoint } from "../../api/types.ts";
import { t } from "../../messages.ts";
import { CopyId } from "../../ui/Copy.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import { Taken } from "./Taken.tsx";
import styles from "./webhooks.module.css";

export function EndpointDetails({ of: endpoint }: { of: WebhookEndpoint }) {
  const { algorithm, public_key, header_names, previous_secret_until } = endpoint;
  return (
    <aside className="details" aria-labelledby="endpoint-details">
      <h2 id="endpoint-details">{t("settings.webhooks.details")}</h2>
      <dl>
        <Fact name={t("settings.webhooks.takes")}>
          <Taken of={endpoint} isWhole />
        </Fact>
        <Fact name={t("settings.webhooks.headers")}>
          {header_names.length === 0 ? t("none") : <span className="mono">{header_names.join(", ")}</span>}
        </Fact>
        <Fact name={t("settings.webhooks.algorithm")}>{t(`settings.webhooks.algorithms.${algorithm}`)}</Fact>
        {public_key === null ? null : (
          <Fact name={t("settings.webhooks.public_key")}>
            <span className={styles.key}>
              <CopyId value={public_key} what={t("copied_things.public_key")} />
            </span>
          </Fact>
        )}
        {previous_secret_until === null ? null : (
          <Fact name={t("settings.webhooks.previous_secret")}>
            <RelativeTime at={previous_secret_until} focusable />
          </Fact>
        )}
        <Fact name={t("settings.webhooks.created")}>
          <RelativeTime at={endpoint.created_at} focusable />
        </Fact>
      </dl>
    </aside>
  );
}

const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);
