import { Link } from "@tanstack/react-router";
import type { WebhookEndpoint } from "../../api/types.ts";
import { t } from "../../messages.ts";
import { Cell } from "../settings/Cell.tsx";
import settings from "../settings/settings.module.css";
import { EndpointActs } from "./EndpointActs.tsx";
import type { Tested } from "./EndpointActDialogs.tsx";
import { EndpointState } from "./EndpointState.tsx";
import { Taken } from "./Taken.tsx";
import styles from "./webhooks.module.css";

export function EndpointTable(props: { endpoints: WebhookEndpoint[]; onTested: (tested: Tested) => void }) {
  return (
    <table className={settings.records}>
      <caption className="vh">{t("settings.webhooks.caption")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("settings.webhooks.url")}</th>
          <th scope="col">{t("settings.webhooks.takes")}</th>
          <th scope="col">{t("settings.webhooks.state")}</th>
          <th scope="col">
            <span className="vh">{t("settings.webhooks.acts")}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {props.endpoints.map((endpoint) => (
          <tr key={endpoint.id}>
            <td data-cell="title">
              <Link
                className={styles.url}
                to="/settings/webhooks/$endpointId"
                params={{ endpointId: endpoint.id }}
              >
                <bdi dir="ltr">{endpoint.url}</bdi>
              </Link>
              {endpoint.description === "" ? null : (
                <bdi className="muted small block" dir="auto">
                  {endpoint.description}
                </bdi>
              )}
            </td>
            <Cell label={t("settings.webhooks.takes")}>
              <Taken of={endpoint} />
            </Cell>
            <Cell label={t("settings.webhooks.state")}>
              <EndpointState of={endpoint} />
            </Cell>
            <td data-cell="acts">
              <div className={styles.acts}>
                <EndpointActs of={endpoint} onTested={props.onTested} />
              </div>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
