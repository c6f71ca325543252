import type { Database } from "../database/database.ts";
import { findOwnerId } from "../directory/meta-id-store.ts";
import type { AnnouncedWarning } from "../sharing/record/process-inbox.ts";
import { recordSignals, type RecordSignalsDeps } from "./record-signals.ts";
import { RULE_OF_WARNING } from "./rules.ts";
import type { SignalChanges } from "./signal.ts";

/**
 * Records what Meta warns of, and what is over. Of a WABA that is not known here nothing is recorded. A
 * warning that comes twice counts once.
 */
export async function recordEarlyWarnings(
  deps: RecordSignalsDeps & { db: Database },
  warnings: readonly AnnouncedWarning[],
): Promise<void> {
  for (const announced of warnings) {
    const assetId = await findOwnerId(deps.db, announced.connectionId, "waba", announced.wabaId);
    if (assetId === undefined) continue;
    await deps.db.transaction((tx) => recordSignals(tx, deps, changesOf(announced, assetId)));
  }
}

function changesOf({ at, warning }: AnnouncedWarning, assetId: string): SignalChanges {
  const { about, subject: id, isOver, detail } = warning;
  const rule = RULE_OF_WARNING[about];
  const subject = `${about}:${assetId}:${id}`;
  if (isOver) return { begun: [], ended: [{ rule, subject, at, why: "over" }] };
  const cause = about === "template" ? (detail.event ?? null) : null;
  return { begun: [{ rule, subject, assetId, cause, beganAt: at, detail }], ended: [] };
}
