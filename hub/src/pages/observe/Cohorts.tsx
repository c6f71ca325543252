import { Name } from "../../ui/Name.tsx";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { observedCohortsQuery } from "../../api/queries.ts";
import type { ObservedCohort } from "../../api/types.ts";
import { useMayAct } from "../../api/useMayAct.ts";
import { texts } from "../../texts.ts";
import { Loaded } from "../../ui/Loaded.tsx";
import { Blocks } from "../../ui/Skeleton.tsx";
import { MoreButton } from "../../ui/MoreButton.tsx";

const { observing: strings } = texts;

/** One row per client, most would-be closings first; each row has one switch. */
export function Cohorts(props: { since: string; onSwitch: (client: ObservedCohort["client"]) => void }) {
  const query = useInfiniteQuery(observedCohortsQuery(props.since));
  const mayAct = useMayAct();
  return (
    <section className="panel" aria-labelledby="cohorts-title">
      <div className="section-head">
        <h2 id="cohorts-title">{strings.cohorts}</h2>
        <p className="muted small">{strings.cohortsLead}</p>
      </div>
      <Loaded query={query} skeleton={<Blocks count={3} height={44} />}>
        {({ pages }) => (
          <table className="plain-table cohorts">
            <thead>
              <tr>
                <th scope="col">{strings.columns.client}</th>
                <th scope="col">{strings.columns.observed}</th>
                <th scope="col">{strings.columns.closedNow}</th>
                <th scope="col">{strings.columns.closings}</th>
                <th scope="col">{strings.columns.doubtful}</th>
                {mayAct ? (
                  <th scope="col">
                    <span className="vh">{strings.columns.act}</span>
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
      <MoreButton query={query}>{strings.more}</MoreButton>
    </section>
  );
}

function CohortRow({ cohort, onSwitch }: { cohort: ObservedCohort; onSwitch?: () => void }) {
  const { client } = cohort;
  const counts = [
    [strings.columns.observed, cohort.observed, null],
    [strings.columns.closedNow, cohort.closed_now, null],
    [strings.columns.closings, cohort.would_have_closed, { client_id: client.id }],
    [strings.columns.doubtful, cohort.doubtful, { client_id: client.id, doubtful: "true" }],
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
              aria-label={`${name}: ${count}. ${strings.onlyOf(client.name)}`}
            >
              {count.toLocaleString()}
            </Link>
          ) : (
            count.toLocaleString()
          )}
        </td>
      ))}
      {onSwitch ? (
        <td className="cohort-action">
          <button
            type="button"
            className="button"
            aria-label={strings.enforceOf(client.name)}
            onClick={onSwitch}
          >
            {strings.enforce}
          </button>
        </td>
      ) : null}
    </tr>
  );
}
