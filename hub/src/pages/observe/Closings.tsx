import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import type { ObserveFilters } from "../../api/queries.ts";
import type { ObserveReport } from "../../api/types.ts";
import { texts } from "../../texts.ts";
import { Icon } from "../../ui/icons.tsx";
import { Empty } from "../../ui/Problem.tsx";
import { MoreButton } from "../../ui/MoreButton.tsx";
import { useRowKeys } from "../row-keys.ts";
import { ClosingRow } from "./ClosingRow.tsx";

const { observing: words } = texts;

/** Every gate that would have closed: why, for how long, and what Meta did with messages meanwhile. */
export function Closings(props: {
  query: UseInfiniteQueryResult<InfiniteData<ObserveReport>>;
  filters: ObserveFilters;
  onChange: (change: ObserveFilters) => void;
}) {
  const { query, filters, onChange } = props;
  const steps = query.data?.pages.flatMap((page) => page.data) ?? [];
  useRowKeys(steps.length);
  return (
    <section id="closings" aria-labelledby="closings-title" data-stale={query.isPlaceholderData}>
      <div className="section-head">
        <h2 id="closings-title">{words.closings}</h2>
        <p className="muted small">{words.closingsLead}</p>
      </div>
      <div className="views closing-views" role="group" aria-label={words.closings}>
        <button
          type="button"
          className="view"
          aria-pressed={filters.doubtful === undefined}
          onClick={() => onChange({ doubtful: undefined })}
        >
          {words.all}
        </button>
        <button
          type="button"
          className="view"
          aria-pressed={filters.doubtful === "true"}
          onClick={() => onChange({ doubtful: "true" })}
        >
          {words.doubtful}
        </button>
        {filters.client_id ? (
          <button type="button" className="view" onClick={() => onChange({ client_id: undefined })}>
            <Icon name="close" size={12} />
            {words.clearClient}
          </button>
        ) : null}
      </div>
      {steps.length === 0 ? (
        <Empty
          title={filters.doubtful ? words.noDoubtTitle : words.noClosingsTitle}
          detail={filters.doubtful ? words.noDoubtDetail : words.noClosingsDetail}
        />
      ) : (
        <ol className="rows" data-of="closings" data-calm>
          {steps.map((step, index) => (
            <ClosingRow
              key={`${step.at} ${step.waba_id} ${step.number_id ?? ""}`}
              step={step}
              index={index}
            />
          ))}
        </ol>
      )}
      <MoreButton query={query}>{words.more}</MoreButton>
    </section>
  );
}
