import { NativeSelect } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { say } from "../../alert-messages.ts";
import { alertChannelsQuery, alertsQuery, firingAlertsQuery, type AlertFilters } from "../../api/queries.ts";
import { firingCountOf, type Alert } from "../../api/types.ts";
import { useMayActOnAll } from "../../api/useMayAct.ts";
import { labelOf, labelsOf } from "../../labels.ts";
import { useCalmRows } from "../../live/useCalmRows.ts";
import { useKeys } from "../../shell/keyboard.ts";
import { useRowKeys } from "../../shell/row-keys.ts";
import { ALERT_STATES } from "../../shell/search.ts";
import { FreshPill } from "../../ui/FreshPill.tsx";
import { LinkButton } from "../../ui/LinkButton.tsx";
import { MoreButton } from "../../ui/MoreButton.tsx";
import { Empty, Problem } from "../../ui/Problem.tsx";
import { Blocks } from "../../ui/Skeleton.tsx";
import { useTitle } from "../../ui/useTitle.ts";
import { AlertRow } from "./AlertRow.tsx";
import styles from "./alerts.module.css";
import { NoticeSwitch } from "./NoticeSwitch.tsx";

const route = getRouteApi("/shell/alerts");

/** What people must know now, who is on it, and what was. Filters are in the address. */
export function AlertsPage() {
  const search = route.useSearch();
  const navigate = useNavigate();
  return (
    <Inbox
      search={search}
      onSearch={(change) =>
        void navigate({
          to: "/alerts",
          search: { ...search, ...change },
          replace: true,
          resetScroll: false,
        })
      }
    />
  );
}

interface Props {
  search: AlertFilters;
  onSearch: (change: AlertFilters) => void;
}

export function Inbox({ search, onSearch }: Props) {
  useTitle(say("title"));
  return (
    <div className="page">
      <div className="page-head">
        <h1>{say("title")}</h1>
        <NoticeSwitch />
      </div>
      <FirstChannel />
      <div className={styles.filters}>
        <States search={search} onSearch={onSearch} />
        <NativeSelect
          className={styles.severity}
          aria-label={say("severity")}
          value={search.severity ?? ""}
          data={[
            { value: "", label: say("severity_all") },
            ...Object.entries(labelsOf("alert_severity")).map(([value, label]) => ({ value, label })),
          ]}
          onChange={({ target }) =>
            onSearch({ severity: target.value === "" ? undefined : (target.value as Alert["severity"]) })
          }
        />
      </div>
      <List search={search} onSearch={onSearch} />
    </div>
  );
}

/** Without a channel nobody is told outside of the Hub. Whoever may add one is led there. */
function FirstChannel() {
  const mayChange = useMayActOnAll("admin");
  const channels = useQuery({ ...alertChannelsQuery, enabled: mayChange }).data?.data;
  if (channels?.length !== 0) return null;
  return (
    <div className={styles.hint} role="note">
      <p>{say("first_channel")}</p>
      <LinkButton to="/settings/alert-channels">{say("first_channel_act")}</LinkButton>
    </div>
  );
}

function States({ search, onSearch }: Props) {
  const firing = useQuery(firingAlertsQuery).data;
  const count = firing === undefined ? 0 : firingCountOf(firing);
  return (
    <div className="views" role="group" aria-label={say("state")}>
      {ALERT_STATES.map((state) => (
        <button
          key={state}
          type="button"
          className="view"
          aria-pressed={(search.state ?? "firing") === state}
          onClick={() => onSearch({ state: state === "firing" ? undefined : state })}
        >
          {labelOf("alert_state", state)}
          {state === "firing" && firing !== undefined && count > 0 ? (
            <span className="view-count">{firing.has_more ? say("many", { count }) : count}</span>
          ) : null}
        </button>
      ))}
    </div>
  );
}

const alertIdOf = ({ id }: Alert): string => id;

function List({ search, onSearch }: Props) {
  const state = search.state ?? "firing";
  const query = useInfiniteQuery(alertsQuery({ ...search, state }));
  const rows = useMemo(() => query.data?.pages.flatMap(({ data }) => data) ?? [], [query.data]);
  const view = query.isPlaceholderData || !query.data ? null : `${state} ${search.severity ?? ""}`;
  const calm = useCalmRows(rows, alertIdOf, view);
  useRowKeys(calm.rows.length);
  useKeys(ACT_KEYS);
  return (
    <div className="stack" data-stale={query.isPlaceholderData} ref={calm.box}>
      <FreshPill calm={calm} />
      {query.data === undefined ? (
        query.error ? (
          <Problem error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <Blocks count={4} height={84} />
        )
      ) : calm.rows.length === 0 ? (
        <Nothing search={search} onSearch={onSearch} />
      ) : (
        <ol
          className={`rows ${styles.list}`}
          aria-label={say("list", { state: labelOf("alert_state", state) })}
        >
          {calm.rows.map((alert, index) => (
            <AlertRow key={alert.id} alert={alert} index={index} />
          ))}
        </ol>
      )}
      <MoreButton query={query}>{say("more")}</MoreButton>
    </div>
  );
}

/** By key on the row that has the focus: its own buttons, so that they answer there. */
const pressIn = (act: string) => (): void =>
  document.activeElement?.closest("[data-alert]")?.querySelector<HTMLElement>(`[data-act="${act}"]`)?.click();
const ACT_KEYS = { a: pressIn("acknowledge"), s: pressIn("snooze") };

function Nothing({ search, onSearch }: Props) {
  const state = search.state ?? "firing";
  const isFiltered = search.severity !== undefined || search.waba_id !== undefined;
  return (
    <Empty
      title={say(isFiltered ? "none_title" : `empty_title.${state}`)}
      detail={say(isFiltered ? "none_detail" : `empty_detail.${state}`)}
    >
      {isFiltered ? (
        <button
          type="button"
          className="text-button"
          onClick={() => onSearch({ severity: undefined, waba_id: undefined })}
        >
          {say("show_all")}
        </button>
      ) : null}
    </Empty>
  );
}
