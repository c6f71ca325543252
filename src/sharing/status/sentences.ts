import { english, type EnglishKey } from "../../messages/english.ts";
import { EMPLOYEE, isKnownReason } from "../model/reason.ts";
import { areMessagesSent } from "./sending-claim.ts";
import { refusalMessageOf } from "./sending.ts";
import type { ConditionState, ShareState } from "./share-state.ts";

/** The names that sentences need. */
export interface Names {
  client: string;
  partner: string;
  wabaId: string;
  /** Messages are sent with the client's own token, so `provider_token_invalid` is about that token. */
  sendsWithClientToken?: boolean;
  /** Observe mode: a closed status stops no messages. */
  isObserved?: boolean;
  /** Enforced since then, and not yet judged by a probe that may write: messages pass until that probe. */
  isPending?: boolean;
}

/** A reason as a sentence: plain, calm, no blame. */
export function reasonSentenceOf(reason: string, names: Names): string {
  const isClientToken = reason === "provider_token_invalid" && names.sendsWithClientToken === true;
  const key = isClientToken ? clientTokenKeyOf(names) : reasonKeyOf(reason);
  return english(key, { client: names.client, partner: names.partner, word: wordOf(reason) });
}

/** A promise is made only where something may be written. */
const clientTokenKeyOf = ({ isObserved }: Names): EnglishKey =>
  `provider_token_invalid.${isObserved === true ? "client_token_observed" : "client_token"}`;

const reasonKeyOf = (reason: string): EnglishKey =>
  isKnownReason(reason) || reason === "proven" ? `reason.${reason}` : "reason.meta_word";

const wordOf = (reason: string): string => reason.replace(/^meta:/, "");

const DAY = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "long",
  year: "numeric",
  timeZone: "UTC",
});
const TIME = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium", timeZone: "UTC" });

/** "3 March 2026 at 14:05:09 UTC". The sentence also appears in logs and mails, so it names its zone. */
export function instantOf(ms: number): string {
  return `${DAY.format(ms)} at ${TIME.format(ms)} UTC`;
}

/**
 * When a loss happened: Meta's event with its time, or the two probes between which it fell. Never an
 * invented minute.
 */
export function whenOf(condition: ConditionState): string {
  if (condition.source === "event") return eventSentenceOf(condition);
  if (condition.source !== "probe") return "";
  if (condition.lastTrueAt === null) return english("when.found", { at: instantOf(condition.decidedAt) });
  return betweenOf(condition.lastTrueAt, condition.decidedAt);
}

/** Whether the loss rests on the event alone, or a probe has found the share missing since. */
function eventSentenceOf({ decidedAt, confirmedAt = null }: ConditionState): string {
  const at = instantOf(decidedAt);
  if (confirmedAt === null) return english("when.event", { at });
  return english("when.event_confirmed", { at });
}

/** The day is written once when both instants fall on it. */
function betweenOf(from: number, to: number): string {
  const sameDay = DAY.format(from) === DAY.format(to);
  return english("when.between", {
    from: instantOf(from),
    to: sameDay ? `${TIME.format(to)} UTC` : instantOf(to),
  });
}

/** The message of a condition: what is known, and from which source. */
export function conditionMessageOf(condition: ConditionState, names: Names): string {
  if (condition.type === "Ready" && condition.status === "True") return english("when.ready");
  if (condition.status === "True")
    return condition.probedAt === null ? "" : english("when.proven", { at: instantOf(condition.probedAt) });
  const sentence = conditionSentenceOf(condition, names);
  return condition.status === "False" ? joinSentences(sentence, whenOf(condition)) : sentence;
}

/** Whether "no longer" would be wrong: no probe had proven the share before the first one that missed it. */
function wasNeverShared({ reason, source, lastTrueAt }: ConditionState): boolean {
  return reason === "unspecified" && source === "probe" && lastTrueAt === null;
}

const neverSharedOf = (names: Names): string =>
  english("never_shared", { client: names.client, partner: names.partner });

/** Names the condition that is not proven yet: an unproven share says nothing about a number's link. */
function conditionSentenceOf(condition: ConditionState, names: Names): string {
  if (isEmployee(condition)) return employeeSentenceOf(names);
  if (wasNeverShared(condition)) return neverSharedOf(names);
  if (condition.reason !== "not_yet_proven") return reasonSentenceOf(condition.reason, names);
  const type = condition.of ?? condition.type;
  return english(`unproven.${type}`, { client: names.client, partner: names.partner });
}

/** Meta's refusal is our own fault: the system user is an employee that was not assigned to this WABA. */
const isEmployee = ({ reason, metaMessage }: ConditionState): boolean =>
  reason === "provider_token_invalid" && metaMessage === EMPLOYEE;

const employeeSentenceOf = (names: Names): string =>
  english("provider_token_invalid.employee", { client: names.client, partner: names.partner });

export function whoSentenceOf(who: ShareState["who"], names: Names): string {
  return english(`who.${who}`, { client: names.client, partner: names.partner });
}

/** One plain answer for operators: the cause, the time, and that messages have stopped. */
export function summaryOf(state: ShareState, names: Names): string {
  if (state.status === "offboarded") return english("live.offboarded");
  if (state.status === "live") return liveSummaryOf(state, names);
  if (state.status === "discovered") return foundSummaryOf(state, names);
  const reason = state.reason ?? "not_yet_proven";
  const cause = state.conditions.find(
    (condition) => condition.status === "False" && condition.reason === reason,
  );
  const when = cause === undefined ? "" : whenOf(cause);
  const stopped = state.gate === "closed" && state.adoption === "adopted";
  const stoppedSentence = isNeverShared(state)
    ? english("when.never")
    : stoppedSentenceOf(state.since, { ...names, isDated: when !== "" });
  const endsAt = state.operatorClose?.until ?? null;
  const ends = endsAt === null ? "" : english("when.close_ends", { at: instantOf(endsAt) });
  return joinSentences(causeSentenceOf(state, names), when, stopped ? stoppedSentence : "", ends);
}

/** The cause of a WABA's status, as one sentence. */
export function causeSentenceOf(state: Pick<ShareState, "reason" | "conditions">, names: Names): string {
  const reason = state.reason ?? "not_yet_proven";
  if (reason === "provider_token_invalid" && state.conditions.some(isEmployee))
    return employeeSentenceOf(names);
  return isNeverShared(state) ? neverSharedOf(names) : reasonSentenceOf(reason, names);
}

/** It is lost, and was never seen shared: imported in that state. */
export function isNeverShared({ reason, conditions }: Pick<ShareState, "reason" | "conditions">): boolean {
  return conditions.some((condition) => condition.reason === reason && wasNeverShared(condition));
}

/** A share that was found may be gone again, or may never have existed if only a notice reported it. */
function foundSummaryOf(state: ShareState, names: Names): string {
  const shared = state.conditions.find(({ type }) => type === "Shared")?.status;
  if (shared === "True") return reasonSentenceOf("not_adopted", names);
  return english(shared === "False" ? "live.found_gone" : "live.found_unproven", {
    client: names.client,
    partner: names.partner,
  });
}

/** "Since" needs its instant only where no sentence before it named one. In observe mode nothing stops. */
function stoppedSentenceOf(
  since: number,
  { isDated, isObserved, isPending }: Pick<Names, "isObserved" | "isPending"> & { isDated: boolean },
): string {
  if (isPending === true) return english("when.pending");
  if (isObserved === true) return english("when.observed");
  return isDated ? english("when.stopped") : english("when.since", { since: instantOf(since) });
}

function liveSummaryOf(state: ShareState, names: Names): string {
  if (state.numbers.length === 0)
    return hasNoNumber(state) ? english("live.no_numbers") : english("live.numbers_unknown");
  const refused = refusedSentenceOf(state);
  if (refused !== "") return refused;
  const unready = unreadyConditionOf(state);
  if (unready === undefined) return wellSummaryOf(state);
  const sentence = conditionSentenceOf(unready, names);
  return english(areMessagesSent(state) ? "live.setup_issues" : "live.proven_but", { sentence });
}

/** Meta answered with a complete list, and it was empty (field case 12). */
const hasNoNumber = ({ setupIssues }: ShareState): boolean =>
  (setupIssues ?? []).some(({ reason }) => reason === "no_numbers");

/** All conditions are True. Setup issues are named, and only warn. */
function wellSummaryOf(state: ShareState): string {
  const what = setupIssuesSentenceOf(state);
  const isSent = areMessagesSent(state);
  if (what !== "") return english(isSent ? "live.with_issues" : "live.with_issues_proven", { what });
  if (isSent) return english("live.well");
  const word = (state.setupIssues ?? []).find(
    ({ check, reason }) => check === "number" && reason.startsWith("meta:"),
  );
  const sentence = word === undefined ? "" : english("setup.word", { word: wordOf(word.reason) });
  return english("live.proven_but", { sentence }).trim();
}

/** Which messages Meta refuses, since when, and what to do; empty when it refuses none. */
function refusedSentenceOf({ numbers }: ShareState): string {
  const refused = numbers.flatMap(({ sending }) => (sending === undefined ? [] : [sending]));
  const oldest = refused.toSorted((a, b) => a.since - b.since)[0];
  if (oldest === undefined) return "";
  const { since } = oldest;
  return english("live.refused", {
    count: refused.length,
    total: numbers.length,
    since: instantOf(since),
    metaMessage: refusalMessageOf(oldest),
  });
}

/** "payment method, number": each setup issue once; empty when there is none. */
export function setupIssuesSentenceOf({ setupIssues }: Pick<ShareState, "setupIssues">): string {
  const broken = (setupIssues ?? []).filter(({ verdict }) => verdict === "no");
  return [...new Set(broken.map(({ check }) => english(`labels.setup_check.${check}`).toLowerCase()))].join(
    ", ",
  );
}

/** The condition that keeps a live WABA from being ready. False comes before Unknown. */
function unreadyConditionOf(state: ShareState): ConditionState | undefined {
  const parts = [...state.conditions, ...state.numbers.flatMap((number) => number.conditions)];
  const required = parts.filter((part) => part.required);
  return (
    required.find((part) => part.status === "False") ?? required.find((part) => part.status === "Unknown")
  );
}

export function joinSentences(...sentences: string[]): string {
  return sentences.filter((sentence) => sentence !== "").join(" ");
}
