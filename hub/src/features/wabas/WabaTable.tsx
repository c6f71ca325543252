import { Name, OwnName, Phone } from "../../ui/Name.tsx";
import { useNavigate } from "@tanstack/react-router";
import { Link } from "@tanstack/react-router";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { memo, useCallback, useEffect, useLayoutEffect, useRef, useState, type MouseEvent } from "react";
import type { WabaFilters } from "../../api/queries.ts";
import { phoneOf, type WabaSummary } from "../../api/types.ts";
import { labelOf, reasonLabelOf } from "../../labels.ts";
import { t } from "../../messages.ts";
import { CopyId } from "../../ui/Copy.tsx";
import { WabaStatus } from "../../ui/Lamp.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import { Bar } from "../../ui/Skeleton.tsx";
import { ClientMark } from "../waba/ClientStrip.tsx";
import { useRowKeys } from "../../shell/row-keys.ts";
import styles from "./WabaTable.module.css";

export interface ListProps {
  rows: WabaSummary[];
  hasMore: boolean;
  onMore: () => void;
  sort: WabaFilters["sort"];
  onSort: (sort: WabaFilters["sort"]) => void;
}

const ROW_PX = 56;
const OVERSCAN = 12;
/** How many rows before the end the next page is asked for. */
const AHEAD = 30;

type SortKey = "attention" | "name" | "since" | "last_proven_at";
type ColumnName = "state" | "waba" | "numbers" | "kind" | "reason" | "since" | "who" | "proven";
const COLUMNS: { name: ColumnName; sort?: SortKey }[] = [
  { name: "state", sort: "attention" },
  { name: "waba", sort: "name" },
  { name: "numbers" },
  { name: "kind" },
  { name: "reason" },
  { name: "since", sort: "since" },
  { name: "who" },
  { name: "proven", sort: "last_proven_at" },
];

/** A real table with only the rows in view; two empty rows take the space of the others. */
export function WabaTable({ rows, hasMore, onMore, sort, onSort }: ListProps) {
  const table = useRef<HTMLTableElement>(null);
  const virtual = useVirtualRows(table, rows.length, ROW_PX);
  const items = virtual.getVirtualItems();
  const first = items[0];
  const last = items[items.length - 1];
  useMoreAhead(last?.index, rows.length, hasMore, onMore);
  useRowKeys(
    rows.length,
    useCallback((index: number) => virtual.scrollToIndex(index, { align: "auto" }), [virtual]),
  );
  const above = first ? first.start - virtual.options.scrollMargin : 0;
  const below = last ? virtual.getTotalSize() - (last.end - virtual.options.scrollMargin) : 0;
  return (
    <table ref={table} className={styles.wabas} aria-rowcount={hasMore ? -1 : rows.length + 1}>
      <caption className="vh">{t("wabas.caption")}</caption>
      <thead>
        <tr>
          {COLUMNS.map((column) => (
            <Head key={column.name} column={column} sort={sort} onSort={onSort} />
          ))}
        </tr>
      </thead>
      <tbody>
        {above > 0 ? <Gap height={above} /> : null}
        {items.map((item) => {
          const waba = rows[item.index];
          return waba ? <Row key={waba.id} waba={waba} index={item.index} /> : null;
        })}
        {below > 0 ? <Gap height={below} /> : null}
      </tbody>
    </table>
  );
}

/**
 * Virtual rows in the page's own scroll, so that the address bar of a phone and "find in page" behave as
 * everywhere.
 */
export function useVirtualRows(
  container: React.RefObject<HTMLElement | null>,
  count: number,
  estimatePx: number,
) {
  const [marginPx, setMarginPx] = useState(0);
  useLayoutEffect(() => {
    if (!container.current) return;
    setMarginPx(container.current.getBoundingClientRect().top + window.scrollY);
  }, [container]);
  return useWindowVirtualizer({
    count,
    estimateSize: () => estimatePx,
    overscan: OVERSCAN,
    scrollMargin: marginPx,
    scrollPaddingStart: 48,
  });
}

export function useMoreAhead(
  lastIndex: number | undefined,
  count: number,
  hasMore: boolean,
  onMore: () => void,
) {
  const isNear = hasMore && lastIndex !== undefined && lastIndex >= count - AHEAD;
  useEffect(() => {
    if (isNear) onMore();
  }, [isNear, count, onMore]);
}

const Gap = ({ height }: { height: number }) => (
  <tr aria-hidden="true" className={styles.gap}>
    <td colSpan={COLUMNS.length} style={{ height }} />
  </tr>
);

function Head({
  column,
  sort = "attention",
  onSort,
}: { column: (typeof COLUMNS)[number] } & Pick<ListProps, "sort" | "onSort">) {
  const label = t(`wabas.columns.${column.name}`);
  if (!column.sort) {
    return (
      <th scope="col" data-column={column.name}>
        {label}
      </th>
    );
  }
  const key = column.sort;
  const direction = sort === key ? "ascending" : sort === `-${key}` ? "descending" : undefined;
  const next = direction === "ascending" ? (`-${key}` as const) : key;
  return (
    <th scope="col" data-column={column.name} aria-sort={direction ?? "none"}>
      <button type="button" onClick={() => onSort(next === "attention" ? undefined : next)}>
        {label}
        <span className={styles.sortMark} aria-hidden="true">
          {direction === "ascending" ? "↑" : direction === "descending" ? "↓" : ""}
        </span>
      </button>
    </th>
  );
}

const Row = memo(function Row({ waba, index }: { waba: WabaSummary; index: number }) {
  const navigate = useNavigate();
  // The whole row opens the WABA, except for its own links and buttons, and while text is selected.
  const onClick = (event: MouseEvent): void => {
    if (event.target instanceof Element && event.target.closest("a, button")) return;
    if (window.getSelection()?.toString()) return;
    void navigate({ to: "/wabas/$wabaId", params: { wabaId: waba.id } });
  };
  return (
    <tr onClick={onClick} aria-rowindex={index + 2} style={{ height: ROW_PX }}>
      <td data-column="state">
        <WabaStatus waba={waba} />
      </td>
      <td data-column="waba">
        <Link
          to="/wabas/$wabaId"
          params={{ wabaId: waba.id }}
          data-row={index}
          className="row-link"
          title={nameOf(waba)}
        >
          <Name>{waba.client.name}</Name>
          <OwnName name={waba.name} of={waba.client.name} />
        </Link>
        <CopyId value={waba.id} what={t("copied_things.waba_id")} />
      </td>
      <td data-column="numbers">
        <Numbers waba={waba} />
      </td>
      <td data-column="kind">{labelOf("kind", waba.kind)}</td>
      <td data-column="reason" className={styles.wrap} title={reasonLabelOf(waba.reason)}>
        <span>
          {reasonLabelOf(waba.reason)} <ClientMark waba={waba} />
        </span>
      </td>
      <td data-column="since">
        <RelativeTime at={waba.since} />
      </td>
      <td data-column="who">
        {waba.who_must_act === "nobody" ? "" : labelOf("who_must_act", waba.who_must_act)}
        {waba.owner ? (
          <span className="muted small block" title={t("wabas.owner", { name: waba.owner.name })}>
            {waba.owner.name}
          </span>
        ) : null}
      </td>
      <td data-column="proven">
        <RelativeTime at={waba.last_proven_at} />
      </td>
    </tr>
  );
});

const nameOf = ({ name, client }: WabaSummary): string =>
  name === client.name ? name : `${client.name} · ${name}`;

function Numbers({ waba }: { waba: WabaSummary }) {
  const [first, ...more] = waba.numbers;
  if (!first) return <span className="muted">{t("none")}</span>;
  return (
    <span title={waba.numbers.map(phoneOf).join("\n")}>
      <Phone of={first} />
      {more.length > 0 ? (
        <span className="muted small block">{t("wabas.more", { count: more.length })}</span>
      ) : null}
    </span>
  );
}

export function TableSkeleton() {
  return (
    <div className={styles.tableSkeleton} aria-busy="true">
      <span className="vh">{t("loading")}</span>
      {Array.from({ length: 10 }, (_, index) => (
        <div key={index}>
          <Bar width={16} height={16} />
          <Bar width="14%" />
          <Bar width="12%" />
          <Bar width="18%" />
          <Bar width="12%" />
          <Bar width="16%" />
        </div>
      ))}
    </div>
  );
}
