import type { ProbeResult } from "../model/probe-result.ts";
import type { ShareRow } from "../record/share-store.ts";
import {
  addWindows,
  endsIncident,
  firstBadAt,
  isConfirmedAbsent,
  isHeldBack,
  isLostByProbe,
  opensIncident,
  signOf,
  windowOf,
  type Incident,
  type ProbeSign,
  type TroubleWindow,
  TROUBLE,
} from "../rules/incident.ts";
import type { OtherWindows } from "./incident-store.ts";

interface Seen {
  sign: ProbeSign;
  reason: string | null;
  at: number;
  /** When it was last probed with the same outcome. */
  probedAt: number;
}

const NOTHING: TroubleWindow = { probed: 0, good: 0, troubled: 0, ours: 0 };
const ONE_GOOD: TroubleWindow = { ...NOTHING, probed: 1, good: 1 };

/** What the probes of one connection have in common: its newest probes on this instance and on the others. */
export class ProbedWabas {
  /** The open incident of the connection. */
  incident: Incident | null;
  /** What the other instances have written, as last read. */
  others: OtherWindows | null = null;
  /** A first WABA turned bad: other WABAs are to be probed, which shows whether it is alone. */
  wantsWitnesses = false;
  /** No other WABA is left to probe. */
  isAlone = false;
  /** When a WABA of the connection was proven last, by any instance. */
  provenAt: number | null = null;
  /** What this instance last saw of each WABA in the window. */
  readonly #seen = new Map<string, Seen>();
  readonly #sample = new ProbeSample();
  /**
   * Only the windows of other instances together open an incident: the instant after which they must be
   * written.
   */
  #opensOnceWrittenAfter: number | null = null;

  constructor(incident: Incident | null) {
    this.incident = incident;
  }

  /**
   * Takes a probe into account. Where many WABAs fail, its bad answers are marked as distrusted. Where no
   * other WABA was seen intact, a second bad answer is marked as held.
   */
  weigh(probe: ProbeResult, share: ShareRow): { weighed: ProbeResult; isTroubled: boolean } {
    const sign = signOf(probe, share.record, this.incident);
    this.#remember(probe, share, sign);
    if (sign === "good" || sign === "known") return { weighed: probe, isTroubled: false };
    if (sign === "refused") this.wantsWitnesses = true;
    // Between two runs this instance detects by itself that a WABA is one of many.
    const isOneOfMany = this.incident !== null || this.#isOpeningAlone();
    const isDistrusted = isOneOfMany && !isConfirmedAbsent(share.record, this.incident);
    const isHeld = !isDistrusted && sign === "refused" && this.#mustWait(share, probe.askedAt);
    const marks = { ...(isDistrusted && { distrusted: true }), ...(isHeld && { held: true }) };
    return { weighed: { ...probe, ...marks }, isTroubled: true };
  }

  /** What this instance has seen. */
  own(): TroubleWindow {
    return windowOf([...this.#seen.values()].map(({ sign }) => sign));
  }

  /** What all instances have seen. */
  all(): TroubleWindow {
    return addWindows(this.own(), this.others ?? NOTHING);
  }

  /** What is to be done about an incident now. */
  judge(): "open" | "end" | "go_on" | "nothing" {
    const isOpening = opensIncident(this.all(), this.#sample.refusedCount());
    if (!isOpening) this.#opensOnceWrittenAfter = null;
    if (this.incident === null) return isOpening && this.#isExact() ? "open" : "nothing";
    const hasLosses = this.incident.confirmed > 0;
    return endsIncident(this.all(), hasLosses, this.#sample.refusedCount()) ? "end" : "go_on";
  }

  /** The most frequent reason of the troubled WABAs. */
  commonReason(): string {
    const counts = new Map<string, number>();
    for (const { reason } of this.#seen.values())
      if (reason !== null) counts.set(reason, (counts.get(reason) ?? 0) + 1);
    return [...counts].toSorted((one, other) => other[1] - one[1])[0]?.[0] ?? "meta_unreachable";
  }

  seenIds(): string[] {
    return [...this.#seen.keys()];
  }

  /** The WABAs that were refused without an announced loss. */
  refusedIds(): string[] {
    return this.#idsWith((sign) => sign === "refused");
  }

  /** The WABAs that were refused or gave no answer. */
  troubledIds(): string[] {
    return this.#idsWith((sign) => sign !== "good" && sign !== "known");
  }

  /**
   * A WABA that another instance has probed since is counted there: the newest probe counts, whichever
   * instance made it. For a WABA that probes alone have closed, the closing probe counts.
   */
  forgetOvertaken(probed: readonly { assetId: string; probedAt: number; lostAt: readonly number[] }[]): void {
    for (const { assetId, probedAt, lostAt } of probed) {
      const mine = this.#seen.get(assetId);
      if (mine !== undefined && probedAt > mine.probedAt && !lostAt.includes(mine.at))
        this.#seen.delete(assetId);
    }
  }

  /** After a clock was set back, probes with future times are removed too. */
  forgetOutside({ since, until }: { since: number; until: number }): void {
    for (const [assetId, { at }] of this.#seen) if (at < since || at > until) this.#seen.delete(assetId);
    this.#sample.forgetOutside({ since, until });
  }

  #idsWith(wanted: (sign: ProbeSign) => boolean): string[] {
    return [...this.#seen].filter(([, { sign }]) => wanted(sign)).map(([assetId]) => assetId);
  }

  /** By what this instance has seen itself. */
  #isOpeningAlone(): boolean {
    return opensIncident(this.own(), this.#sample.refusedCount());
  }

  /**
   * Whether no WABA is counted both here and by another instance. A row of another instance may be older than
   * its last check for overlaps. Where the incident depends on that, all instances write again first, which
   * they do in each run while they see trouble.
   */
  #isExact(): boolean {
    if (this.others === null || this.#isOpeningAlone()) return true;
    const after = this.#opensOnceWrittenAfter;
    if (after === null) this.#opensOnceWrittenAfter = this.others.lastNotifiedAt;
    const isExact = after !== null && this.others.firstNotifiedAt > after;
    if (isExact) this.#opensOnceWrittenAfter = null;
    return isExact;
  }

  /** Whether other WABAs must be probed before an unannounced bad probe of this share may count. */
  #mustWait({ assetId, record }: ShareRow, askedAt: number): boolean {
    const since = firstBadAt(record);
    if (since === null || this.isAlone) return false;
    const others = [...this.#seen].filter(([id, { at }]) => id !== assetId && at >= since);
    const seen = windowOf(others.map(([, { sign }]) => sign));
    const isProvenElsewhere = (this.provenAt ?? -Infinity) >= since;
    const known = seen.good === 0 && isProvenElsewhere ? addWindows(seen, ONE_GOOD) : seen;
    return isHeldBack(known, askedAt - since);
  }

  #remember(probe: ProbeResult, { assetId, record }: ShareRow, sign: ProbeSign): void {
    const probedAt = probe.askedAt;
    const isAbsent = isConfirmedAbsent(record, this.incident);
    if (isAbsent) this.#sample.drop(assetId);
    this.#sample.take(assetId, { sign, isTransition: probe.trigger === "sweep", at: probedAt });
    // A WABA that was closed by probes alone stays in view. Where many fail one after the other, each would
    // else seem alone.
    const before = this.#seen.get(assetId);
    const isStillTroubled =
      sign === "known" && before?.sign === "refused" && isLostByProbe(record) && !isAbsent;
    if (isStillTroubled) this.#seen.set(assetId, { ...before, probedAt });
    else this.#seen.set(assetId, { sign, reason: reasonOf(probe, sign), at: probedAt, probedAt });
  }
}

/** The reason for the trouble of a probe: what it was refused with, or why it was inconclusive. */
function reasonOf(probe: ProbeResult, sign: ProbeSign): string | null {
  if (sign === "good" || sign === "known") return null;
  if (sign === "refused") return "refused";
  const silent = Object.values(probe.answers).find((answer) => answer.verdict === "none");
  return silent?.verdict === "none" ? silent.reason : null;
}

/**
 * The newest WABAs of a connection that the regular sweep probed. No event selected them, so they represent
 * the fleet, long before a certain part of a large fleet was probed.
 */
class ProbeSample {
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
