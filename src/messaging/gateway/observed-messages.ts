import type { ObservedCount } from "./observed-message-store.ts";

/**
 * What Meta answered to messages that would have been refused here, had the mode been enforce: counted in memory, taken now and then to be
 * kept. What is not kept yet when the process is killed is lost; the report is a comparison, not a bill. Holds state, does no I/O.
 */
export class ObservedMessages {
  #counts = new Map<string, ObservedCount>();

  /** @param closedAt since when the gate would have been closed, ms since the epoch */
  count(assetId: string, closedAt: number, accepted: boolean): void {
    const key = `${assetId} ${closedAt}`;
    const known = this.#counts.get(key) ?? { assetId, closedAt, accepted: 0, refused: 0 };
    known[accepted ? "accepted" : "refused"] += 1;
    this.#counts.set(key, known);
  }

  /** All that was counted since the last time. */
  take(): ObservedCount[] {
    const taken = [...this.#counts.values()];
    this.#counts = new Map();
    return taken;
  }

  /** Counts on from what could not be kept. */
  giveBack(counts: readonly ObservedCount[]): void {
    for (const { assetId, closedAt, accepted, refused } of counts) {
      const key = `${assetId} ${closedAt}`;
      const known = this.#counts.get(key) ?? { assetId, closedAt, accepted: 0, refused: 0 };
      this.#counts.set(key, {
        ...known,
        accepted: known.accepted + accepted,
        refused: known.refused + refused,
      });
    }
  }
}
