import { useQuery } from "@tanstack/react-query";
import { probePlanQuery } from "../../api/queries.ts";
import type { ProbePlan } from "../../api/types.ts";
import { t } from "../../messages.ts";
import { Loaded } from "../../ui/Loaded.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import { Blocks } from "../../ui/Skeleton.tsx";
import { durationOf } from "../../time/duration.ts";
import styles from "./Plan.module.css";

/** The longest detection time of each kind of loss, and whether the probes are on time. */
export function Plan() {
  const query = useQuery(probePlanQuery);
  return (
    <section className="panel" aria-labelledby="plan-title">
      <div className="section-head">
        <h2 id="plan-title">{t("connection.plan")}</h2>
        <p className="muted small">
          {query.data
            ? t("connection.plan_lead", { period: durationOf(query.data.sweep_period_s * 1000) })
            : null}
        </p>
      </div>
      <Loaded query={query} skeleton={<Blocks count={5} height={36} />}>
        {(plan) => (
          <>
            <KeepingUp plan={plan} />
            <Promises promises={plan.promises} />
            <p className="muted small">{t("connection.honest")}</p>
            <Situations situations={plan.situations} />
          </>
        )}
      </Loaded>
    </section>
  );
}

/** A probe begins a moment after it is due: only more than that is late. */
const LATE_FROM_S = 30;

const KeepingUp = ({ plan }: { plan: ProbePlan }) => (
  <dl className={styles.planFacts}>
    <div>
      <dt>{t("connection.oldest")}</dt>
      <dd>
        {plan.oldest_proof_at ? (
          <RelativeTime at={plan.oldest_proof_at} focusable />
        ) : (
          t("connection.none_live")
        )}
      </dd>
    </div>
    <div>
      <dt>{t("connection.behind")}</dt>
      <dd>{plan.behind_s < LATE_FROM_S ? t("connection.on_time") : durationOf(plan.behind_s * 1000)}</dd>
    </div>
  </dl>
);

const Promises = ({ promises }: Pick<ProbePlan, "promises">) => (
  <div>
    <table className={`plain-table ${styles.stacked}`} aria-labelledby="plan-title">
      <thead>
        <tr>
          <th scope="col">{t("connection.loss")}</th>
          <th scope="col">{t("connection.found_by")}</th>
          <th scope="col">{t("connection.within")}</th>
        </tr>
      </thead>
      <tbody>
        {promises.map(({ loss, found_by, within_s, note }) => (
          <tr key={loss}>
            <th scope="row">{capitalOf(loss)}</th>
            <td>
              {found_by}
              <span className="muted small block">{note}</span>
            </td>
            <td className={styles.planWithin}>
              {within_s === 0 ? t("connection.at_once") : durationOf(within_s * 1000)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);

const Situations = ({ situations }: Pick<ProbePlan, "situations">) => (
  <details className={styles.situations}>
    <summary>{t("connection.situations")}</summary>
    <div>
      <table className="plain-table" aria-label={t("connection.situations")}>
        <thead>
          <tr>
            <th scope="col">{t("connection.situation")}</th>
            <th scope="col">{t("connection.every")}</th>
          </tr>
        </thead>
        <tbody>
          {situations.map(({ when, every_s }) => (
            <tr key={when}>
              <th scope="row">{capitalOf(when)}</th>
              <td className={styles.planWithin}>{durationOf(every_s * 1000)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  </details>
);

const capitalOf = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
