import type { Mode } from "../../directory/asset-store.ts";
import { clampToNow, type ShareRecord } from "../model/share-record.ts";
import { observe, type Observation } from "./observe.ts";
import { stateOf, type ShareState } from "../status/share-state.ts";

/** One observation of one share, with what was derived before it and after it. */
export interface Recorded {
  before: ShareState;
  after: ShareState;
  record: ShareRecord;
}

/**
 * `before` is the state as the last step left it. What time alone ended since (a countdown, a restriction)
 * thus belongs to this step and to no later one, so no state is reported twice.
 */
export function stepOf(
  record: ShareRecord,
  observation: Observation,
  now: number,
  mode: Mode = "enforce",
): Recorded {
  // Stored in observe mode, so that a switch to enforce closes nothing before a probe has judged the share.
  const next = {
    ...observe(clampToNow(record, now), observation, now),
    ...(mode === "observe" && { observing: true as const }),
  };
  return { before: stateOf(record, record.decided.at ?? now), after: stateOf(next, now), record: next };
}
