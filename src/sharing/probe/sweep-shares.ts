import { leaseFrom, type Lease } from "../../database/lease.ts";
import { SWEEPS_AT_ONCE } from "../rules/probe-plan.ts";
import { SECOND } from "../model/timings.ts";
import { claimDueShares, findNextProbeAt, releaseShare, type ProbeQueue } from "../record/share-store.ts";
import { verifyShare, type VerifyDeps } from "./verify-share.ts";

/**
 * Most probes under way on this instance: one that hangs delays no other. The sweep takes at most
 * SWEEPS_AT_ONCE of them. The rest is kept for probes after a hint, a repair or a refused message.
 */
const PROBES_AT_ONCE = 16;
/**
 * While webhooks about shares pile up, fewer probes run: a hint closes the gate, and its probes only confirm.
 */
const PROBES_BESIDE_STORM = 2;
/** Longer than any probe can take. After it another instance takes over the shares of a dead one. */
const LEASE_MS = 30 * SECOND;

export interface Sweeper {
  /** Begins every due probe, urgent ones first, as far as there is room. Returns when the next is due. */
  begin(): Promise<number | undefined>;
  /** Waits for the probes under way. */
  drain(): Promise<void>;
}

/**
 * Probes every share when its probe is due. One instance probes a share at a time. `finished` is called after
 * each probe, because room is free again and the share may have come due meanwhile.
 */
export function createSweeper(
  deps: VerifyDeps,
  reported: { finished(): void; failed(assetId: string, error: unknown): void; mustGiveWay?(): boolean },
): Sweeper {
  const underWay: Record<ProbeQueue, Set<Promise<void>>> = { urgent: new Set(), sweep: new Set() };
  const roomOf = (queue: ProbeQueue): number => {
    const atOnce = reported.mustGiveWay?.() === true ? PROBES_BESIDE_STORM : PROBES_AT_ONCE;
    const room = atOnce - underWay.urgent.size - underWay.sweep.size;
    // During a burst more probes may be under way than are allowed. Then none begins.
    return Math.max(0, queue === "urgent" ? room : Math.min(room, SWEEPS_AT_ONCE - underWay.sweep.size));
  };

  const probeOnce = async (assetId: string, lease: Lease): Promise<void> => {
    try {
      await verifyShare(deps, { assetId, trigger: "sweep" });
      await releaseShare(deps.db, assetId, lease);
    } catch (error) {
      // It is due again when its lease has ended. The others continue.
      reported.failed(assetId, error);
    }
  };

  const beginDue = async (queue: ProbeQueue): Promise<number | null> => {
    const lease = leaseFrom(deps.clock.now(), LEASE_MS);
    for (const assetId of await claimDueShares(deps.db, queue, { lease, limit: roomOf(queue) })) {
      const probe = probeOnce(assetId, lease).finally(() => {
        underWay[queue].delete(probe);
        reported.finished();
      });
      underWay[queue].add(probe);
    }
    // A queue without room has no timer: the end of a probe makes room and begins again.
    return roomOf(queue) > 0 ? findNextProbeAt(deps.db, queue) : null;
  };

  return {
    async begin() {
      const urgentAt = await beginDue("urgent");
      // While an app is throttled its sweep waits in its order, so that no share is skipped when it
      // continues.
      const sweepAt = deps.budget?.sweepsClosedUntil() ?? (await beginDue("sweep"));
      const nextAt = [urgentAt, sweepAt].filter((at) => at !== null);
      return nextAt.length === 0 ? undefined : Math.min(...nextAt);
    },
    async drain() {
      await Promise.all([...underWay.urgent, ...underWay.sweep]);
    },
  };
}
