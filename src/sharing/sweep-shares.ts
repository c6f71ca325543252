import { SECOND } from "./rules.ts";
import { claimDueShares, findNextLookAt, releaseShare } from "./share-store.ts";
import { verifyShare, type VerifyDeps } from "./verify-share.ts";

/** Looks at once under way on this instance: one that hangs holds up none of the others. */
const LOOKS_AT_ONCE = 16;
/** Longer than any look can take: another instance takes over what a dead one held. */
const LEASE_MS = 30 * SECOND;

export interface Sweeper {
  /** Begins every look that is due, most overdue first, as far as there is room. Returns when the next is due. */
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
  told: { finished(): void; failed(assetId: string, error: unknown): void },
): Sweeper {
  const underWay = new Set<Promise<void>>();

  const lookOnce = async (assetId: string): Promise<void> => {
    try {
      await verifyShare(deps, { assetId, trigger: "sweep" });
      await releaseShare(deps.db, assetId);
    } catch (error) {
      // It is due again when its lease has ended; the others go on.
      told.failed(assetId, error);
    }
  };

  return {
    async begin() {
      const room = LOOKS_AT_ONCE - underWay.size;
      if (room <= 0) return undefined;
      const now = deps.clock.now();
      for (const assetId of await claimDueShares(deps.db, now, now + LEASE_MS, room)) {
        const look = lookOnce(assetId).finally(() => {
          underWay.delete(look);
          told.finished();
        });
        underWay.add(look);
      }
      return (await findNextLookAt(deps.db)) ?? undefined;
    },
    async drain() {
      await Promise.all(underWay);
    },
  };
}
