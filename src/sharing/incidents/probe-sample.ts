import { TROUBLE, type ProbeSign } from "../rules/incident.ts";

/**
 * The newest WABAs of a connection that the sweep looked at because it was their turn. Nothing made us look at just these, so
 * they speak for the fleet: of a large one, long before a part of all of it was seen.
 */
export class ProbeSample {
  readonly #seen = new Map<string, { isRefused: boolean; at: number }>();

  take(
    assetId: string,
    { sign, isTransition, at }: { sign: ProbeSign; isTransition: boolean; at: number },
  ): void {
    const before = this.#seen.get(assetId);
    // A loss that is known says nothing of others; a refusal that was an error for once is taken back by any look.
    if (sign === "known" || (!isTransition && before === undefined)) return;
    this.#seen.delete(assetId);
    this.#seen.set(assetId, { isRefused: sign === "refused", at: isTransition ? at : (before?.at ?? at) });
    const [oldest] = this.#seen.keys();
    if (this.#seen.size > TROUBLE.sample && oldest !== undefined) this.#seen.delete(oldest);
  }

  /** What turned out to be lost indeed is no trouble. */
  drop(assetId: string): void {
    this.#seen.delete(assetId);
  }

  forgetOutside({ since, until }: { since: number; until: number }): void {
    for (const [assetId, { at }] of this.#seen) if (at < since || at > until) this.#seen.delete(assetId);
  }

  /** So many of them were refused, though nobody had announced a loss. Of a fleet that is smaller, the window tells more. */
  refusedCount(): number {
    if (this.#seen.size < TROUBLE.sample) return 0;
    return [...this.#seen.values()].filter(({ isRefused }) => isRefused).length;
  }
}
