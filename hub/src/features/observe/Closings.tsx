import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import type { ObserveFilters } from "../../api/queries.ts";
import type { ObservedStep, ObserveReport } from "../../api/types.ts";
import { useMemo } from "react";
import { useCalmRows } from "../../live/useCalmRows.ts";
import { t } from "../../messages.ts";
import { FreshPill } from "../../ui/FreshPill.tsx";
import { Icon } from "../../ui/icons.tsx";
import { Empty } from "../../ui/Problem.tsx";
import { MoreButton } from "../../ui/MoreButton.tsx";
import { useRowKeys } from "../../shell/row-keys.ts";
import { ClosingRow } from "./ClosingRow.tsx";
import styles from "./Closings.module.css";

const stepKeyOf = (step: ObservedStep): string => `${step.at} ${step.waba_id} ${step.number_id ?? ""}`;

/** Every gate that would have closed: why, for how long, and how many messages Meta accepted in that time. */
export function Closings(props: {
  query: UseInfiniteQueryResult<InfiniteData<ObserveReport>>;
  filters: ObserveFilters;
  onChange: (change: ObserveFilters) => void;
}) {
  const { query, filters, onChange } = props;
  const newest = useMemo(() => query.data?.pages.flatMap((page) => page.data) ?? [], [query.data]);
  const view = `${filters.days} ${filters.client_id} ${filters.doubtful}`;
  const calm = useCalmRows(newest, stepKeyOf, query.isPlaceholderData ? null : view);
  const steps = calm.rows;
  useRowKeys(steps.length);
  return (
    <section id="closings" aria-labelledby="closings-title" data-stale={query.isPlaceholderData}>
      <div className="section-head">
        <h2 id="closings-title">{t("observe.closings")}</h2>
        <p className="muted small">{t("observe.closings_lead")}</p>
      </div>
      <div className={`views ${styles.closingViews}`} role="group" aria-label={t("observe.closings")}>
        <button
          type="button"
          className="view"
          aria-pressed={filters.doubtful === undefined}
          onClick={() => onChange({ doubtful: undefined })}
        >
          {t("observe.all")}
        </button>
        <button
          type="button"
          className="view"
          aria-pressed={filters.doubtful === "true"}
          onClick={() => onChange({ doubtful: "true" })}
        >
          {t("observe.doubtful")}
        </button>
        {filters.client_id ? (
          <button type="button" className="view" onClick={() => onChange({ client_id: undefined })}>
            <Icon name="close" size={12} />
            {t("observe.clear_client")}
          </button>
        ) : null}
      </div>
      {steps.length === 0 ? (
        <Empty
          title={filters.doubtful ? t("observe.no_doubt_title") : t("observe.no_closings_title")}
          detail={filters.doubtful ? t("observe.no_doubt_detail") : t("observe.no_closings_detail")}
        />
      ) : (
        <div ref={calm.box}>
          <FreshPill calm={calm} />
          <ol className="rows" data-of="closings">
            {steps.map((step, index) => (
              <ClosingRow key={stepKeyOf(step)} step={step} index={index} />
            ))}
          </ol>
        </div>
      )}
      <MoreButton query={query}>{t("observe.more")}</MoreButton>
    </section>
  );
}
