import { Name } from "../../ui/Name.tsx";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { probeBudgetQuery } from "../../api/queries.ts";
import type { AppBudget, ProbeBudget } from "../../api/types.ts";
import { t } from "../../messages.ts";
import { CopyId } from "../../ui/Copy.tsx";
import { Lamp } from "../../ui/Lamp.tsx";
import { Loaded } from "../../ui/Loaded.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import { Blocks } from "../../ui/Skeleton.tsx";
import { Meter } from "./Meter.tsx";
import styles from "./Limits.module.css";
import shared from "./connection.module.css";

/** What our probes used of Meta's limits, the reserve for urgent ones, and until when Meta refuses. */
export function Limits() {
  const query = useQuery(probeBudgetQuery);
  return (
    <section className="panel" aria-labelledby="limits-title">
      <div className="section-head">
        <h2 id="limits-title">{t("connection.limits")}</h2>
        <p className="muted small">{t("connection.limits_lead")}</p>
      </div>
      <Loaded query={query} skeleton={<Blocks count={2} height={72} />}>
        {(budget) => (
          <div className={styles.limits}>
            <div className={styles.limit}>
              {budget.apps.map((app) => (
                <AppLimit key={app.app_id} app={app} budget={budget} />
              ))}
            </div>
            <div className={styles.limit}>
              <Postponed postponed={budget.postponed} />
              <PerWaba budget={budget} />
            </div>
          </div>
        )}
      </Loaded>
    </section>
  );
}

function AppLimit({ app, budget }: { app: AppBudget; budget: ProbeBudget }) {
  const { sweeps_wait_at_percent: sweepsWaitAt, urgent_wait_at_percent: urgentWaitAt } = budget;
  const marks = `${t("connection.sweep_waits", { percent: sweepsWaitAt })}, ${t("connection.urgent_waits", { percent: urgentWaitAt })}: ${t("connection.reserve", { percent: urgentWaitAt - sweepsWaitAt })}.`;
  return (
    <div className={styles.limit}>
      <h3>
        {t("connection.app")} <CopyId value={app.app_id} what={t("connection.copy_app")} />
      </h3>
      <p className={styles.limitState}>
        <Lamp lamp={app.closed_until ? "amber" : "green"} />
        {app.closed_until ? (
          <span>
            {t("connection.back_off")} <RelativeTime at={app.closed_until} focusable />.{" "}
            {t("connection.back_off_next")}
          </span>
        ) : (
          t("connection.no_back_off")
        )}
      </p>
      {app.percent === null ? (
        <p className="muted">{t("connection.usage_unknown")}</p>
      ) : (
        <>
          <p className="strong">{t("connection.usage", { percent: app.percent })}</p>
          <Meter
            part={app.percent / 100}
            label={t("connection.usage_meter")}
            marks={[sweepsWaitAt / 100, urgentWaitAt / 100]}
          />
        </>
      )}
      <p className="muted small">{marks}</p>
      <Busiest busiest={app.busiest} />
    </div>
  );
}

function Busiest({ busiest }: Pick<AppBudget, "busiest">) {
  return (
    <div className={shared.busiest}>
      <h4>{t("connection.busiest")}</h4>
      {busiest.length === 0 ? <p className="muted small">{t("connection.busiest_empty")}</p> : null}
      <ul>
        {busiest.map((waba) => (
          <li key={waba.id}>
            <Link to="/wabas/$wabaId" params={{ wabaId: waba.id }} className="text-link">
              <Name>{waba.name ?? waba.id}</Name>
            </Link>
            <span className="muted small">
              {waba.closed_until ? (
                <>
                  {t("connection.busy_closed")} <RelativeTime at={waba.closed_until} />
                </>
              ) : (
                t("connection.busy", { used: waba.used, limit: waba.at_once })
              )}
            </span>
            <Meter part={waba.used / Math.max(1, waba.at_once)} label={waba.name ?? waba.id} />
          </li>
        ))}
      </ul>
    </div>
  );
}

const COLUMNS = ["kind", "hourly", "used", "at_once", "sweep"] as const;
const WHYS = ["spent", "usage", "throttled"] as const;

function Postponed({ postponed }: Pick<ProbeBudget, "postponed">) {
  const total = WHYS.reduce((sum, why) => sum + postponed[why], 0);
  const whys = WHYS.filter((why) => postponed[why] > 0).map((why) =>
    t(`connection.postponed_why.${why}`, { checks: postponed[why] }),
  );
  return (
    <p>
      {t("connection.postponed", { checks: total })}{" "}
      {whys.length > 0 ? <span className="muted">{whys.join(", ")}.</span> : null}
    </p>
  );
}

function PerWaba({ budget }: { budget: ProbeBudget }) {
  // Meta allows less about a WABA that has no registered number.
  const least = Math.min(...budget.limits.map(({ hourly }) => hourly));
  const nameOf = ({ hourly }: ProbeBudget["limits"][number]): string =>
    t(
      `connection.per_waba_rows.${hourly === least && budget.limits.length > 1 ? "unregistered" : "registered"}`,
    );
  return (
    <div>
      <table className="plain-table">
        <caption>{t("connection.per_waba")}</caption>
        <thead>
          <tr>
            {COLUMNS.map((column) => (
              <th key={column} scope="col">
                {t(`connection.per_waba_columns.${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {budget.limits.map((limit) => (
            <tr key={limit.hourly}>
              <th scope="row">{nameOf(limit)}</th>
              <td>{limit.hourly.toLocaleString()}</td>
              <td>{limit.used_at_most.toLocaleString()}</td>
              <td>{limit.at_once.toLocaleString()}</td>
              <td>{limit.for_sweep.toLocaleString()}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="muted small">{t("connection.per_waba_note", { requests: budget.calls_per_probe })}</p>
    </div>
  );
}
