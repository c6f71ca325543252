import { findOwners, hasDoubled, lockWabas, recordStatistics } from "../directory/bulk-store.ts";
import { registerWabas } from "../directory/register-wabas.ts";
import { beginShares } from "./begin-shares.ts";
import { newMemory } from "./memory.ts";
import { SYSTEM, type ShareDeps } from "./record-observation.ts";
import type { ListedWaba } from "./listed-waba.ts";

const BATCH = 200;
/** Up to so many are looked at at once; of more, the looks are spread: a fleet that was never imported is found in one walk. */
const FEW = 20;

/**
 * Keeps the WABAs of Meta's listing that we do not know as found, not adopted. Two discoveries at once end in one.
 *
 * @returns our ids of all of them, by Meta's id
 */
export async function discoverWabas(
  deps: ShareDeps,
  input: { connectionId: string; wabas: readonly ListedWaba[] },
): Promise<Map<string, string>> {
  const { connectionId } = input;
  const wabas = [...new Map(input.wabas.map((waba) => [waba.wabaId, waba])).values()];
  const assetIds = new Map<string, string>();
  for (let from = 0; from < wabas.length; from += BATCH) {
    const batch = wabas.slice(from, from + BATCH);
    for (const [wabaId, assetId] of await discoverBatch(deps, connectionId, batch, wabas.length > FEW))
      assetIds.set(wabaId, assetId);
    if (hasDoubled(from, from + batch.length)) await recordStatistics(deps.db);
  }
  if (wabas.length > 0) deps.wake();
  return assetIds;
}

function discoverBatch(
  deps: ShareDeps,
  connectionId: string,
  batch: readonly ListedWaba[],
  areMany: boolean,
): Promise<Map<string, string>> {
  const ids = batch.map((waba) => waba.wabaId);
  return deps.db.transaction(async (tx) => {
    await lockWabas(tx, connectionId, ids);
    const known = await findOwners(tx, connectionId, "waba", ids);
    const fresh = batch
      .filter(({ wabaId }) => !known.has(wabaId))
      .map((waba) => ({ ...waba, clientId: null, clientKey: null }));
    const now = deps.clock.now();
    const of = { connectionId, importId: null, mode: null, at: now };
    const made = await registerWabas(tx, deps.random, fresh, of);
    await beginShares(tx, deps, {
      connectionId,
      assetIds: [...made.values()].map((asset) => asset.id),
      memory: newMemory({ adoption: "discovered", origin: "discovery", now }),
      withinMs: areMany ? deps.sweepPeriodMs : 0,
      note: { kind: "act", source: "system", title: "waba.discovered", detail: null, evidence: null },
      by: SYSTEM,
    });
    return new Map([...known, ...[...made].map(([wabaId, { id }]) => [wabaId, id] as const)]);
  });
}
