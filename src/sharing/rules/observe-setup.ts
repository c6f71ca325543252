import type { Look } from "../model/probe-result.ts";
import type { OverrideMemory, ShareMemory } from "../model/share-record.ts";
import { SUSPECT_FENCE } from "../model/timings.ts";

/** What the newest look read of what may still limp. It changes no fact: status and gate know nothing of it. */
export function observeWorking(draft: ShareMemory, look: Look): void {
  observeOverride(draft, look, look.askedAt);
  for (const [numberId, seen] of Object.entries(look.numbers)) {
    const number = draft.numbers[numberId];
    if (number !== undefined) observeOverride(number, seen, look.askedAt);
  }
  if (look.working === undefined) return;
  const known = draft.working ?? { account: null, numbers: null };
  const { account, numbers } = look.working;
  draft.working = {
    account: account === null ? known.account : { at: look.askedAt, ...account },
    numbers: numbers === null ? known.numbers : { at: look.askedAt, byId: numbers },
  };
}

/**
 * Rule 9: Meta drops an override together with the subscription. What was last read is kept, so that it can be named and written back;
 * the same for the callback that a number has of its own.
 */
function observeOverride(
  draft: OverrideMemory,
  { override, overrideWritten }: Pick<Look, "override" | "overrideWritten">,
  askedAt: number,
): void {
  if (override === undefined) return;
  const fate = draft.overrideFate ?? { writtenAt: null, lostAt: null };
  if (override !== null) {
    draft.override = override;
    draft.overrideFate = { writtenAt: overrideWritten === true ? askedAt : fate.writtenAt, lostAt: null };
    return;
  }
  if ((draft.override ?? null) === null) return;
  // Meta's reads may lag behind our own write.
  const isTooEarly = fate.writtenAt !== null && askedAt < fate.writtenAt + SUSPECT_FENCE;
  if (!isTooEarly) draft.overrideFate = { ...fate, lostAt: fate.lostAt ?? askedAt };
}
