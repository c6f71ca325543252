import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate, useRouter } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";
import { useMediaQuery } from "@mantine/hooks";
import { wabasQuery, type WabaFilters } from "../../api/queries.ts";
import { wabaIdOf } from "../../api/types.ts";
import { useCalmRows } from "../../live/useCalmRows.ts";
import { t } from "../../messages.ts";
import { announce } from "../../ui/announce.ts";
import { Icon } from "../../ui/icons.tsx";
import { FreshPill } from "../../ui/FreshPill.tsx";
import { Empty, Problem } from "../../ui/Problem.tsx";
import { useTitle } from "../../ui/useTitle.ts";
import { rememberList } from "../../shell/list-memory.ts";
import { downloadCsv } from "./csv.ts";
import { FilterBar } from "./FilterBar.tsx";
import { SearchField } from "./SearchField.tsx";
import { TableSkeleton, WabaTable, type ListProps } from "./WabaTable.tsx";
import { WabaCards } from "./WabaCards.tsx";
import styles from "./WabasPage.module.css";

const route = getRouteApi("/shell/wabas");

export function WabasPage() {
  const filters = route.useSearch();
  useTitle(t("wabas.title"));
  const navigate = useNavigate();
  const router = useRouter();
  // From the filters, not from the address bar: while leaving, the address already names the next page.
  const { href } = router.buildLocation({ to: "/wabas", search: filters });
  const query = useInfiniteQuery(wabasQuery(filters));
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.data), [query.data]);
  const isNarrow = useMediaQuery("(max-width: 760px)", undefined, { getInitialValueInEffect: false });

  /** A changed filter replaces the entry in the history while typing, and makes a new one otherwise. */
  const setFilters = (change: WabaFilters, replace = false): void =>
    void navigate({ to: "/wabas", search: (last) => ({ ...last, ...change }), replace, resetScroll: false });

  return (
    <div className={`page ${styles.pageWide}`}>
      <div className="page-head">
        <h1>
          {t("wabas.title")}
          {rows ? <RowCount count={rows.length} hasMore={query.hasNextPage} /> : null}
        </h1>
        <CsvButton filters={filters} disabled={!rows?.length} />
      </div>
      <SearchField value={filters.q ?? ""} onChange={(q) => setFilters({ q: q || undefined }, true)} />
      <FilterBar filters={filters} onChange={setFilters} />
      <div data-stale={query.isPlaceholderData}>
        {rows === undefined ? (
          query.error ? (
            <Problem error={query.error} onRetry={() => void query.refetch()} />
          ) : (
            <TableSkeleton />
          )
        ) : rows.length === 0 ? (
          <Empty title={t("wabas.empty_title")} detail={t("wabas.empty_detail")}>
            <Button onClick={() => void navigate({ to: "/wabas", search: {} })}>{t("wabas.clear")}</Button>
          </Empty>
        ) : (
          <CalmList
            isNarrow={isNarrow}
            rows={rows}
            view={query.isPlaceholderData ? null : href}
            hasMore={query.hasNextPage}
            onMore={() => {
              if (!query.isFetching) void query.fetchNextPage();
            }}
            sort={filters.sort}
            onSort={(sort) => setFilters({ sort })}
          />
        )}
        {rows && query.isFetchNextPageError ? (
          <Problem error={query.error} onRetry={() => void query.fetchNextPage()} />
        ) : null}
      </div>
    </div>
  );
}

/**
 * A table, or cards where a table does not fit. Rows do not move under the pointer, and the list is
 * remembered.
 */
function CalmList(props: ListProps & { isNarrow: boolean; view: string | null }) {
  const { isNarrow, view, ...list } = props;
  const calm = useCalmRows(list.rows, wabaIdOf, view);
  useEffect(() => {
    if (view !== null) rememberList({ ids: calm.rows.map(wabaIdOf), href: view });
  }, [calm.rows, view]);
  const List = isNarrow ? WabaCards : WabaTable;
  return (
    <div ref={calm.box}>
      <FreshPill calm={calm} />
      <List {...list} rows={calm.rows} />
    </div>
  );
}

/** Shows the bare number; a screen reader gets it with its noun, and is notified of changes. */
function RowCount({ count, hasMore }: { count: number; hasMore: boolean }) {
  return (
    <span className="count" role="status">
      <span aria-hidden="true">
        {count.toLocaleString()}
        {hasMore ? "+" : ""}
      </span>
      <span className="vh">{t("wabas.count", { count, more: hasMore })}</span>
    </span>
  );
}

function CsvButton({ filters, disabled }: { filters: WabaFilters; disabled: boolean }) {
  const [isWorking, setWorking] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const onClick = (): void => {
    setWorking(true);
    setError(null);
    downloadCsv(filters)
      .then(() => announce(t("wabas.csv_done")), setError)
      .finally(() => setWorking(false));
  };
  return (
    <div className="row">
      {error ? <Problem error={error} /> : null}
      <Button title={t("wabas.csv_title")} disabled={disabled || isWorking} onClick={onClick}>
        <Icon name="download" />
        {isWorking ? t("wabas.csv_working") : t("wabas.csv")}
      </Button>
    </div>
  );
}
