import { TROUBLE, type ProbeSign } from "../rules/incident.ts";

/**
 * The newest WABAs of a connection that the regular sweep probed. No event selected them, so they represent
 * the fleet, long before a certain part of a large fleet was probed.
 */
export class ProbeSample {
  readonly #seen = new Map<string, { isRefused: boolean; at: number }>();

  take(
    assetId: string,
    { sign, isTransition, at }: { sign: ProbeSign; isTransition: boolean; at: number },
  ): void {
    const before = this.#seen.get(assetId);
    // A known loss says nothing about other WABAs. Any later probe withdraws a refusal that was a single
    // error.
    if (sign === "known" || (!isTransition && before === undefined)) return;
    this.#seen.delete(assetId);
    this.#seen.set(assetId, { isRefused: sign === "refused", at: isTransition ? at : (before?.at ?? at) });
    const [oldest] = this.#seen.keys();
    if (this.#seen.size > TROUBLE.sample && oldest !== undefined) this.#seen.delete(oldest);
  }

  /** Removes a WABA that proved to be lost. */
  drop(assetId: string): void {
    this.#seen.delete(assetId);
  }

  forgetOutside({ since, until }: { since: number; until: number }): void {
    for (const [assetId, { at }] of this.#seen) if (at < since || at > until) this.#seen.delete(assetId);
  }

  /** How many of them were refused without an announced loss. For a smaller fleet the window shows more. */
  refusedCount(): number {
    if (this.#seen.size < TROUBLE.sample) return 0;
    return [...this.#seen.values()].filter(({ isRefused }) => isRefused).length;
  }
}
