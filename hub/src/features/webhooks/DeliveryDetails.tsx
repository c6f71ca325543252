import { Button } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { resendWebhookDeliveryMutation } from "../../api/generated/@tanstack/react-query.gen.ts";
import { webhookDeliveryQuery } from "../../api/queries.ts";
import type { WebhookDelivery, WebhookDeliveryDetail } from "../../api/types.ts";
import { labelOf } from "../../labels.ts";
import { t } from "../../messages.ts";
import { clockTimeOf, fullTimeOf, zonedTimeOf } from "../../time/format.ts";
import { serverNow } from "../../time/server-clock.ts";
import { announce } from "../../ui/announce.ts";
import { CopyButton } from "../../ui/Copy.tsx";
import { Icon } from "../../ui/icons.tsx";
import { Status } from "../../ui/Lamp.tsx";
import { Loaded } from "../../ui/Loaded.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import { Blocks } from "../../ui/Skeleton.tsx";
import { lampOfOutcome, nextAttemptOf } from "./endpoint.ts";
import { useWebhooksAgain } from "./useWebhooksAgain.ts";
import styles from "./webhooks.module.css";

/** Every attempt with the receiver's answer, what is sent, and the way to send it again. */
export function DeliveryDetails(props: { id: string; of: WebhookDelivery; mayResend: boolean }) {
  const { of: delivery } = props;
  const query = useQuery(webhookDeliveryQuery(delivery.id));
  return (
    <section
      id={props.id}
      className={styles.details}
      aria-label={t("settings.webhooks.delivery_of", { id: delivery.id })}
    >
      <Loaded query={query} skeleton={<Blocks count={2} height={44} />}>
        {(detail) => (
          <>
            <Attempts of={detail} />
            <Body of={detail} />
          </>
        )}
      </Loaded>
      {props.mayResend ? <Resend id={delivery.id} /> : null}
    </section>
  );
}

type Attempt = WebhookDeliveryDetail["attempts"][number];

function Attempts({ of: delivery }: { of: WebhookDeliveryDetail }) {
  const { attempts } = delivery;
  const nextAt = nextAttemptOf(delivery, serverNow());
  return (
    <div>
      <h3>{t("settings.webhooks.attempts")}</h3>
      {attempts.length === 0 ? <p className="muted">{t("settings.webhooks.attempts_none")}</p> : null}
      <ol className={styles.attempts}>
        {attempts.map((attempt) => (
          <AttemptLine key={attempt.n} of={attempt} isLast={attempt === attempts.at(-1)} />
        ))}
      </ol>
      {nextAt === null ? null : (
        <p className="small">
          {t("settings.webhooks.next_attempt")} <RelativeTime at={nextAt} focusable />
        </p>
      )}
    </div>
  );
}

/** What to do is said once, of the last attempt. */
function AttemptLine({ of: attempt, isLast }: { of: Attempt; isLast: boolean }) {
  const { at, outcome, status, took_ms, detail, answer_headers, answer_body } = attempt;
  const headers = Object.entries(answer_headers ?? {});
  return (
    <li data-part="attempt">
      <p className={styles.attempt}>
        <Status lamp={lampOfOutcome(outcome)} label={labelOf("delivery_outcome", outcome)} />
        {status === null ? null : <span className="mono">HTTP {status}</span>}
        <span className="muted">{t("time.ms", { count: took_ms })}</span>
        <time className="muted" dateTime={at} title={fullTimeOf(at)}>
          {zonedTimeOf(at)}
        </time>
      </p>
      {detail === null ? null : <p className="small mono">{detail}</p>}
      {outcome === "delivered" || !isLast ? null : (
        <p className="small">{t(`settings.webhooks.outcome_help.${outcome}`)}</p>
      )}
      {answer_headers === null ? null : (
        <details className={styles.more}>
          <summary>{t("settings.webhooks.answer")}</summary>
          <Raw label={t("settings.webhooks.answer_of", { at: clockTimeOf(at) })}>
            {`${headers.map(([name, value]) => `${name}: ${value}`).join("\n")}\n\n${answer_body ?? ""}`.trim()}
          </Raw>
        </details>
      )}
    </li>
  );
}

function Body({ of: { body, state } }: { of: WebhookDeliveryDetail }) {
  if (body === null || body === undefined)
    return <p className="muted small">{t("settings.webhooks.body_gone")}</p>;
  const text = JSON.stringify(body, null, 2);
  return (
    <details className={styles.more}>
      <summary>{t(state === "pending" ? "settings.webhooks.body_next" : "settings.webhooks.body")}</summary>
      <Raw label={t("settings.webhooks.body")}>{text}</Raw>
      <CopyButton value={text} what={t("copied_things.body")} />
    </details>
  );
}

/** Long lines scroll sideways; a keyboard must be able to reach that. */
const Raw = ({ label, children }: { label: string; children: string }) => (
  <pre className="evidence" tabIndex={0} role="region" aria-label={label}>
    {children}
  </pre>
);

function Resend({ id }: { id: string }) {
  const again = useWebhooksAgain();
  const resend = useMutation({
    ...resendWebhookDeliveryMutation(),
    async onSuccess() {
      announce(t("settings.webhooks.resent"));
      await again();
    },
  });
  return (
    <div className="row">
      <Button
        aria-disabled={resend.isPending}
        onClick={() => resend.isPending || resend.mutate({ path: { id }, body: {} })}
      >
        <Icon name="refresh" />
        {t("settings.webhooks.resend")}
      </Button>
      {resend.isSuccess ? (
        <span className="muted small" role="status">
          {t("settings.webhooks.resent")}
        </span>
      ) : null}
      {resend.error ? <Problem error={resend.error} /> : null}
    </div>
  );
}
