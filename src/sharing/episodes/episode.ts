import type { Fact, WabaCondition } from "../model/fact.ts";
import type { ShareRecord } from "../model/share-record.ts";
import type { Transition } from "../record/record-observation.ts";
import { AFTER_REPAIR, DAY, SECOND } from "../model/timings.ts";
import { lostConditionOf, type StatusRow } from "../status/status.ts";

/**
 * One loss of one WABA, from the closing of its gate to its end. The figures count these. Instants and
 * durations in ms.
 *
 * A loss that Meta announced is dated by the notice, to the second. A loss found by probing is only known to
 * be younger than the last proof. Its duration is an upper bound, and is never mixed with the others.
 */
export interface Loss {
  condition: string;
  reason: string;
  how: How;
  /** Announced: the second that Meta named. A duration measured from it is at most a second too long. */
  lostAt: number | null;
  announcedAt: number | null;
  /** Found by probing: the last proof before it. */
  lostAfter: number | null;
  detectionMs: number | null;
  receiptMs: number | null;
}

type How = "announced" | "probed";

/** How a loss ended. */
export interface Ending {
  outcome: Outcome;
  sign: Sign | null;
  resumeHow: How | null;
  resumeMs: number | null;
}

/**
 * - `reopened`: it was repaired, and the gate opened.
 * - `refuted`: a false closure. A notice closed the gate and a probe proved the opposite. In between no probe
 *   had found it missing, and nothing had announced a repair. A removal that was repaired unnoticed between
 *   two probes is also counted here, so the count may be too high.
 * - `set_aside`: a person closed or offboarded the WABA while it was lost, so that its opening measures
 *   nothing.
 */
type Outcome = "reopened" | "refuted" | "set_aside";

/** What announced that a repair was under way; never a proof. */
export interface Sign {
  name: "partner_added" | "app_installed" | "reconnected" | "reinstated" | "signup";
  /** When we received it. */
  at: number;
  /** The time of it by Meta, ms; null when Meta names none. */
  saidAt: number | null;
}

/** The loss that begins with this transition; undefined when it closes no gate by a loss. */
export function lossOf(transition: Transition): Loss | undefined {
  if (transition.before?.gate !== "open" || transition.after.gate !== "closed") return undefined;
  const lost = lostOf(transition.record, transition.after.status);
  if (lost === undefined) return undefined;
  const { condition, fact } = lost;
  const reason = transition.after.reason ?? fact.reason;
  if (fact.source === "event") return { condition, reason, ...announcedOf(transition, condition, fact) };
  const lostAfter = fact.lastTrueAt;
  const detectionMs = lostAfter === null ? null : since(lostAfter, transition.at);
  return {
    condition,
    reason,
    how: "probed",
    lostAt: null,
    announcedAt: null,
    lostAfter,
    detectionMs,
    receiptMs: null,
  };
}

type Announced = Pick<Loss, "how" | "lostAt" | "announcedAt" | "lostAfter" | "detectionMs" | "receiptMs">;

function announcedOf({ record, at }: Transition, condition: string, fact: Fact): Announced {
  const hint = record.hints.findLast(
    (known) => known.condition === condition && known.receivedAt === fact.at,
  );
  const offboarded = Object.values(record.numbers).find(
    ({ facts }) => facts.CompanionLinked === fact,
  )?.offboarded;
  const announcedAt = Math.min(hint?.receivedAt ?? offboarded?.at ?? fact.at, at);
  const lostAt = secondOf(hint?.at ?? fact.at);
  // An impossible time (a mistake of Meta or of somebody else) is not measured from. The receipt still is.
  const isSane = lostAt >= EARLIEST && lostAt <= at;
  return {
    how: "announced",
    lostAt: isSane ? lostAt : null,
    announcedAt,
    lostAfter: null,
    detectionMs: isSane ? since(lostAt, at) : null,
    receiptMs: since(announcedAt, at),
  };
}

/**
 * A hint's `at` lies at the end of the second that Meta named (rule 1). Its beginning is the time that Meta
 * wrote.
 */
const secondOf = (at: number): number => Math.floor(at / SECOND) * SECOND;
/**
 * Null: longer than anything that is measured. Meta repeats a webhook for 7 days. A longer time means an
 * outage or a clock that jumped.
 */
const since = (from: number, to: number): number | null => {
  const ms = Math.max(0, to - from);
  return ms > LONGEST_MEASURED ? null : ms;
};
const LONGEST_MEASURED = 8 * DAY;
/** The year 2001: Meta's times before it are mistakes. */
const EARLIEST = 1e12;

/**
 * The condition that closed the gate. Undefined for a closing by people: closed, offboarded or not adopted.
 */
function lostOf(
  record: ShareRecord,
  status: StatusRow["status"],
): { condition: string; fact: Fact } | undefined {
  if (status === "permission_removed" || status === "disabled") {
    const condition = status === "disabled" ? "MessagingAllowed" : lostConditionOf(record);
    return condition === null ? undefined : { condition, fact: record.facts[condition] };
  }
  if (status !== "reconnecting" && status !== "disconnected") return undefined;
  const conditions = status === "reconnecting" ? COMPANION : NUMBER;
  const lost = Object.values(record.numbers)
    .flatMap(({ facts }) => conditions.map((condition) => ({ condition, fact: facts[condition] })))
    .filter(({ fact }) => fact.status === "False");
  // The WABA is lost with the last of its numbers.
  return lost.sort((a, b) => b.fact.since - a.fact.since)[0];
}

const COMPANION = ["CompanionLinked"] as const;
const NUMBER = ["NumberConnected", "CompanionLinked"] as const;

/** The parts of an open episode that decide how it ended. */
export interface OpenLoss {
  condition: string;
  lostAt: number | null;
  announcedAt: number | null;
  lostAfter: number | null;
  closedAt: number;
}

/**
 * How an open loss ends with this transition; undefined when it goes on.
 *
 * @param record what was remembered before the transition
 * @param signs what was received since the closing, oldest first
 */
export function endingOf(
  loss: OpenLoss,
  record: ShareRecord,
  transition: Transition,
  signs: readonly Sign[],
): Ending | undefined {
  const { status, gate } = transition.after;
  // A gate that a person opened while nothing was known measures nothing either.
  const isOpenedByHand = status === "unknown" && gate === "open";
  if (status === "closed" || status === "offboarded" || status === "discovered" || isOpenedByHand)
    return { outcome: "set_aside", sign: null, resumeHow: null, resumeMs: null };
  if (gate !== "open") return undefined;
  const missedAt = newestMiss(loss, record);
  const reported = signsSince(loss, record, signs);
  if (isRefuted(loss, transition, missedAt, reported))
    return { outcome: "refuted", sign: null, resumeHow: null, resumeMs: null };
  // A sign followed so much later by a bad probe did not announce the successful repair. A later sign did.
  const sign =
    reported.find((candidate) => missedAt === null || candidate.at > missedAt - AFTER_REPAIR) ?? null;
  const from = sign?.at ?? missedAt ?? loss.closedAt;
  return {
    outcome: "reopened",
    sign,
    resumeHow: sign === null ? "probed" : "announced",
    resumeMs: since(from, transition.at),
  };
}

/** The conditions whose probes concern a loss: full control is lost and restored with the share. */
function factsOf({ condition }: OpenLoss, record: ShareRecord): Fact[] {
  if (condition === "NumberConnected" || condition === "CompanionLinked")
    return Object.values(record.numbers).map(({ facts }) => facts[condition]);
  if (condition === "Shared" || condition === "FullControl")
    return [record.facts.Shared, record.facts.FullControl];
  return [record.facts[condition as WabaCondition]];
}

/** When the newest probe that found it missing was sent, of those since the loss. */
function newestMiss(loss: OpenLoss, record: ShareRecord): number | null {
  const earliest = loss.lostAt ?? loss.lostAfter ?? loss.announcedAt ?? 0;
  const missed = factsOf(loss, record)
    .map((fact) => fact.missedAt ?? 0)
    .filter((at) => at > 0 && at >= earliest);
  return missed.length === 0 ? null : Math.max(...missed);
}

/** From when a sign may announce the repair of this loss. A suspect notice closes only after its probes. */
export function signsFrom({ announcedAt, closedAt }: Pick<OpenLoss, "announcedAt" | "closedAt">): number {
  return Math.min(announcedAt ?? closedAt, closedAt);
}

/** Signs of a repair of this loss: neither from before it, nor from before a later notice of another loss. */
function signsSince(loss: OpenLoss, record: ShareRecord, signs: readonly Sign[]): Sign[] {
  const hints = record.hints
    .filter(({ condition }) => condition === loss.condition)
    .map(({ at }) => secondOf(at));
  const lostAt = Math.max(loss.lostAt ?? loss.lostAfter ?? 0, ...hints);
  const finishedAt = record.signupFinishedAt;
  const signup: Sign[] =
    finishedAt === null || finishedAt < signsFrom(loss)
      ? []
      : [{ name: "signup", at: finishedAt, saidAt: finishedAt }];
  return [...signs, ...signup]
    .filter(({ saidAt, at }) => (saidAt ?? at) >= lostAt)
    .sort((a, b) => a.at - b.at);
}

/**
 * Closed by a notice, opened by a probe, and nothing in between confirmed the loss. No probe can prove a
 * companion, nor refute its loss.
 */
function isRefuted(
  loss: OpenLoss,
  transition: Transition,
  missedAt: number | null,
  reported: readonly Sign[],
): boolean {
  const { repair } = transition.record;
  const byProbe =
    repair?.how === "proof" && repair.at === transition.at && loss.condition !== "CompanionLinked";
  return loss.announcedAt !== null && byProbe && missedAt === null && reported.length === 0;
}
