import { NativeSelect } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { aboutQuery, observeReportQuery, type ObserveFilters } from "../../api/queries.ts";
import type { ObservedCohort, ObserveReport } from "../../api/types.ts";
import { t } from "../../messages.ts";
import { LinkButton } from "../../ui/LinkButton.tsx";
import { Loaded } from "../../ui/Loaded.tsx";
import { Empty } from "../../ui/Problem.tsx";
import { TilesSkeleton } from "../../ui/Skeleton.tsx";
import { useTitle } from "../../ui/useTitle.ts";
import { Closings } from "./Closings.tsx";
import { Cohorts } from "./Cohorts.tsx";
import { ModeDialog } from "./ModeDialog.tsx";
import { OBSERVE_PERIODS, observePeriodOf, startOf, type ObservePeriod } from "./period.ts";

const route = getRouteApi("/shell/observe");

/**
 * What Sharekeeper would have done in enforce mode: how often, to which clients, and possible false alarms.
 */
export function ObservePage() {
  const filters = route.useSearch();
  useTitle(t("observe.title"));
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
          <h1>{t("observe.title")}</h1>
          <p className="muted">{t("observe.lead")}</p>
        </div>
        <PeriodSelect period={period} onChange={(days) => setFilters({ days })} />
      </div>
      {isDefault ? <p className="muted small">{t("observe.default")}</p> : null}
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
    <NativeSelect
      className="period"
      label={t("observe.period")}
      data={OBSERVE_PERIODS.map((value) => ({ value, label: t(`observe.periods.${value}`) }))}
      value={props.period}
      onChange={({ target }) => props.onChange(target.value === "7" ? undefined : target.value)}
    />
  );
}

function Counts({ counts }: { counts: ObserveReport["counts"] }) {
  const tiles = [
    [t("observe.counts.observed"), counts.observed, t("observe.counts.observed_hint")],
    [t("observe.counts.closed_now"), counts.closed_now, t("observe.counts.closed_now_hint")],
    [t("observe.counts.closings"), counts.would_have_closed, t("observe.counts.closings_hint")],
    [t("observe.counts.doubtful"), counts.doubtful, t("observe.counts.doubtful_hint")],
  ] as const;
  const { accepted_by_meta: accepted, refused_by_meta: refused } = counts;
  const hasMessages = accepted + refused > 0;
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
        {hasMessages ? t("observe.messages", { accepted, refused }) : t("observe.messages_none")}{" "}
        {hasMessages ? <span className="muted">{t("observe.messages_note")}</span> : null}
      </p>
    </>
  );
}

const NothingObserved = () => (
  <Empty title={t("observe.empty_title")} detail={t("observe.empty_detail")}>
    <LinkButton to="/wabas">{t("observe.empty_action")}</LinkButton>
  </Empty>
);
