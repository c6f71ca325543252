import { Button } from "@mantine/core";
import { Name } from "../../ui/Name.tsx";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { observedCohortsQuery } from "../../api/queries.ts";
import type { ObservedCohort } from "../../api/types.ts";
import { useMayAct } from "../../api/useMayAct.ts";
import { t } from "../../messages.ts";
import { Loaded } from "../../ui/Loaded.tsx";
import { Blocks } from "../../ui/Skeleton.tsx";
import { MoreButton } from "../../ui/MoreButton.tsx";
import styles from "./Cohorts.module.css";

/** One row per client, most would-be closings first; each row has one switch. */
export function Cohorts(props: { since: string; onSwitch: (client: ObservedCohort["client"]) => void }) {
  const query = useInfiniteQuery(observedCohortsQuery(props.since));
  const mayAct = useMayAct("admin");
  return (
    <section className="panel" aria-labelledby="cohorts-title">
      <div className="section-head">
        <h2 id="cohorts-title">{t("observe.cohorts")}</h2>
        <p className="muted small">{t("observe.cohorts_lead")}</p>
      </div>
      <Loaded query={query} skeleton={<Blocks count={3} height={44} />}>
        {({ pages }) => (
          <table className={`plain-table ${styles.cohorts}`}>
            <thead>
              <tr>
                <th scope="col">{t("observe.columns.client")}</th>
                <th scope="col">{t("observe.columns.observed")}</th>
                <th scope="col">{t("observe.columns.closed_now")}</th>
                <th scope="col">{t("observe.columns.closings")}</th>
                <th scope="col">{t("observe.columns.doubtful")}</th>
                {mayAct ? (
                  <th scope="col">
                    <span className="vh">{t("observe.columns.act")}</span>
                  </th>
                ) : null}
              </tr>
            </thead>
            <tbody>
              {pages
                .flatMap((page) => page.data)
                .map((cohort) => (
                  <CohortRow
                    key={cohort.client.id}
                    cohort={cohort}
                    {...(mayAct ? { onSwitch: () => props.onSwitch(cohort.client) } : {})}
                  />
                ))}
            </tbody>
          </table>
        )}
      </Loaded>
      <MoreButton query={query}>{t("observe.more")}</MoreButton>
    </section>
  );
}

function CohortRow({ cohort, onSwitch }: { cohort: ObservedCohort; onSwitch?: () => void }) {
  const { client } = cohort;
  const counts = [
    [t("observe.columns.observed"), cohort.observed, null],
    [t("observe.columns.closed_now"), cohort.closed_now, null],
    [t("observe.columns.closings"), cohort.would_have_closed, { client_id: client.id }],
    [t("observe.columns.doubtful"), cohort.doubtful, { client_id: client.id, doubtful: "true" }],
  ] as const;
  return (
    <tr>
      <th scope="row">
        <Link to="/wabas" search={{ client_id: client.id }} className="row-link">
          <Name>{client.name}</Name>
        </Link>
      </th>
      {counts.map(([name, count, filters]) => (
        <td key={name} data-zero={count === 0}>
          <span className="cell-name" aria-hidden="true">
            {name}
          </span>
          {filters && count > 0 ? (
            <Link
              to="/observe"
              search={(last) => ({ ...last, ...filters })}
              resetScroll={false}
              hash="closings"
              className="text-link"
              aria-label={`${name}: ${count}. ${t("observe.only_of", { client: client.name })}`}
            >
              {count.toLocaleString()}
            </Link>
          ) : (
            count.toLocaleString()
          )}
        </td>
      ))}
      {onSwitch ? (
        <td className={styles.cohortAction}>
          <Button aria-label={t("observe.enforce_of", { client: client.name })} onClick={onSwitch}>
            {t("observe.enforce")}
          </Button>
        </td>
      ) : null}
    </tr>
  );
}
