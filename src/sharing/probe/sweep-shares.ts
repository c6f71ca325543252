import { SWEEPS_AT_ONCE } from "../rules/probe-plan.ts";
import { SECOND } from "../model/timings.ts";
import { claimDueShares, findNextProbeAt, releaseShare, type ProbeQueue } from "../record/share-store.ts";
import { verifyShare, type VerifyDeps } from "./verify-share.ts";

/**
 * Looks at once under way on this instance: one that hangs holds up none of the others. The sweep never takes more than SWEEPS_AT_ONCE of
 * them: the rest is kept for looks that a hint, a repair or a refused send asked for.
 */
const PROBES_AT_ONCE = 16;
/** While webhooks about shares pile up, looks leave the machine to them: a hint closes, and its looks only confirm. */
const PROBES_BESIDE_STORM = 2;
/** Longer than any look can take: another instance takes over what a dead one held. */
const LEASE_MS = 30 * SECOND;

export interface Sweeper {
  /** Begins every look that is due, urgent ones first, as far as there is room. Returns when the next is due. */
  begin(): Promise<number | undefined>;
  /** Waits for the looks under way. */
  drain(): Promise<void>;
}

/**
 * Looks at every share when its look is due. One instance looks at a share at a time; `finished` is told after each look, because
 * room is free again and the share may have come due meanwhile.
 */
export function createSweeper(
  deps: VerifyDeps,
  told: { finished(): void; failed(assetId: string, error: unknown): void; mustGiveWay?(): boolean },
): Sweeper {
  const underWay: Record<ProbeQueue, Set<Promise<void>>> = { urgent: new Set(), sweep: new Set() };
  const roomOf = (queue: ProbeQueue): number => {
    const atOnce = told.mustGiveWay?.() === true ? PROBES_BESIDE_STORM : PROBES_AT_ONCE;
    const room = atOnce - underWay.urgent.size - underWay.sweep.size;
    // More may be under way than a storm leaves room for: then none is begun.
    return Math.max(0, queue === "urgent" ? room : Math.min(room, SWEEPS_AT_ONCE - underWay.sweep.size));
  };

  const probeOnce = async (assetId: string): Promise<void> => {
    try {
      await verifyShare(deps, { assetId, trigger: "sweep" });
      await releaseShare(deps.db, assetId);
    } catch (error) {
      // It is due again when its lease has ended; the others go on.
      told.failed(assetId, error);
    }
  };

  const beginDue = async (queue: ProbeQueue): Promise<number | null> => {
    const now = deps.clock.now();
    const claim = { now, leaseUntil: now + LEASE_MS, limit: roomOf(queue) };
    for (const assetId of await claimDueShares(deps.db, queue, claim)) {
      const probe = probeOnce(assetId).finally(() => {
        underWay[queue].delete(probe);
        told.finished();
      });
      underWay[queue].add(probe);
    }
    // A queue without room is not waited for: a look that ends makes room, and then we begin again.
    return roomOf(queue) > 0 ? findNextProbeAt(deps.db, queue) : null;
  };

  return {
    async begin() {
      const urgentAt = await beginDue("urgent");
      // While an app is throttled its sweep waits as it is, in its order: nobody is passed over when it goes on.
      const sweepAt = deps.budget?.sweepsClosedUntil() ?? (await beginDue("sweep"));
      const nextAt = [urgentAt, sweepAt].filter((at) => at !== null);
      return nextAt.length === 0 ? undefined : Math.min(...nextAt);
    },
    async drain() {
      await Promise.all([...underWay.urgent, ...underWay.sweep]);
    },
  };
}
