import { Popover } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { overviewQuery, type WabaFilters } from "../../api/queries.ts";
import { brokenCountOf, type Labels, type Overview } from "../../api/types.ts";
import { useIsLimited } from "../../api/useMayAct.ts";
import { labelsOf, reasonLabelOf } from "../../labels.ts";
import { t } from "../../messages.ts";
import { Icon } from "../../ui/icons.tsx";
import { listOf, toggled } from "../../shell/search.ts";
import styles from "./FilterBar.module.css";

interface View {
  label: string;
  search: Pick<WabaFilters, "status" | "broken" | "who_must_act">;
  count: (counts: Overview["counts"]) => number;
}

const VIEWS: View[] = [
  { label: t("wabas.all"), search: {}, count: (counts) => counts.total },
  { label: t("wabas.broken"), search: { broken: "true" }, count: brokenCountOf },
  {
    label: t("overview.counts.client"),
    search: { broken: "true", who_must_act: "client" },
    count: (counts) => counts.client,
  },
  {
    label: t("overview.counts.provider"),
    search: { broken: "true", who_must_act: "provider" },
    count: (counts) => counts.provider,
  },
  {
    label: t("overview.counts.meta"),
    search: { broken: "true", who_must_act: "meta" },
    count: (counts) => counts.meta,
  },
  { label: t("overview.counts.live"), search: { status: "live" }, count: (counts) => counts.live },
];

const isView = (filters: WabaFilters, view: View): boolean =>
  filters.status === view.search.status &&
  filters.broken === view.search.broken &&
  filters.who_must_act === view.search.who_must_act;

interface Choice {
  name: "status" | "reason" | "kind" | "who_must_act" | "app_activity" | "client_signal";
  label: string;
  vocabulary: keyof Labels;
  /** Whether several can be asked for at once. */
  isMany?: true;
}

const CHOICES: Choice[] = [
  { name: "status", label: t("wabas.filters.status"), vocabulary: "status", isMany: true },
  { name: "reason", label: t("wabas.filters.reason"), vocabulary: "reason" },
  { name: "kind", label: t("wabas.filters.kind"), vocabulary: "kind" },
  { name: "who_must_act", label: t("wabas.filters.who"), vocabulary: "who_must_act" },
  {
    name: "app_activity",
    label: t("wabas.filters.app_activity"),
    vocabulary: "app_activity",
    isMany: true,
  },
  {
    name: "client_signal",
    label: t("wabas.filters.client_signal"),
    vocabulary: "client_signal",
    isMany: true,
  },
];

/** A WABA has no reason where everything is proven. */
const optionsOf = ({ vocabulary }: Choice): [value: string, label: string][] =>
  Object.entries(labelsOf(vocabulary)).filter(([value]) => vocabulary !== "reason" || value !== "proven");

/** What every filter of the bar is when it is not used. */
const CLEARED = {
  status: undefined,
  reason: undefined,
  kind: undefined,
  who_must_act: undefined,
  app_activity: undefined,
  client_signal: undefined,
  broken: undefined,
  client_id: undefined,
  incident: undefined,
  owner: undefined,
  tag: undefined,
  mentions: undefined,
  snoozed: undefined,
} satisfies WabaFilters;

const isFiltered = (filters: WabaFilters): boolean =>
  Object.keys(CLEARED).some((name) => filters[name as keyof typeof CLEARED]);

/** What is on or off. */
const SWITCHES: { label: string; search: Pick<WabaFilters, "owner" | "mentions" | "snoozed"> }[] = [
  { label: t("wabas.mine"), search: { owner: "me" } },
  { label: t("wabas.mentions_me"), search: { mentions: "me" } },
  { label: t("wabas.snoozed"), search: { snoozed: "true" } },
];

const isWithin = (filters: WabaFilters, search: WabaFilters): boolean =>
  Object.entries(search).every(([name, value]) => filters[name as keyof WabaFilters] === value);

const clearedOf = (search: WabaFilters): WabaFilters =>
  Object.fromEntries(Object.keys(search).map((name) => [name, undefined]));

interface BarProps {
  filters: WabaFilters;
  onChange: (change: WabaFilters) => void;
}

/** The most used views as one click each, the rest as filters. */
export function FilterBar({ filters, onChange }: BarProps) {
  return (
    <div className="filters">
      <Views filters={filters} onChange={onChange} />
      <div className="row">
        {CHOICES.map((choice) => (
          <Filter key={choice.name} choice={choice} filters={filters} onChange={onChange} />
        ))}
        {SWITCHES.map(({ label, search }) => {
          const isOn = isWithin(filters, search);
          return (
            <button
              key={label}
              type="button"
              className={styles.filter}
              data-on={isOn}
              aria-pressed={isOn}
              onClick={() => onChange(isOn ? clearedOf(search) : search)}
            >
              {label}
            </button>
          );
        })}
        {filters.tag ? (
          <button
            type="button"
            className={styles.filter}
            data-on
            onClick={() => onChange({ tag: undefined })}
          >
            {t("wabas.tag")}: {filters.tag} <Icon name="close" size={12} />
          </button>
        ) : null}
        {filters.client_id ? (
          <button
            type="button"
            className={styles.filter}
            data-on
            onClick={() => onChange({ client_id: undefined })}
          >
            {t("wabas.client")}: <span className="mono">{filters.client_id}</span>{" "}
            <Icon name="close" size={12} />
          </button>
        ) : null}
        {filters.incident ? (
          <button
            type="button"
            className={styles.filter}
            data-on
            onClick={() => onChange({ incident: undefined })}
          >
            {filters.incident === "none" ? t("wabas.no_incident") : t("wabas.incident")}{" "}
            <Icon name="close" size={12} />
          </button>
        ) : null}
        {isFiltered(filters) ? (
          <button
            type="button"
            className={`${styles.filter} ${styles.filterClear}`}
            onClick={() => onChange(CLEARED)}
          >
            {t("wabas.clear")}
          </button>
        ) : null}
      </div>
    </div>
  );
}

function Views({ filters, onChange }: BarProps) {
  const isLimited = useIsLimited();
  const counts = useQuery({ ...overviewQuery, enabled: !isLimited }).data?.counts;
  return (
    <div className="views" role="group" aria-label={t("wabas.views")}>
      {VIEWS.map((view) => (
        <button
          key={view.label}
          type="button"
          className="view"
          aria-pressed={isView(filters, view)}
          onClick={() =>
            onChange({ status: undefined, broken: undefined, who_must_act: undefined, ...view.search })
          }
        >
          {view.label}
          {counts ? <span className="view-count">{view.count(counts).toLocaleString()}</span> : null}
        </button>
      ))}
    </div>
  );
}

function Filter({ choice, filters, onChange }: BarProps & { choice: Choice }) {
  const { name, label, isMany } = choice;
  const labels = labelsOf(choice.vocabulary);
  const chosen = listOf(filters[name]);
  const first = chosen[0];
  return (
    <Popover position="bottom-start" width="max-content" offset={4} trapFocus returnFocus>
      <Popover.Target>
        <button type="button" className={styles.filter} data-on={chosen.length > 0}>
          {label}
          {first === undefined ? null : (
            <strong>{chosen.length > 1 ? chosen.length : (labels[first] ?? reasonLabelOf(first))}</strong>
          )}
          <Icon name="down" size={12} />
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        <fieldset className="choices">
          <legend className="vh">{label}</legend>
          {isMany ? null : (
            <label>
              <input
                type="radio"
                name={name}
                checked={first === undefined}
                onChange={() => onChange({ [name]: undefined })}
              />
              {t("wabas.any")}
            </label>
          )}
          {optionsOf(choice).map(([value, text]) => (
            <label key={value}>
              <input
                type={isMany ? "checkbox" : "radio"}
                name={name}
                checked={chosen.includes(value)}
                onChange={() => onChange({ [name]: isMany ? toggled(filters[name], value) : value })}
              />
              {text}
            </label>
          ))}
        </fieldset>
      </Popover.Dropdown>
    </Popover>
  );
}
