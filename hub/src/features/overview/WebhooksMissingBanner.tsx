import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { connectionsQuery, overviewQuery } from "../../api/queries.ts";
import { t } from "../../messages.ts";
import { Lamp } from "../../ui/Lamp.tsx";
import { troublesOf } from "../connection/webhook-health.ts";
import styles from "./overview.module.css";

/**
 * Green means little while Meta's webhooks do not arrive. The banner says so above all counts, with the
 * repair.
 */
export function WebhooksMissingBanner() {
  const connections = useQuery(connectionsQuery).data?.data ?? [];
  const refused = useQuery(overviewQuery).data?.sending.refused_by_token.wabas ?? 0;
  const all = connections.flatMap(({ webhook_checks: webhookChecks }) =>
    webhookChecks.filter((webhookCheck) => !webhookCheck.ok),
  );
  // The red banner above names the token, with its repair.
  const failing = refused > 0 ? all.filter(({ check }) => check !== "token") : all;
  const namedAbove = all.length - failing.length;
  const troubles = connections.reduce((sum, connection) => sum + troublesOf(connection), 0) - namedAbove;
  if (troubles === 0) return null;
  return (
    <section data-part="incident" className={styles.incident} role="status">
      <Lamp lamp="amber" />
      <div>
        <h2 className={styles.incidentTitle}>{t("connection.banner")}</h2>
        <p>{failing[0]?.sentence ?? t("connection.troubled", { parts: troubles })}</p>
        <p>
          <Link to="/connection" className="text-link">
            {t("connection.banner_link")}
          </Link>
        </p>
      </div>
    </section>
  );
}
