import type { ReactNode } from "react";
import type { Waba } from "../../api/types.ts";
import { labelOf, reasonLabelOf } from "../../labels.ts";
import { t } from "../../messages.ts";
import { RelativeTime } from "../../ui/RelativeTime.tsx";

/** What is stopped, since when, why, who must act: one line, always in the same place. */
export function Facts({ waba }: { waba: Waba }) {
  return (
    <dl className="facts" aria-label={t("waba.facts")}>
      <Fact name={t("waba.stopped")}>{stoppedOf(waba)}</Fact>
      <Fact name={t("since")}>
        <RelativeTime at={waba.since} focusable />
      </Fact>
      {waba.reason ? <Fact name={t("waba.cause")}>{reasonLabelOf(waba.reason)}</Fact> : null}
      <Fact name={t("waba.who")}>{labelOf("who_must_act", waba.who_must_act)}</Fact>
      <Fact name={t("waba.proven")}>
        <RelativeTime at={waba.last_proven_at} focusable />
      </Fact>
    </dl>
  );
}

function stoppedOf(waba: Waba): string {
  const count = waba.numbers.length;
  if (count === 0 && waba.hub_error !== null) return t("waba.stopped_unknown");
  const stopped = waba.numbers.filter((number) => !number.can_send).length;
  if (stopped === 0)
    return waba.mode === "observe" && waba.lamp === "red" ? t("waba.observed") : t("waba.stopped_nothing");
  return stopped === count
    ? t("waba.stopped_all", { numbers: count })
    : t("waba.stopped_some", { stopped, numbers: count });
}

const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);
