import { Sentence } from "../../ui/Sentence.tsx";
import { Name } from "../../ui/Name.tsx";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Connection, WebhookCheck } from "../../api/types.ts";
import { labelOf } from "../../labels.ts";
import { t } from "../../messages.ts";
import { Lamp } from "../../ui/Lamp.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import styles from "./WebhookHealth.module.css";

/** Each webhook check: working or not, since when, and who repairs it. */
export function WebhookHealth({ connection }: { connection: Connection }) {
  const { webhook_checks: webhookChecks, unsubscribed } = connection;
  return (
    <section className="panel" aria-labelledby={`webhook-health-${connection.id}`}>
      <div className="section-head">
        <h2 id={`webhook-health-${connection.id}`}>{t("connection.webhook_health")}</h2>
        <p className="muted small">{t("connection.webhook_health_lead")}</p>
      </div>
      <ul>
        {webhookChecks.map((webhookCheck) => (
          <WebhookCheckItem key={webhookCheck.check} webhookCheck={webhookCheck} />
        ))}
        <WebhookCheckRow isWell={unsubscribed.count === 0} title={t("connection.wabas")} since={null}>
          {unsubscribed.count === 0 ? (
            <p>{t("connection.wabas_well")}</p>
          ) : (
            <>
              <p>{t("connection.wabas_troubled", { wabas: unsubscribed.count })}</p>
              <p className="muted">{t("connection.wabas_repair")}</p>
              <MissingWabas unsubscribed={unsubscribed} />
            </>
          )}
        </WebhookCheckRow>
      </ul>
    </section>
  );
}

function WebhookCheckItem({ webhookCheck }: { webhookCheck: WebhookCheck }) {
  return (
    <WebhookCheckRow
      isWell={webhookCheck.ok}
      title={labelOf("webhook_check", webhookCheck.check)}
      since={
        <>
          <span className="block">
            {t("connection.since")} <RelativeTime at={webhookCheck.since} focusable />
          </span>
          <span className="block">
            {t("connection.checked")} <RelativeTime at={webhookCheck.at} />
          </span>
          {webhookCheck.repaired_at ? (
            <span className="block">
              {t("connection.repaired")} <RelativeTime at={webhookCheck.repaired_at} />
            </span>
          ) : null}
        </>
      }
    >
      <p>
        <Sentence>{webhookCheck.sentence}</Sentence>
      </p>
      {webhookCheck.repair ? (
        <p className="muted">
          {webhookCheck.repaired_by === null ? null : (
            <strong>{t(`connection.repaired_by.${webhookCheck.repaired_by}`)}</strong>
          )}{" "}
          {webhookCheck.repair}
        </p>
      ) : null}
    </WebhookCheckRow>
  );
}

function WebhookCheckRow(props: { isWell: boolean; title: string; since: ReactNode; children: ReactNode }) {
  return (
    <li className={styles.webhookCheck} data-well={props.isWell}>
      <Lamp lamp={props.isWell ? "green" : "red"} />
      <h3>
        {props.title}
        <span className="vh">
          : {props.isWell ? t("connection.verdicts.yes") : t("connection.verdicts.no")}
        </span>
      </h3>
      <div className={styles.webhookCheckText}>{props.children}</div>
      <div data-part="webhook-check-since" className={`muted small ${styles.webhookCheckSince}`}>
        {props.since}
      </div>
    </li>
  );
}

function MissingWabas({ unsubscribed: { count, wabas } }: { unsubscribed: Connection["unsubscribed"] }) {
  return (
    <ul className={styles.wabaLinks} aria-label={t("connection.wabas")}>
      {wabas.map((waba) => (
        <li key={waba.id}>
          <Link to="/wabas/$wabaId" params={{ wabaId: waba.id }} className="text-link">
            <Name>{waba.name}</Name>
          </Link>
        </li>
      ))}
      {count > wabas.length ? <li>{t("connection.more", { count: count - wabas.length })}</li> : null}
    </ul>
  );
}
