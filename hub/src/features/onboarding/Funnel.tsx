import type { SignupOutcomes } from "../../api/types.ts";
import { labelOf } from "../../labels.ts";
import { t } from "../../messages.ts";
import { durationOf } from "../../time/duration.ts";
import type { Period } from "./period.ts";
import styles from "./Funnel.module.css";

const REACHED = ["invited", "opened", "signed", "ready"] as const;

/** How far signups came, and how attempts ended: the numbers carry the meaning, the lines only the shape. */
export function Funnel({ outcomes, period }: { outcomes: SignupOutcomes; period: Period }) {
  const { reached } = outcomes;
  return (
    <section className="panel" aria-labelledby="funnel-title">
      <div className="section-head">
        <h2 id="funnel-title">{t("onboarding.funnel")}</h2>
        <p className="muted small">
          {period === "all"
            ? t("onboarding.funnel_lead_all")
            : t("onboarding.funnel_lead", { period: t(`onboarding.periods.${period}`) })}
        </p>
      </div>
      <div className={styles.funnelParts}>
        <ol className={styles.funnelReached}>
          {REACHED.map((stage) => (
            <li key={stage}>
              <span>{stageOf(stage)}</span>
              <span className={styles.funnelCount}>
                <strong>{reached[stage].toLocaleString()}</strong>{" "}
                <span className="muted small">{shareOf(reached[stage], reached.invited)}</span>
              </span>
              <Line of={reached.invited} count={reached[stage]} />
            </li>
          ))}
        </ol>
        <div>
          <h3>{t("onboarding.outcomes")}</h3>
          <Outcomes outcomes={outcomes.outcomes} />
        </div>
      </div>
    </section>
  );
}

const stageOf = (stage: (typeof REACHED)[number]): string =>
  stage === "opened" || stage === "signed"
    ? t(`onboarding.reached.${stage}`)
    : labelOf("signup_state", stage);

const shareOf = (count: number, of: number): string =>
  of === 0 ? "" : t("onboarding.share", { percent: Math.round((100 * count) / of) });

function Outcomes({ outcomes }: { outcomes: SignupOutcomes["outcomes"] }) {
  if (outcomes.length === 0) return <p className="muted">{t("onboarding.outcomes_none")}</p>;
  const total = outcomes.reduce((sum, { count }) => sum + count, 0);
  return (
    <ul data-part="funnel-outcomes" className={styles.funnelOutcomes}>
      {outcomes.map(({ outcome, title, count, median_s, steps }) => (
        <li key={outcome ?? ""} data-outcome={outcome ?? "open"}>
          <span>
            {outcome === null ? title : labelOf("signup_outcome", outcome, title)}
            <span className="muted small">
              {median_s === null
                ? ""
                : ` · ${t("onboarding.median", { duration: durationOf(median_s * 1000) })}`}
              {steps
                .map(({ step, count: times }) => ` · ${labelOf("signup_screen", step, step)} ${times}`)
                .join("")}
            </span>
          </span>
          <strong className={styles.funnelCount}>{count.toLocaleString()}</strong>
          <Line of={total} count={count} />
        </li>
      ))}
    </ul>
  );
}

function Line({ of, count }: { of: number; count: number }) {
  return (
    <span className={styles.funnelLine} aria-hidden="true">
      <span style={{ width: `${of === 0 ? 0 : (100 * count) / of}%` }} />
    </span>
  );
}
