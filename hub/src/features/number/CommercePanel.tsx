import { LinkButton } from "../../ui/LinkButton.tsx";
import { Sentence } from "../../ui/Sentence.tsx";
import { useQuery } from "@tanstack/react-query";
import { ProblemError } from "../../api/problem-error.ts";
import { commerceQuery } from "../../api/queries.ts";
import type { NumberPage } from "../../api/types.ts";
import { labelOf, reasonLabelOf } from "../../labels.ts";
import { t } from "../../messages.ts";
import { Icon } from "../../ui/icons.tsx";
import { Lamp } from "../../ui/Lamp.tsx";
import { Problem } from "../../ui/Problem.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import { Blocks } from "../../ui/Skeleton.tsx";
import styles from "./CommercePanel.module.css";

export function CommercePanel({ number }: { number: NumberPage }) {
  const query = useQuery(commerceQuery(number.id));
  // The newest answer counts: settings read before the loss must not be shown beside it.
  const error = query.isError ? query.error : null;
  const isLost = error instanceof ProblemError && error.body.code === "waba_not_shared";
  return (
    <section className="panel" aria-labelledby="commerce-title" data-lamp={isLost ? "red" : undefined}>
      <h2 id="commerce-title">{t("number.commerce")}</h2>
      {isLost ? (
        <LostCommerce problem={error} number={number} />
      ) : error ? (
        <Problem error={error} onRetry={() => void query.refetch()} />
      ) : query.data ? (
        <Settings data={query.data.data} />
      ) : (
        <Blocks count={2} height={44} />
      )}
    </section>
  );
}

function Settings({
  data,
}: {
  data: { id: string; is_cart_enabled: boolean; is_catalog_visible: boolean }[];
}) {
  const settings = data[0];
  if (!settings) return <p className="muted">{t("number.commerce_empty")}</p>;
  return (
    <ul className={styles.settings}>
      {(
        [
          [t("number.cart"), settings.is_cart_enabled],
          [t("number.catalog"), settings.is_catalog_visible],
        ] as const
      ).map(([name, isOn]) => (
        <li key={name}>
          <span>{name}</span>
          <span className={styles.settingState} data-on={isOn}>
            {isOn ? <Icon name="check" size={14} /> : null}
            {isOn ? t("number.on") : t("number.off")}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** The text that clients know, then cause, since when, who must act, and a link to the fix. */
function LostCommerce({ problem, number }: { problem: ProblemError; number: NumberPage }) {
  const { waba } = number;
  return (
    <>
      <div className={`loss ${styles.lossLarge}`} role="alert">
        <Lamp lamp="red" size={20} />
        <p className="loss-text">{problem.body.detail}</p>
      </div>
      <div className={styles.truth}>
        <h3>{t("number.truth")}</h3>
        <p>
          <Sentence>{waba.summary}</Sentence>
        </p>
        <dl className="loss-facts">
          <div>
            <dt>{t("waba.cause")}</dt>
            <dd>{reasonLabelOf(problem.body.reason ?? waba.reason)}</dd>
          </div>
          <div>
            <dt>{t("since")}</dt>
            <dd>
              <RelativeTime at={problem.body.since ?? waba.since} focusable />
            </dd>
          </div>
          <div>
            <dt>{t("waba.who")}</dt>
            <dd>{labelOf("who_must_act", problem.body.who_must_act ?? waba.who_must_act)}</dd>
          </div>
        </dl>
        <LinkButton to="/wabas/$wabaId" params={{ wabaId: waba.id }} hash="recovery" variant="filled">
          {t("waba.to_recovery")}
        </LinkButton>
      </div>
    </>
  );
}
