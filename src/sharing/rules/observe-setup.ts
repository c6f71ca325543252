import type { ProbeResult } from "../model/probe-result.ts";
import type { OverrideRecord, ShareRecord } from "../model/share-record.ts";
import { SUSPECT_FENCE } from "../model/timings.ts";

/** What the newest probe read about the setup. It changes no fact, and status and gate ignore it. */
export function observeSetup(draft: ShareRecord, probe: ProbeResult): void {
  observeOverride(draft, probe, probe.askedAt);
  for (const [numberId, seen] of Object.entries(probe.numbers)) {
    const number = draft.numbers[numberId];
    if (number !== undefined) observeOverride(number, seen, probe.askedAt);
  }
  if (probe.setup === undefined) return;
  const known = draft.setup ?? { account: null, numbers: null };
  const { account, numbers } = probe.setup;
  draft.setup = {
    account: account === null ? known.account : { at: probe.askedAt, ...account },
    numbers: numbers === null ? known.numbers : { at: probe.askedAt, byId: numbers },
  };
}

/**
 * Rule 9: Meta drops an override together with the subscription. The last reading is kept, so that it can be
 * named and written back. The same holds for the own callback of a number.
 */
function observeOverride(
  draft: OverrideRecord,
  { override, overrideWritten }: Pick<ProbeResult, "override" | "overrideWritten">,
  askedAt: number,
): void {
  if (override === undefined) return;
  const outcome = draft.overrideStatus ?? { writtenAt: null, lostAt: null };
  if (override !== null) {
    draft.override = override;
    draft.overrideStatus = {
      writtenAt: overrideWritten === true ? askedAt : outcome.writtenAt,
      lostAt: null,
    };
    return;
  }
  if ((draft.override ?? null) === null) return;
  // Meta's reads may lag behind our own write.
  const isTooEarly = outcome.writtenAt !== null && askedAt < outcome.writtenAt + SUSPECT_FENCE;
  if (!isTooEarly) draft.overrideStatus = { ...outcome, lostAt: outcome.lostAt ?? askedAt };
}
