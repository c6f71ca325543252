import type { WabaCondition } from "../model/fact.ts";
import type { ProbeResult } from "../model/probe-result.ts";
import type { ClosingHint, ShareRecord } from "../model/share-record.ts";
import { HINT_COUNTS_FOR, MINUTE, SECOND } from "../model/timings.ts";

/**
 * Systemic trouble (docs/decisions/0003): many WABAs of a connection that turn bad or silent together are one incident, about Meta or about
 * us, and not many losses. While it lasts, a bad look without an admitted hint does not count.
 */
export const TROUBLE = {
  /** It opens with this many WABAs in trouble, and this part of all that were looked at in the window. */
  opens: { wabas: 5, part: 0.2 },
  /** Of a fleet that takes long to be seen, so many WABAs are a sample: as many refused in it open it, and none of them may be left at the end. */
  sample: 25,
  /** It ends when either is no longer reached, and somebody was seen to be well. */
  ends: { wabas: 3, part: 0.1 },
  /** The window: a sweep period, so that a small fleet is seen whole, within these bounds. */
  window: { atLeastMs: MINUTE, atMostMs: 10 * MINUTE },
  /**
   * A WABA that a complete listing lacks is a true loss, if another that it lists is seen to stand. With nobody left to be seen, only
   * once the incident is this old: a listing that is wrongly empty for so long has not been seen.
   */
  believedWithoutWitnessAfterMs: 10 * MINUTE,
  /** A first bad look makes this many others be looked at, at most this often: whether it is alone shows before it counts. */
  witnesses: 4,
  witnessesEveryMs: 10 * SECOND,
  /** For so long at the most a second bad look waits for others that are seen to stand: nobody may be left to be one. */
  heldAtMostMs: 5 * SECOND,
} as const;

export interface Incident {
  id: string;
  connectionId: string;
  /** Whom it is about: Meta, or our own token, app or network. */
  about: "meta" | "provider";
  reason: string;
  openedAt: number;
  probed: number;
  troubled: number;
  mostTroubled: number;
  /** WABAs that turned out to be lost indeed. */
  confirmed: number;
  endedAt: number | null;
  endedWhy: EndedWhy | null;
}

/** What a bad answer is taken for while many fail together: Meta gives no answer that could be believed. */
export const DOUBTED_REASON = "meta_unreachable";

/** `recovered`: the WABAs are well again. `losses_confirmed`: those that were bad are lost indeed. */
export type EndedWhy = "recovered" | "losses_confirmed";

/** WABAs looked at in the window, each by its newest look. `ours`: those of the troubled where the failure is ours. */
export interface TroubleWindow {
  probed: number;
  good: number;
  troubled: number;
  ours: number;
}

/** What one look says about the fleet. `known`: a loss that is known or was announced, which says nothing of others. */
export type ProbeSign = "good" | "silent" | "silent_ours" | "refused" | "known";

export const windowMsOf = (sweepPeriodMs: number): number =>
  Math.min(TROUBLE.window.atMostMs, Math.max(TROUBLE.window.atLeastMs, sweepPeriodMs));

/** What a share is lost by (row 4): these conditions a distrusted look cannot make False. */
const LOSABLE: readonly WabaCondition[] = ["Shared", "FullControl", "AppInstalled"];

export const isLosable = (condition: WabaCondition): boolean => LOSABLE.includes(condition);

/** Whether an admitted hint speaks for this bad answer: then one look is enough, and no incident stands in its way. */
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
 * What a look at a share says about the fleet.
 *
 * @param memory as it was before the look
 */
export function signOf(probe: ProbeResult, record: ShareRecord, incident: Incident | null): ProbeSign {
  if (record.adoption !== "adopted" || isConfirmedAbsent(record, incident)) return "known";
  let sign: ProbeSign = probe.answers.Shared?.verdict === "true" ? "good" : "known";
  for (const condition of LOSABLE) {
    const answer = probe.answers[condition];
    if (answer === undefined || record.facts[condition].status === "False") continue;
    if (answer.verdict === "bad") return isAnnounced(record, condition, probe.askedAt) ? "known" : "refused";
    if (answer.verdict === "none" && answer.reason !== "not_yet_proven")
      sign = answer.ours ? "silent_ours" : "silent";
  }
  return sign;
}

/** Since when a share looks lost without an announcement: its first bad look that no other answer has followed; null: it does not. */
export function firstBadAt({ facts }: ShareRecord): number | null {
  const instants = LOSABLE.map((condition) => facts[condition].badAt).filter((at) => at !== null);
  return instants.length === 0 ? null : Math.min(...instants);
}

/**
 * Whether a second bad look at one WABA may not count yet: since its first nobody else was seen to stand, or too many others fail as
 * well. Bounded, for nobody else may be left to be seen.
 *
 * @param others what looks at other WABAs have shown since the first bad look
 */
export function isHeldBack(others: TroubleWindow, heldMs: number): boolean {
  if (heldMs >= TROUBLE.heldAtMostMs) return false;
  return others.good === 0 || others.troubled >= TROUBLE.opens.part * others.probed;
}

/**
 * Whether the incident is no reason to doubt a bad look at this share: a complete listing since it began lacks it, and no repair has come
 * since, after which the listing tells of a time that is over.
 */
export function isConfirmedAbsent(record: ShareRecord, incident: Incident | null): boolean {
  const absentAt = record.absentAt ?? null;
  return (
    absentAt !== null &&
    incident !== null &&
    absentAt >= incident.openedAt &&
    absentAt >= (record.repair?.at ?? 0)
  );
}

/** Whether looks alone have made it a loss: right or wrong, it goes on to fail with the others that do. */
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

/** @param sampled how many of the sample were refused */
export function opensIncident({ probed, troubled }: TroubleWindow, sampled = 0): boolean {
  if (sampled >= TROUBLE.opens.wabas) return true;
  return troubled >= TROUBLE.opens.wabas && troubled >= TROUBLE.opens.part * probed;
}

/** Silence alone ends nothing: somebody must have been seen to be well, or to be lost indeed. */
export function endsIncident(
  { probed, good, troubled }: TroubleWindow,
  hasConfirmedLosses: boolean,
  sampled = 0,
): boolean {
  if (sampled > 0) return false;
  if (good === 0 && !(hasConfirmedLosses && troubled === 0)) return false;
  return troubled < TROUBLE.ends.wabas || troubled < TROUBLE.ends.part * probed;
}

/** Whom most of the trouble is about. */
export const aboutOf = ({ troubled, ours }: TroubleWindow): Incident["about"] =>
  2 * ours > troubled ? "provider" : "meta";

/**
 * Whether WABAs that a complete listing lacks are true losses, although an incident is open.
 *
 * @param hasWitness whether a WABA that the listing has was seen to stand since the incident began
 */
export function believesAbsence(incident: Incident, hasWitness: boolean, now: number): boolean {
  return hasWitness || now - incident.openedAt >= TROUBLE.believedWithoutWitnessAfterMs;
}
