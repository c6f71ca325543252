import type { WhoMustAct } from "../model/reason.ts";
import { whoMustActOf, type ShareState } from "./share-state.ts";
import type { StatusRow } from "./status.ts";

export interface StatusCount {
  status: StatusRow["status"];
  who: WhoMustAct;
  count: number;
}

/**
 * How many WABAs have which status, and who must act on them. Counted as they change, because counting a
 * million database rows took most of a second per view of the overview (docs/benchmarks.md).
 */
export class StatusTally {
  readonly #cellOfAsset = new Map<string, StatusCount>();
  readonly #cells = new Map<string, StatusCount>();

  put(assetId: string, state: Pick<ShareState, "status" | "whoMustAct">): void {
    const cell = this.#cellOf(state.status, whoMustActOf(state));
    const old = this.#cellOfAsset.get(assetId);
    if (old === cell) return;
    if (old !== undefined) old.count -= 1;
    cell.count += 1;
    this.#cellOfAsset.set(assetId, cell);
  }

  /** The counts that are not zero. */
  counts(): StatusCount[] {
    return [...this.#cells.values()].filter(({ count }) => count > 0).map((cell) => ({ ...cell }));
  }

  statusOf(assetId: string): StatusCount["status"] | undefined {
    return this.#cellOfAsset.get(assetId)?.status;
  }

  assetCount(): number {
    return this.#cellOfAsset.size;
  }

  #cellOf(status: StatusCount["status"], who: WhoMustAct): StatusCount {
    const key = `${status}|${who}`;
    const known = this.#cells.get(key);
    if (known !== undefined) return known;
    const cell: StatusCount = { status, who, count: 0 };
    this.#cells.set(key, cell);
    return cell;
  }
}
