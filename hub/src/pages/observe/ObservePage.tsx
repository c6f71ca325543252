import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { aboutQuery, observeReportQuery, type ObserveFilters } from "../../api/queries.ts";
import type { ObservedCohort, ObserveReport } from "../../api/types.ts";
import { texts } from "../../texts.ts";
import { Loaded } from "../../ui/Loaded.tsx";
import { Empty } from "../../ui/Problem.tsx";
import { TilesSkeleton } from "../../ui/Skeleton.tsx";
import { useTitle } from "../../ui/useTitle.ts";
import { Closings } from "./Closings.tsx";
import { Cohorts } from "./Cohorts.tsx";
import { ModeDialog } from "./ModeDialog.tsx";
import { OBSERVE_PERIODS, observePeriodOf, startOf, type ObservePeriod } from "./period.ts";

const { observing: strings } = texts;

/**
 * What Sharekeeper would have done in enforce mode: how often, to which clients, and possible false alarms.
 */
export function ObservePage({ filters }: { filters: ObserveFilters }) {
  useTitle(strings.title);
  const navigate = useNavigate();
  const period = observePeriodOf(filters.days);
  const since = startOf(period);
  const { client_id, doubtful } = filters;
  const report = useInfiniteQuery(observeReportQuery({ client_id, doubtful }, since));
  const [switched, setSwitched] = useState<ObservedCohort["client"] | null>(null);
  const isDefault = useQuery(aboutQuery).data?.mode === "observe";
  const setFilters = (change: ObserveFilters): void =>
    void navigate({ to: "/observe", search: (last) => ({ ...last, ...change }), resetScroll: false });
  return (
    <div className="page">
      <div className="page-head">
        <div>
          <h1 className="page-title">{strings.title}</h1>
          <p className="muted">{strings.lead}</p>
        </div>
        <PeriodSelect period={period} onChange={(days) => setFilters({ days })} />
      </div>
      {isDefault ? <p className="muted small">{strings.default}</p> : null}
      <Loaded query={report} skeleton={<TilesSkeleton />}>
        {({ pages }) => {
          const counts = pages[0]?.counts;
          if (counts === undefined) return null;
          if (counts.observed === 0 && counts.would_have_closed === 0) return <NothingObserved />;
          return (
            <>
              <Counts counts={counts} />
              {counts.observed > 0 ? <Cohorts since={since} onSwitch={setSwitched} /> : null}
              <Closings query={report} filters={filters} onChange={setFilters} />
            </>
          );
        }}
      </Loaded>
      {switched ? <ModeDialog mode="enforce" client={switched} onClose={() => setSwitched(null)} /> : null}
    </div>
  );
}

function PeriodSelect(props: { period: ObservePeriod; onChange: (days: string | undefined) => void }) {
  return (
    <label className="period">
      <span className="muted small">{strings.period}</span>
      <select
        className="input"
        value={props.period}
        onChange={({ target }) => props.onChange(target.value === "7" ? undefined : target.value)}
      >
        {OBSERVE_PERIODS.map((each) => (
          <option key={each} value={each}>
            {strings.periods[each]}
          </option>
        ))}
      </select>
    </label>
  );
}

function Counts({ counts }: { counts: ObserveReport["counts"] }) {
  const tiles = [
    [strings.counts.observed, counts.observed, strings.counts.observedHint],
    [strings.counts.closedNow, counts.closed_now, strings.counts.closedNowHint],
    [strings.counts.closings, counts.would_have_closed, strings.counts.closingsHint],
    [strings.counts.doubtful, counts.doubtful, strings.counts.doubtfulHint],
  ] as const;
  return (
    <>
      <dl className="counts">
        {tiles.map(([name, count, hint]) => (
          <div key={name} className="count-tile" data-zero={count === 0}>
            <dt className="count-name">{name}</dt>
            <dd className="count-number">{count.toLocaleString()}</dd>
            <dd className="muted small">{hint}</dd>
          </div>
        ))}
      </dl>
      <p>
        {strings.messages(counts.accepted_by_meta, counts.refused_by_meta)}{" "}
        {counts.accepted_by_meta + counts.refused_by_meta > 0 ? (
          <span className="muted">{strings.messagesNote}</span>
        ) : null}
      </p>
    </>
  );
}

const NothingObserved = () => (
  <Empty title={strings.emptyTitle} detail={strings.emptyDetail}>
    <Link to="/wabas" className="button">
      {strings.emptyAction}
    </Link>
  </Empty>
);
