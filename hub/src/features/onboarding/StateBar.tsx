import { NativeSelect } from "@mantine/core";
import type { SignupFilters } from "../../api/queries.ts";
import type { SignupOutcomes } from "../../api/types.ts";
import { labelOf } from "../../labels.ts";
import { t } from "../../messages.ts";
import { PERIODS, type Period } from "./period.ts";
import { STATES } from "./signup-texts.ts";

/** The states with their counts, one click each, and the period of the counts. */
export function StateBar({
  filters,
  period,
  states,
  onChange,
}: {
  filters: SignupFilters;
  period: Period;
  states: SignupOutcomes["states"] | undefined;
  onChange: (change: SignupFilters) => void;
}) {
  const total = states && Object.values(states).reduce((sum, count) => sum + count, 0);
  return (
    <div className="filters">
      <div className="views" role="group" aria-label={t("onboarding.state_views")}>
        <View
          label={t("onboarding.all")}
          count={total}
          isOn={filters.state === undefined}
          onClick={() => onChange({ state: undefined })}
        />
        {STATES.map((state) => (
          <View
            key={state}
            label={labelOf("signup_state", state)}
            count={states?.[state]}
            isOn={filters.state === state}
            onClick={() => onChange({ state })}
          />
        ))}
      </div>
      <NativeSelect
        className="period"
        label={t("onboarding.period")}
        data={PERIODS.map((value) => ({ value, label: t(`onboarding.periods.${value}`) }))}
        value={period}
        onChange={(event) => onChange({ days: event.target.value === "30" ? undefined : event.target.value })}
      />
    </div>
  );
}

function View(props: { label: string; count: number | undefined; isOn: boolean; onClick: () => void }) {
  return (
    <button type="button" className="view" aria-pressed={props.isOn} onClick={props.onClick}>
      {props.label}
      {props.count === undefined ? null : <span className="view-count">{props.count.toLocaleString()}</span>}
    </button>
  );
}
