import type { Database } from "../database/database.ts";
import { findOwnerId } from "../directory/meta-id-store.ts";
import type { AnnouncedWarning } from "../sharing/record/process-inbox.ts";
import { findShare } from "../sharing/record/share-store.ts";
import { stateOf } from "../sharing/status/share-state.ts";
import { recordSignals, type RecordSignalsDeps } from "./record-signals.ts";
import { RULE_OF_WARNING } from "./rules.ts";
import type { SignalChanges } from "./signal.ts";
import { isSetAside } from "./signals-of.ts";

/**
 * Records what Meta warns of, and what is over. Of a WABA that is not known here, or that people have set
 * aside, nothing is recorded: no line of it would end the warning. One that comes twice counts once.
 */
export async function recordEarlyWarnings(
  deps: RecordSignalsDeps & { db: Database },
  warnings: readonly AnnouncedWarning[],
): Promise<void> {
  for (const announced of warnings) {
    const assetId = await findOwnerId(deps.db, announced.connectionId, "waba", announced.wabaId);
    if (assetId === undefined || (await isAsideNow(deps, assetId))) continue;
    await deps.db.transaction((tx) => recordSignals(tx, deps, changesOf(announced, assetId)));
  }
}

async function isAsideNow(
  { db, clock }: Pick<RecordSignalsDeps, "clock"> & { db: Database },
  assetId: string,
): Promise<boolean> {
  const share = await findShare(db, assetId);
  return share === undefined || isSetAside(stateOf(share.record, clock.now()));
}

function changesOf({ at, warning }: AnnouncedWarning, assetId: string): SignalChanges {
  const { about, subject: id, isOver, detail } = warning;
  const rule = RULE_OF_WARNING[about];
  const subject = `${about}:${assetId}:${id}`;
  if (isOver) return { begun: [], ended: [{ rule, subject, at, why: "over" }] };
  const cause = about === "template" ? (detail.event ?? null) : null;
  return { begun: [{ rule, subject, assetId, cause, beganAt: at, detail }], ended: [] };
}
