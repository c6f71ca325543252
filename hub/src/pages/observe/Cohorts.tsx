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

const { observing: words } = texts;

/** Client by client, those first that would close most; each is one switch. */
export function Cohorts(props: { since: string; onSwitch: (client: ObservedCohort["client"]) => void }) {
  const query = useInfiniteQuery(observedCohortsQuery(props.since));
  const mayAct = useMayAct();
  return (
    <section className="panel" aria-labelledby="cohorts-title">
      <div className="section-head">
        <h2 id="cohorts-title">{words.cohorts}</h2>
        <p className="muted small">{words.cohortsLead}</p>
      </div>
      <Loaded query={query} skeleton={<Blocks count={3} height={44} />}>
        {({ pages }) => (
          <table className="plain-table cohorts">
            <thead>
              <tr>
                <th scope="col">{words.columns.client}</th>
                <th scope="col">{words.columns.observed}</th>
                <th scope="col">{words.columns.closedNow}</th>
                <th scope="col">{words.columns.closings}</th>
                <th scope="col">{words.columns.doubtful}</th>
                {mayAct ? (
                  <th scope="col">
                    <span className="vh">{words.columns.act}</span>
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
      <MoreButton query={query}>{words.more}</MoreButton>
    </section>
  );
}

function CohortRow({ cohort, onSwitch }: { cohort: ObservedCohort; onSwitch?: () => void }) {
  const { client } = cohort;
  const counts = [
    [words.columns.observed, cohort.observed, null],
    [words.columns.closedNow, cohort.closed_now, null],
    [words.columns.closings, cohort.would_have_closed, { client_id: client.id }],
    [words.columns.doubtful, cohort.doubtful, { client_id: client.id, doubtful: "true" }],
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
              aria-label={`${name}: ${count}. ${words.onlyOf(client.name)}`}
            >
              {count.toLocaleString()}
            </Link>
          ) : (
            count.toLocaleString()
          )}
        </td>
      ))}
      {onSwitch ? (
        <td className="cohort-act">
          <button
            type="button"
            className="button"
            aria-label={words.enforceOf(client.name)}
            onClick={onSwitch}
          >
            {words.enforce}
          </button>
        </td>
      ) : null}
    </tr>
  );
}
