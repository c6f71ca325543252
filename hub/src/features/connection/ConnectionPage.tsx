import { useQuery } from "@tanstack/react-query";
import { connectionsQuery, openIncidentsQuery } from "../../api/queries.ts";
import type { Connection } from "../../api/types.ts";
import { labelOf } from "../../labels.ts";
import { t } from "../../messages.ts";
import { CopyId } from "../../ui/Copy.tsx";
import { Status } from "../../ui/Lamp.tsx";
import { Loaded } from "../../ui/Loaded.tsx";
import { Blocks } from "../../ui/Skeleton.tsx";
import { useTitle } from "../../ui/useTitle.ts";
import { webhookHealthOf, LAMP_OF_HEALTH, troublesOf } from "./webhook-health.ts";
import { WebhookHealth } from "./WebhookHealth.tsx";
import { Limits } from "./Limits.tsx";
import { Repairs } from "./Repairs.tsx";
import { Plan } from "./Plan.tsx";
import styles from "./ConnectionPage.module.css";

/** Webhook health and API access, automatic repairs, Meta's API limits, and detection time guarantees. */
export function ConnectionPage() {
  useTitle(t("connection.title"));
  const connections = useQuery(connectionsQuery);
  return (
    <div className="page">
      <h1>{t("connection.title")}</h1>
      <Loaded query={connections} skeleton={<ConnectionSkeleton />}>
        {({ data }) =>
          data.map((connection) => (
            <OneConnection key={connection.id} connection={connection} isOnly={data.length === 1} />
          ))
        }
      </Loaded>
      <Repairs />
      <Limits />
      <Plan />
    </div>
  );
}

function OneConnection({ connection, isOnly }: { connection: Connection; isOnly: boolean }) {
  const incident = useQuery(openIncidentsQuery).data?.data.find((each) => each.connection === connection.id);
  const webhookHealth = incident ? "troubled" : webhookHealthOf(connection);
  return (
    <section className={styles.connection} aria-label={connection.id}>
      <div data-part="verdict" className={styles.verdict} data-lamp={LAMP_OF_HEALTH[webhookHealth]}>
        <Status
          lamp={LAMP_OF_HEALTH[webhookHealth]}
          label={t(`connection.label.${webhookHealth}`)}
          size={20}
        />
        <p className={styles.verdictText}>
          {incident
            ? incident.title
            : webhookHealth === "troubled"
              ? t("connection.troubled", { parts: troublesOf(connection) })
              : t(`connection.verdict.${webhookHealth}`)}
        </p>
      </div>
      <dl className="facts" aria-label={t("connection.facts")}>
        {isOnly ? null : (
          <div>
            <dt>{t("waba.connection")}</dt>
            <dd>{connection.id}</dd>
          </div>
        )}
        <div>
          <dt>{t("connection.portfolio")}</dt>
          <dd>
            <CopyId value={connection.business_id} what={t("connection.copy_portfolio")} />
          </dd>
        </div>
        <div>
          <dt>{t("connection.app")}</dt>
          <dd>
            <CopyId value={connection.app_id} what={t("connection.copy_app")} />
          </dd>
        </div>
        <div>
          <dt>{t("connection.version")}</dt>
          <dd>{connection.graph_version}</dd>
        </div>
        <div>
          <dt>{t("connection.mode")}</dt>
          <dd>{labelOf("mode", connection.mode)}</dd>
        </div>
      </dl>
      <WebhookHealth connection={connection} />
    </section>
  );
}

const ConnectionSkeleton = () => (
  <>
    <Blocks count={1} height={64} />
    <Blocks count={1} height={260} />
  </>
);
