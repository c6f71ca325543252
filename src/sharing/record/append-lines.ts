import type { Tx } from "../../database/database.ts";
import { stateOf } from "../status/share-state.ts";
import { appendJournal } from "./journal-store.ts";
import type { By, OwnLine } from "./record-observation.ts";
import { lockShares } from "./share-store.ts";

/**
 * Appends lines to the journal that are no change of what is derived, each with the state of its WABA as it
 * is now. Locks the shares, so that no line carries a state that another transaction has replaced. Call it
 * last, as the journal's own lock lets one transaction at a time continue.
 */
export async function appendLines(
  tx: Tx,
  lines: readonly (OwnLine & { by: By; numberId?: string })[],
  now: number,
): Promise<void> {
  const shares = await lockShares(
    tx,
    lines.map(({ assetId }) => assetId),
  );
  await appendJournal(
    tx,
    lines.flatMap(({ assetId, type, changed, by, numberId = null }) => {
      const share = shares.get(assetId);
      if (share === undefined) return [];
      const state = stateOf(share.record, now);
      const before = { status: state.status, gate: state.gate, reason: state.reason };
      const at = new Date(now);
      const data = { changed, before, state };
      return [{ connectionId: share.connectionId, assetId, numberId, type, at, ...by, data }];
    }),
  );
}
