import type { ObservedCount } from "./observed-message-store.ts";

/**
 * Meta's answers to messages that enforce mode would have refused: counted in memory and stored now and then.
 * Counts that are not yet stored are lost when the process is killed, because the report is only a
 * comparison. Holds state, does no I/O.
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

  /** All counts since the last call. */
  take(): ObservedCount[] {
    const taken = [...this.#counts.values()];
    this.#counts = new Map();
    return taken;
  }

  /** Adds back the counts that could not be stored. */
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
