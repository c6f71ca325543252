import type { Tx } from "../database/database.ts";
import type { ShareTransition } from "../sharing/record/record-observation.ts";
import { endSnoozes } from "./case-store.ts";

/** Called in the transaction of each transition: a WABA whose status changed waits no longer. */
export async function endSnoozesOf(tx: Tx, transitions: readonly ShareTransition[]): Promise<void> {
  const changed = transitions.filter(({ before, after }) => before?.status !== after.status);
  if (changed.length > 0)
    await endSnoozes(
      tx,
      changed.map(({ share }) => share.assetId),
    );
}
