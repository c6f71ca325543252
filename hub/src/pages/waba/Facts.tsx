import type { ReactNode } from "react";
import type { Waba } from "../../api/types.ts";
import { actorLabels, reasonLabelOf, texts } from "../../texts.ts";
import { RelativeTime } from "../../ui/RelativeTime.tsx";

/** What is stopped, since when, why, who must act: one line, always in the same place. */
export function Facts({ waba }: { waba: Waba }) {
  return (
    <dl className="facts" aria-label={texts.waba.facts}>
      <Fact name={texts.waba.stopped}>{stoppedOf(waba)}</Fact>
      <Fact name={texts.since}>
        <RelativeTime at={waba.since} focusable />
      </Fact>
      {waba.reason ? <Fact name={texts.waba.cause}>{reasonLabelOf(waba.reason)}</Fact> : null}
      <Fact name={texts.waba.who}>{actorLabels[waba.who_must_act]}</Fact>
      <Fact name={texts.waba.proven}>
        <RelativeTime at={waba.last_proven_at} focusable />
      </Fact>
    </dl>
  );
}

function stoppedOf(waba: Waba): string {
  const count = waba.numbers.length;
  if (count === 0 && waba.hub_error !== null) return texts.waba.stoppedUnknown;
  const stopped = waba.numbers.filter((number) => !number.can_send).length;
  if (stopped === 0)
    return waba.mode === "observe" && waba.lamp === "red" ? texts.waba.observed : texts.waba.stoppedNothing;
  return stopped === count ? texts.waba.stoppedAll(count) : texts.waba.stoppedSome(stopped, count);
}

const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);
