import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { say } from "../../alert-messages.ts";
import { alertQuery } from "../../api/queries.ts";
import type { Alert } from "../../api/types.ts";
import { useMayAct } from "../../api/useMayAct.ts";
import { labelOf, reasonLabelOf } from "../../labels.ts";
import { t } from "../../messages.ts";
import { durationOf } from "../../time/duration.ts";
import { CopyId } from "../../ui/Copy.tsx";
import { LoadFailure } from "../../ui/Failures.tsx";
import { Icon } from "../../ui/icons.tsx";
import { Name } from "../../ui/Name.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import { Sentence } from "../../ui/Sentence.tsx";
import { PageSkeleton } from "../../ui/Skeleton.tsx";
import { useTitle } from "../../ui/useTitle.ts";
import { AlertActs } from "./AlertActs.tsx";
import { Handled } from "./AlertFacts.tsx";
import { AlertStatus } from "./AlertStatus.tsx";
import { AlertWabas } from "./AlertWabas.tsx";
import { lampOfAlert, mayAcknowledge } from "./alert.ts";
import styles from "./alerts.module.css";
import { Notifications } from "./Notifications.tsx";
import { useAlertActs } from "./useAlertActs.ts";

const route = getRouteApi("/shell/alerts/$alertId");

/** One alert: what it means, what to do, whom it is about, and who was told. */
export function AlertPage() {
  const { alertId } = route.useParams();
  const { acknowledge } = route.useSearch();
  const navigate = useNavigate();
  return (
    <AlertOf
      id={alertId}
      asksToAcknowledge={acknowledge !== undefined}
      onAnswered={() =>
        void navigate({ to: "/alerts/$alertId", params: { alertId }, search: {}, replace: true })
      }
    />
  );
}

interface Props {
  id: string;
  /** The reader follows “Acknowledge” of a message. It never acts by itself. */
  asksToAcknowledge: boolean;
  onAnswered: () => void;
}

export function AlertOf({ id, asksToAcknowledge, onAnswered }: Props) {
  const query = useQuery(alertQuery(id));
  useTitle(query.data?.title ?? say("title"));
  if (!query.data) {
    if (!query.error) return <PageSkeleton breadcrumb={<Crumb />} blocks={2} height={180} />;
    return (
      <LoadFailure
        error={query.error}
        onRetry={() => void query.refetch()}
        absentTitle={say("absent_title", { id })}
        absentDetail={say("absent_detail")}
      />
    );
  }
  const alert = query.data;
  return (
    <div className="page" data-alert={alert.id}>
      <Crumb />
      {asksToAcknowledge ? <Asked of={alert} onAnswered={onAnswered} /> : null}
      <Head of={alert} isAsked={asksToAcknowledge} />
      <div className="columns">
        <div className="column-main">
          <WhatToDo of={alert} />
          <AlertWabas of={alert} />
          <Notifications of={alert} />
        </div>
        <Details of={alert} />
      </div>
    </div>
  );
}

const Crumb = () => (
  <div className="breadcrumb">
    <Link to="/alerts" className="crumb">
      <Icon name="left" size={14} />
      {say("title")}
    </Link>
  </div>
);

function Head({ of: alert, isAsked }: { of: Alert; isAsked: boolean }) {
  return (
    <header className="waba-head" data-lamp={lampOfAlert(alert)}>
      <div className="waba-head-text">
        <div className="row">
          <AlertStatus of={alert} size={20} />
        </div>
        <h1 tabIndex={-1} data-focus>
          {alert.title}
        </h1>
        <p className="waba-sub">
          {say("since")} <RelativeTime at={alert.started_at} focusable />
          <span aria-hidden="true">·</span>
          <CopyId value={alert.id} what={t("copied_things.alert_id")} />
        </p>
        <Handled of={alert} />
      </div>
      {isAsked && mayAcknowledge(alert) ? null : <AlertActs of={alert} isMain />}
    </header>
  );
}

function askedKeyOf({ state }: Alert, mayAct: boolean) {
  if (state === "resolved") return "asked_over";
  if (state === "acknowledged") return "asked_taken";
  return mayAct ? "asked_detail" : "asked_ask";
}

/** The one question of a message: whether the reader takes it on. */
function Asked({ of: alert, onAnswered }: { of: Alert; onAnswered: () => void }) {
  const mayAct = useMayAct();
  const acts = useAlertActs(alert);
  const button = useRef<HTMLButtonElement>(null);
  const isOpen = mayAcknowledge(alert);
  useEffect(() => button.current?.focus(), []);
  return (
    <section className={styles.asked} aria-labelledby="asked-title">
      <h2 id="asked-title">{say(isOpen ? "asked_title" : "asked_done_title")}</h2>
      <p>{say(askedKeyOf(alert, mayAct))}</p>
      {acts.error ? <Problem error={acts.error} /> : null}
      {isOpen && mayAct ? (
        <Button ref={button} variant="filled" aria-disabled={acts.isSending} onClick={acts.acknowledge}>
          <Icon name="check" />
          {say("acknowledge")}
        </Button>
      ) : (
        <Button ref={button} onClick={onAnswered}>
          {t("close")}
        </Button>
      )}
    </section>
  );
}

function WhatToDo({ of: { lines } }: { of: Alert }) {
  if (lines.length === 0) return null;
  return (
    <section className="panel" aria-labelledby="meaning-title">
      <h2 id="meaning-title">{say("meaning")}</h2>
      <div className={styles.lines}>
        {lines.map((line) => (
          <p key={line}>
            <Sentence>{line}</Sentence>
          </p>
        ))}
      </div>
    </section>
  );
}

const routeNameOf = ({ route: of }: Alert): string =>
  of === null ? say("route_none") : (of.name ?? say("route_deleted"));

function Details({ of: alert }: { of: Alert }) {
  return (
    <aside className="details" aria-labelledby="details-title">
      <h2 id="details-title">{say("details")}</h2>
      <dl>
        <div>
          <dt>{say("rule")}</dt>
          <dd>{labelOf("alert_rule", alert.rule)}</dd>
        </div>
        {alert.cause === null ? null : (
          <div>
            <dt>{say("cause")}</dt>
            <dd>{reasonLabelOf(alert.cause)}</dd>
          </div>
        )}
        <div>
          <dt>{say("severity")}</dt>
          <dd>{labelOf("alert_severity", alert.severity)}</dd>
        </div>
        <div>
          <dt>{say("began")}</dt>
          <dd>
            <RelativeTime at={alert.started_at} focusable />
          </dd>
        </div>
        {alert.ended_at === null ? null : (
          <div>
            <dt>{say("resolved")}</dt>
            <dd>
              <RelativeTime at={alert.ended_at} focusable />
            </dd>
          </div>
        )}
        {alert.ended_at === null ? null : (
          <div>
            <dt>{say("lasted")}</dt>
            <dd>{durationOf(alert.lasted_s * 1000)}</dd>
          </div>
        )}
        <div>
          <dt>{say("route")}</dt>
          <dd>{routeNameOf(alert)}</dd>
        </div>
        {alert.escalated_at === null ? null : (
          <div>
            <dt>{say("escalated")}</dt>
            <dd>
              <RelativeTime at={alert.escalated_at} focusable />
            </dd>
          </div>
        )}
        {alert.acknowledged_by === null ? null : (
          <div>
            <dt>{say("owner")}</dt>
            <dd>
              <Name>{alert.acknowledged_by.name}</Name>
            </dd>
          </div>
        )}
      </dl>
    </aside>
  );
}
