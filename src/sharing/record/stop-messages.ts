import { mayOpenByHand } from "../rules/observe-command.ts";
import { recordObservation, type By, type RecordDeps } from "./record-observation.ts";
import { findShare } from "./share-store.ts";

/** "barred": an operator may not open the gate. */
export type Resuming = "done" | "barred";

/**
 * Refuses the messages of a WABA by an operator's command, whatever Meta proves, in every status and mode.
 * Probes continue. Only `resumeMessages` or the end time lifts it.
 *
 * @param input.until when it ends by itself, ms since the epoch; null: it does not
 */
export async function stopMessages(
  deps: RecordDeps,
  { assetId, why, until, by }: { assetId: string; why: string; until: number | null; by: By },
): Promise<void> {
  const evidence = until === null ? null : { until: new Date(until).toISOString() };
  await recordObservation(deps, {
    assetId,
    observe: { type: "command", command: { kind: "operator_close", actor: by.actor, why, until } },
    note: { kind: "command", source: "operator", title: "waba.closed", detail: why, evidence },
    by,
  });
}

/**
 * Lifts an operator's close, so that the facts decide again. Without one, opens a gate that is closed only
 * because nothing is known. Barred where a condition is False, because only proof opens such a gate.
 */
export async function resumeMessages(
  deps: RecordDeps,
  { assetId, by }: { assetId: string; by: By },
): Promise<Resuming> {
  const share = await findShare(deps.db, assetId);
  if (share === undefined) return "barred";
  const isLifted = share.record.operatorClosed !== null;
  if (!isLifted && !mayOpenByHand(share.record, deps.clock.now())) return "barred";
  const title = isLifted ? "waba.reopened" : "waba.opened_by_hand";
  await recordObservation(deps, {
    assetId,
    observe: { type: "command", command: { kind: isLifted ? "operator_reopen" : "operator_open" } },
    note: { kind: "command", source: "operator", title, detail: null, evidence: null },
    by,
  });
  return "done";
}
