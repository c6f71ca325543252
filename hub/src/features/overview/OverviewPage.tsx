import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, type ReactNode } from "react";
import { openIncidentsQuery, overviewQuery, type WabaFilters } from "../../api/queries.ts";
import { brokenCountOf, wabaIdOf, type Overview, type WabaSummary } from "../../api/types.ts";
import { useCalmRows } from "../../live/useCalmRows.ts";
import { t } from "../../messages.ts";
import { LinkButton } from "../../ui/LinkButton.tsx";
import { Empty, Problem } from "../../ui/Problem.tsx";
import { FreshPill } from "../../ui/FreshPill.tsx";
import { Blocks, TilesSkeleton } from "../../ui/Skeleton.tsx";
import { useTitle } from "../../ui/useTitle.ts";
import { rememberList } from "../../shell/list-memory.ts";
import { useRowKeys } from "../../shell/row-keys.ts";
import { BROKEN, BROKEN_OTHERWISE, brokenQuery, MOST_ROWS } from "./broken-rows.ts";
import { BrokenRow } from "./BrokenRow.tsx";
import { Counts } from "./Counts.tsx";
import { CutOffs } from "./CutOffs.tsx";
import { WebhooksMissingBanner } from "./WebhooksMissingBanner.tsx";
import { IncidentBanner } from "./IncidentBanner.tsx";
import { StatusStrip } from "./StatusStrip.tsx";
import { Times } from "./Times.tsx";

/**
 * Which WABAs are broken, since when, who must act and what next, without a click. Detection times follow
 * below.
 */
export function OverviewPage() {
  useTitle(t("overview.title"));
  const overview = useQuery(overviewQuery);
  return (
    <div className="page">
      <h1>{t("overview.title")}</h1>
      <IncidentBanner />
      <WebhooksMissingBanner />
      {overview.data ? (
        <>
          <Counts overview={overview.data} />
          <StatusStrip overview={overview.data} />
        </>
      ) : overview.error ? (
        <Problem error={overview.error} onRetry={() => void overview.refetch()} />
      ) : (
        <TilesSkeleton />
      )}
      <BrokenList overview={overview.data} isFailed={overview.error !== null && !overview.data}>
        <Times />
        <CutOffs />
      </BrokenList>
    </div>
  );
}

/**
 * The sections below appear with the list, so that nothing moves. If the figures failed, one error is enough.
 */
function BrokenList(props: { overview: Overview | undefined; isFailed: boolean; children: ReactNode }) {
  const { overview, isFailed, children } = props;
  // An incident replaces the rows of the WABAs that it explains.
  const incidents = useQuery(openIncidentsQuery).data?.data;
  const filters = incidents?.length ? BROKEN_OTHERWISE : BROKEN;
  const query = useInfiniteQuery(brokenQuery(filters));
  const rows = useMemo(
    () => query.data?.pages.flatMap((page) => page.data).slice(0, MOST_ROWS),
    [query.data],
  );
  if (!rows) {
    if (isFailed) return null;
    if (query.error) return <Problem error={query.error} onRetry={() => void query.refetch()} />;
    return <Blocks count={4} height={110} />;
  }
  if (rows.length === 0)
    return (
      <>
        {incidents?.length ? (
          <Empty title={t("overview.rest_title")} detail={t("overview.rest_detail")} />
        ) : null}
        {overview && incidents?.length === 0 ? <NothingBroken overview={overview} /> : null}
        {children}
      </>
    );
  const hasMore = query.data?.pages[0]?.has_more ?? false;
  const explained = incidents?.reduce((sum, incident) => sum + incident.explained, 0) ?? 0;
  const broken = overview ? brokenCountOf(overview.counts) : 0;
  // The list, the counts and the incidents are read one after another: never fewer than the rows shown here.
  const total = Math.max(rows.length, broken - explained);
  return (
    <>
      <BrokenRows rows={rows} hasMore={hasMore} total={total} filters={filters} />
      {children}
    </>
  );
}

function BrokenRows(props: { rows: WabaSummary[]; hasMore: boolean; total: number; filters: WabaFilters }) {
  const { total, filters } = props;
  const calm = useCalmRows(props.rows, wabaIdOf, filters.incident ?? "broken");
  useRowKeys(calm.rows.length);
  useEffect(() => {
    rememberList({ ids: calm.rows.map(wabaIdOf), href: "/wabas?broken=true" });
  }, [calm.rows]);
  return (
    <section aria-labelledby="broken-title">
      <div className="section-head">
        <h2 id="broken-title">
          {t("overview.broken")} <span className="count">{total.toLocaleString()}</span>
        </h2>
        <p className="muted small">{t("overview.broken_lead")}</p>
      </div>
      <div ref={calm.box}>
        <FreshPill calm={calm} />
        <ol className="rows" data-of="broken">
          {calm.rows.map((waba, index) => (
            <BrokenRow key={waba.id} waba={waba} index={index} />
          ))}
        </ol>
      </div>
      {props.hasMore ? (
        <LinkButton to="/wabas" search={filters}>
          {t("overview.all", { count: total })}
        </LinkButton>
      ) : null}
    </section>
  );
}

/**
 * A claim about every WABA, so the counts must confirm it: an empty list alone may be older than the counts.
 */
function NothingBroken({ overview: { counts, sending } }: { overview: Overview }) {
  const { total } = counts;
  if (brokenCountOf(counts) > 0 || sending.refused_by_token.wabas > 0) return null;
  if (total === 0) return <Empty title={t("overview.none_title")} detail={t("overview.none_detail")} />;
  return (
    <Empty title={t("overview.empty_title")} detail={t("overview.empty_detail", { wabas: total })}>
      <LinkButton to="/wabas">{t("overview.all", { count: total })}</LinkButton>
    </Empty>
  );
}
