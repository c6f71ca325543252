import type { Signup } from "../../api/types.ts";
import { labelOf } from "../../labels.ts";
import { t } from "../../messages.ts";
import { durationOf } from "../../time/duration.ts";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import styles from "./Attempts.module.css";

/** Each opening of Meta's window: when, outcome, last screen, duration. */
export function Attempts({ attempts }: { attempts: Signup["attempts"] }) {
  return (
    <section className="panel" aria-labelledby="attempts-title">
      <div className="section-head">
        <h2 id="attempts-title">
          {t("onboarding.page.attempts")}{" "}
          <span className="count" aria-label={t("onboarding.attempts_short", { count: attempts.length })}>
            {attempts.length}
          </span>
        </h2>
        <p className="muted small">{t("onboarding.page.attempts_lead")}</p>
      </div>
      {attempts.length === 0 ? (
        <p className="muted">{t("onboarding.page.attempts_none")}</p>
      ) : (
        <table className={`keys ${styles.attempts}`}>
          <thead>
            <tr>
              <th scope="col">{t("onboarding.page.outcome")}</th>
              <th scope="col">{t("onboarding.page.screen")}</th>
              <th scope="col">{t("onboarding.page.took")}</th>
              <th scope="col">{t("onboarding.page.begun")}</th>
            </tr>
          </thead>
          <tbody>
            {attempts.map((attempt) => (
              <AttemptRow key={attempt.id} attempt={attempt} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function AttemptRow({ attempt }: { attempt: Signup["attempts"][number] }) {
  return (
    <tr>
      <td>
        {attempt.outcome === null
          ? t("onboarding.page.still_open")
          : labelOf("signup_outcome", attempt.outcome, attempt.title ?? attempt.outcome)}
        {attempt.meta_message ? <span className="muted small block">{attempt.meta_message}</span> : null}
      </td>
      <td>
        <span className="cell-name">{t("onboarding.page.screen")}</span>
        {attempt.step === null ? (
          <span className="muted">–</span>
        ) : (
          labelOf("signup_screen", attempt.step, attempt.step)
        )}
      </td>
      <td>
        <span className="cell-name">{t("onboarding.page.took")}</span>
        {attempt.ended_at === null ? (
          <span className="muted">–</span>
        ) : (
          durationOf(Math.max(0, Date.parse(attempt.ended_at) - Date.parse(attempt.begun_at)))
        )}
      </td>
      <td>
        <span className="cell-name">{t("onboarding.page.begun")}</span>
        <RelativeTime at={attempt.begun_at} />
      </td>
    </tr>
  );
}
