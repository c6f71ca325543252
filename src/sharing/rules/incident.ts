import type { WabaCondition } from "../model/fact.ts";
import type { Answer, ProbeResult } from "../model/probe-result.ts";
import type { ClosingHint, ShareRecord } from "../model/share-record.ts";
import { HINT_COUNTS_FOR, LISTING_LAG, MINUTE, SECOND } from "../model/timings.ts";

/**
 * Incidents (docs/decisions/0003): when many WABAs of a connection turn bad or give no answer together, that
 * is one incident at Meta or at ours, and not many losses. During an incident a bad probe without an admitted
 * hint does not count.
 */
export const TROUBLE = {
  /**
   * An incident opens with this many WABAs in trouble, and this part of all that were probed in the window.
   */
  opens: { wabas: 5, part: 0.2 },
  /**
   * For a fleet that takes long to probe, this many WABAs are a sample. As many refused WABAs in the sample
   * open an incident, and none may be left at its end.
   */
  sample: 25,
  /** It ends when either number is no longer reached, and at least one WABA was seen intact. */
  ends: { wabas: 3, part: 0.1 },
  /** The window: a sweep period within these bounds, so that a small fleet is probed whole. */
  window: { atLeastMs: MINUTE, atMostMs: 10 * MINUTE },
  /**
   * A WABA that a complete listing lacks is a true loss, if a listed WABA is seen intact. If no listed WABA
   * is left to probe, the incident must first be this old: no listing was ever seen wrongly empty for so
   * long.
   */
  absenceCountsAfterMs: 10 * MINUTE,
  /**
   * A first bad probe starts probes of this many other WABAs, at most this often. They show whether the
   * failure is a single one before it counts.
   */
  witnesses: 4,
  witnessesEveryMs: 10 * SECOND,
  /** The longest time that a second bad probe waits for other WABAs to be seen intact. There may be none. */
  heldAtMostMs: 5 * SECOND,
} as const;

export interface Incident {
  id: string;
  connectionId: string;
  /** The cause: Meta, or our own token, app or network. */
  about: "meta" | "provider";
  reason: string;
  openedAt: number;
  probed: number;
  troubled: number;
  mostTroubled: number;
  /** WABAs that proved to be lost. */
  confirmed: number;
  endedAt: number | null;
  endedWhy: EndedWhy | null;
}

/** The reason of a bad answer while many WABAs fail together: it counts as no answer of Meta. */
export const DOUBTED_REASON = "meta_unreachable";

/** `recovered`: the WABAs are intact again. `losses_confirmed`: the bad ones are lost. */
export type EndedWhy = "recovered" | "losses_confirmed";

/**
 * WABAs probed in the window, each by its newest probe. `ours`: the troubled ones where the failure is ours.
 */
export interface TroubleWindow {
  probed: number;
  good: number;
  troubled: number;
  ours: number;
}

/**
 * What one probe says about the fleet. `known`: a loss that is known or was announced, which says nothing
 * about other WABAs.
 */
export type ProbeSign = "good" | "silent" | "silent_ours" | "refused" | "known";

export const windowMsOf = (sweepPeriodMs: number): number =>
  Math.min(TROUBLE.window.atMostMs, Math.max(TROUBLE.window.atLeastMs, sweepPeriodMs));

/** The conditions of row 4. A distrusted probe cannot make them False. */
const LOSABLE: readonly WabaCondition[] = ["Shared", "FullControl", "AppInstalled"];

export const isLosable = (condition: WabaCondition): boolean => LOSABLE.includes(condition);

/**
 * Whether an admitted hint announced this bad answer. Then one probe is enough, and an incident does not
 * prevent it.
 */
function isAnnounced(record: ShareRecord, condition: WabaCondition, askedAt: number): boolean {
  return record.hints.some(
    ({ receivedAt, ...hint }) =>
      speaksAgainst(hint, condition) && askedAt >= receivedAt && askedAt - receivedAt <= HINT_COUNTS_FOR,
  );
}

function speaksAgainst(hint: Pick<ClosingHint, "condition">, condition: WabaCondition): boolean {
  return hint.condition === condition || (condition === "FullControl" && hint.condition === "Shared");
}

/**
 * What a probe of one share says about the fleet.
 *
 * @param record the share record before the probe
 */
export function signOf(probe: ProbeResult, record: ShareRecord, incident: Incident | null): ProbeSign {
  if (record.adoption !== "adopted" || isConfirmedAbsent(record, incident)) return "known";
  const { answers } = probe;
  const unlost = LOSABLE.filter((condition) => record.facts[condition].status !== "False");
  const bad = unlost.find((condition) => answers[condition]?.verdict === "bad");
  if (bad !== undefined) return isAnnounced(record, bad, probe.askedAt) ? "known" : "refused";
  const missing = unlost.map((condition) => answers[condition]).findLast(isMissing);
  if (missing !== undefined) return missing.ours ? "silent_ours" : "silent";
  return answers.Shared?.verdict === "true" ? "good" : "known";
}

type Missing = Extract<Answer, { verdict: "none" }>;

const isMissing = (answer: Answer | undefined): answer is Missing =>
  answer?.verdict === "none" && answer.reason !== "not_yet_proven";

/**
 * Since when a share seems lost without an announcement: its first bad probe that no other answer has
 * followed. Null: it does not.
 */
export function firstBadAt({ facts }: ShareRecord): number | null {
  const instants = LOSABLE.map((condition) => facts[condition].badAt).filter((at) => at !== null);
  return instants.length === 0 ? null : Math.min(...instants);
}

/**
 * Whether a second bad probe of one WABA may not count yet, because since the first no other WABA was seen
 * intact, or too many others fail as well. The wait is bounded, because there may be no other WABA.
 *
 * @param others what probes of other WABAs have shown since the first bad probe
 */
export function isHeldBack(others: TroubleWindow, heldMs: number): boolean {
  if (heldMs >= TROUBLE.heldAtMostMs) return false;
  return others.good === 0 || others.troubled >= TROUBLE.opens.part * others.probed;
}

/**
 * Whether a bad probe of this share counts despite the incident: a complete listing since the incident began
 * lacks the WABA, and was asked so long after the newest repair that it shows the repair.
 */
export function isConfirmedAbsent(record: ShareRecord, incident: Incident | null): boolean {
  const absentAt = record.absentAt ?? null;
  return (
    absentAt !== null &&
    incident !== null &&
    absentAt >= incident.openedAt &&
    absentAt >= (record.repair?.at ?? -Infinity) + LISTING_LAG
  );
}

/** Whether probes alone have made it a loss. True or not, it belongs to the WABAs that fail together. */
export function isLostByProbe(record: ShareRecord): boolean {
  return LOSABLE.some(
    (name) => record.facts[name].status === "False" && record.facts[name].source === "probe",
  );
}

export function windowOf(signs: Iterable<ProbeSign>): TroubleWindow {
  const window = { probed: 0, good: 0, troubled: 0, ours: 0 };
  for (const sign of signs) {
    if (sign === "known") continue;
    window.probed += 1;
    if (sign === "good") window.good += 1;
    else window.troubled += 1;
    if (sign === "silent_ours") window.ours += 1;
  }
  return window;
}

export function addWindows(one: TroubleWindow, other: TroubleWindow): TroubleWindow {
  return {
    probed: one.probed + other.probed,
    good: one.good + other.good,
    troubled: one.troubled + other.troubled,
    ours: one.ours + other.ours,
  };
}

/** @param sampled how many WABAs of the sample were refused */
export function opensIncident({ probed, troubled }: TroubleWindow, sampled = 0): boolean {
  if (sampled >= TROUBLE.opens.wabas) return true;
  return troubled >= TROUBLE.opens.wabas && troubled >= TROUBLE.opens.part * probed;
}

/** Missing answers alone end nothing: a WABA must have been seen intact, or proven lost. */
export function endsIncident(
  { probed, good, troubled }: TroubleWindow,
  hasConfirmedLosses: boolean,
  sampled = 0,
): boolean {
  if (sampled > 0) return false;
  if (good === 0 && !(hasConfirmedLosses && troubled === 0)) return false;
  return troubled < TROUBLE.ends.wabas || troubled < TROUBLE.ends.part * probed;
}

/** The cause of most of the trouble. */
export const aboutOf = ({ troubled, ours }: TroubleWindow): Incident["about"] =>
  2 * ours > troubled ? "provider" : "meta";

/**
 * Whether WABAs that a complete listing lacks are true losses, although an incident is open.
 *
 * @param hasIntactWaba whether a listed WABA was seen intact since the incident began
 */
export function countsAbsence(incident: Incident, hasIntactWaba: boolean, now: number): boolean {
  return hasIntactWaba || now - incident.openedAt >= TROUBLE.absenceCountsAfterMs;
}
