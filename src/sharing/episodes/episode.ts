import type { Fact, WabaCondition } from "../model/fact.ts";
import type { ShareRecord } from "../model/share-record.ts";
import type { Turn } from "../record/record-observation.ts";
import { AFTER_REPAIR, DAY, SECOND } from "../model/timings.ts";
import { lostConditionOf, type StatusRow } from "../status/status.ts";

/**
 * One loss of one WABA, from the closing of its gate to its end: what the figures are counted from. Instants and durations in ms.
 *
 * A loss that Meta announced is dated by the notice, to the second. One that was found by looking is only known to be younger than
 * the last proof: its duration is an upper bound, and is never mixed with the others.
 */
export interface Loss {
  condition: string;
  reason: string;
  how: How;
  /** Announced: the second that Meta named, so that what is measured from it is at most a second too long. */
  lostAt: number | null;
  announcedAt: number | null;
  /** Looked: the last proof before it. */
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
 * - `refuted`: a false close. A notice closed the gate; a look proved the opposite; in between no look had found it missing and nothing
 *   had announced a repair. A removal that was repaired unseen and unannounced between two looks counts as one too: rather too many.
 * - `set_aside`: a person closed or ended the WABA while it was lost, so that its opening measures nothing.
 */
type Outcome = "reopened" | "refuted" | "set_aside";

/** What told us that a repair was under way: never a proof. */
export interface Sign {
  name: "partner_added" | "app_installed" | "reconnected" | "reinstated" | "signup";
  /** When we received it. */
  at: number;
  /** What Meta says about when it was, ms; null when it does not say. */
  saidAt: number | null;
}

/** The loss that begins with this turn; undefined when it does not close the gate by a loss. */
export function lossOf(turn: Turn): Loss | undefined {
  if (turn.before?.gate !== "open" || turn.after.gate !== "closed") return undefined;
  const lost = lostOf(turn.record, turn.after.status);
  if (lost === undefined) return undefined;
  const { condition, fact } = lost;
  const reason = turn.after.reason ?? fact.reason;
  if (fact.source === "event") return { condition, reason, ...announcedOf(turn, condition, fact) };
  const lostAfter = fact.lastTrueAt;
  const detectionMs = lostAfter === null ? null : since(lostAfter, turn.at);
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

function announcedOf({ record, at }: Turn, condition: string, fact: Fact): Announced {
  const hint = record.hints.findLast(
    (known) => known.condition === condition && known.receivedAt === fact.at,
  );
  const offboarded = Object.values(record.numbers).find(
    ({ facts }) => facts.CompanionLinked === fact,
  )?.offboarded;
  const announcedAt = Math.min(hint?.receivedAt ?? offboarded?.at ?? fact.at, at);
  const lostAt = secondOf(hint?.at ?? fact.at);
  // A time that cannot be (Meta's or somebody's mistake) is not measured from; the receipt still is.
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

/** A hint's `at` lies within the second that Meta named, at its end (rule 1): its beginning is the time that Meta wrote. */
const secondOf = (at: number): number => Math.floor(at / SECOND) * SECOND;
/** Null: longer than anything that is measured. Meta repeats a webhook for 7 days: what is older fell into an outage, or a clock jumped. */
const since = (from: number, to: number): number | null => {
  const ms = Math.max(0, to - from);
  return ms > LONGEST_MEASURED ? null : ms;
};
const LONGEST_MEASURED = 8 * DAY;
/** The year 2001: Meta's times before it are mistakes. */
const EARLIEST = 1e12;

/** The condition that closed the gate. Undefined for what is no loss: closed, ended or not yet adopted by people. */
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
  // The WABA stands until its last number falls.
  return lost.sort((a, b) => b.fact.since - a.fact.since)[0];
}

const COMPANION = ["CompanionLinked"] as const;
const NUMBER = ["NumberConnected", "CompanionLinked"] as const;

/** What of an open episode decides how it ended. */
export interface OpenLoss {
  condition: string;
  lostAt: number | null;
  announcedAt: number | null;
  lostAfter: number | null;
  closedAt: number;
}

/**
 * How an open loss ends with this turn; undefined when it goes on.
 *
 * @param memory what was remembered before the turn
 * @param signs what was received since the closing, oldest first
 */
export function endingOf(
  loss: OpenLoss,
  record: ShareRecord,
  turn: Turn,
  signs: readonly Sign[],
): Ending | undefined {
  const { status, gate } = turn.after;
  // What a person opened while nothing was known measures nothing either.
  const isOpenedByHand = status === "unknown" && gate === "open";
  if (status === "closed" || status === "offboarded" || status === "discovered" || isOpenedByHand)
    return { outcome: "set_aside", sign: null, resumeHow: null, resumeMs: null };
  if (gate !== "open") return undefined;
  const missedAt = newestMiss(loss, record);
  const told = signsSince(loss, record, signs);
  if (isRefuted(loss, turn, missedAt, told))
    return { outcome: "refuted", sign: null, resumeHow: null, resumeMs: null };
  // A repair that was still found missing so long after its sign was not that one: the sign of the one that held comes later.
  const sign = told.find((candidate) => missedAt === null || candidate.at > missedAt - AFTER_REPAIR) ?? null;
  const from = sign?.at ?? missedAt ?? loss.closedAt;
  return {
    outcome: "reopened",
    sign,
    resumeHow: sign === null ? "probed" : "announced",
    resumeMs: since(from, turn.at),
  };
}

/** Conditions whose looks speak about a loss: full control falls and stands with the share. */
function factsOf({ condition }: OpenLoss, record: ShareRecord): Fact[] {
  if (condition === "NumberConnected" || condition === "CompanionLinked")
    return Object.values(record.numbers).map(({ facts }) => facts[condition]);
  if (condition === "Shared" || condition === "FullControl")
    return [record.facts.Shared, record.facts.FullControl];
  return [record.facts[condition as WabaCondition]];
}

/** When the newest look that found it missing was asked, of those since the loss. */
function newestMiss(loss: OpenLoss, record: ShareRecord): number | null {
  const earliest = loss.lostAt ?? loss.lostAfter ?? loss.announcedAt ?? 0;
  const missed = factsOf(loss, record)
    .map((fact) => fact.missedAt ?? 0)
    .filter((at) => at > 0 && at >= earliest);
  return missed.length === 0 ? null : Math.max(...missed);
}

/** From when a sign may be one of this loss's repair: a suspect notice closes only after its looks. */
export function signsFrom({ announcedAt, closedAt }: Pick<OpenLoss, "announcedAt" | "closedAt">): number {
  return Math.min(announcedAt ?? closedAt, closedAt);
}

/** Signs of a repair of this loss: not told of a time before it, nor before a later notice that it is lost again. */
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

/** Closed by a notice, opened by a look, and nothing in between spoke for the loss. No look can prove a companion, nor refute its loss. */
function isRefuted(loss: OpenLoss, turn: Turn, missedAt: number | null, told: readonly Sign[]): boolean {
  const { repair } = turn.record;
  const byProbe = repair?.how === "proof" && repair.at === turn.at && loss.condition !== "CompanionLinked";
  return loss.announcedAt !== null && byProbe && missedAt === null && told.length === 0;
}
