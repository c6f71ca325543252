import type { Tx } from "../../database/database.ts";
import { findAssets } from "../../directory/directory-store.ts";
import { appendFirstLines } from "./journal-store.ts";
import type { ShareRecord } from "../model/share-record.ts";
import { changesOf } from "./changes.ts";
import { observe } from "../rules/observe.ts";
import type { By, Note, ShareDeps } from "./record-observation.ts";
import { insertShares } from "./share-store.ts";
import { stateOf } from "../status/share-state.ts";
import { appendObservations } from "./timeline-store.ts";

/**
 * Begins many shares in the caller's transaction, all with the same record, each with its first journal line.
 * It does in bulk what `beginShare` does for one.
 *
 * @param input.withinMs the first probes are spread over this long, so that a fleet does not come due at
 * once; 0: all are due now
 */
export async function beginShares(
  tx: Tx,
  deps: ShareDeps,
  input: {
    connectionId: string;
    assetIds: readonly string[];
    record: ShareRecord;
    withinMs: number;
    note: Note;
    by: By;
  },
): Promise<void> {
  const { connectionId, assetIds, by, withinMs } = input;
  if (assetIds.length === 0) return;
  const now = deps.clock.now();
  const begun = observe(input.record, { type: "tick" }, now);
  const record = withinMs > 0 ? { ...begun, dueProbes: [] } : begun;
  const state = stateOf(record, now);
  const probes = assetIds.map(() => now + Math.floor(deps.random.next() * withinMs));
  await insertShares(tx, { connectionId, assetIds, record }, state, probes);
  await appendObservations(tx, { ...input.note, ...by, connectionId, at: now }, assetIds);
  const assets = await findAssets(tx, assetIds);
  await deps.onTransitions?.(
    tx,
    assets.map(({ id: assetId, mode }) => ({
      share: { assetId, connectionId, record },
      ...{ before: null, after: state, record, at: now, mode },
    })),
  );
  const [first] = changesOf(null, state);
  if (first === undefined) return;
  const { type, changed } = first;
  for (const [mode, ofMode] of Map.groupBy(assets, (asset) => asset.mode)) {
    const data = { changed, before: null, state, mode };
    const ids = ofMode.map((asset) => asset.id);
    await appendFirstLines(tx, ids, { connectionId, type, at: new Date(now), ...by, data });
  }
}
