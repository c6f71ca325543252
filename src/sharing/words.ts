import en from "../texts/en.json" with { type: "json" };
import { fillText } from "../texts/fill-text.ts";
import { isKnownReason } from "./reason.ts";
import type { ConditionState, ShareState } from "./state.ts";

/** The names that sentences need. */
export interface Names {
  client: string;
  partner: string;
  wabaId: string;
}

const SENTENCES: Record<string, { label: string; sentence: string }> = en.reason;

/** A reason in two or three words. Meta's own word stands as sent where it is new. */
export function reasonLabelOf(reason: string): string {
  return fillText(rowOf(reason).label, { word: wordOf(reason) });
}

/** A reason as a sentence: plain, calm, no blame. */
export function reasonSentenceOf(reason: string, names: Names): string {
  return fillText(rowOf(reason).sentence, {
    client: names.client,
    partner: names.partner,
    word: wordOf(reason),
  });
}

function rowOf(reason: string): { label: string; sentence: string } {
  const known = isKnownReason(reason) || reason === "proven" ? SENTENCES[reason] : undefined;
  return known ?? en.reason.meta_word;
}

const wordOf = (reason: string): string => reason.replace(/^meta:/, "");

/** "3 March 2026 at 14:05:09 UTC": a sentence is read in logs and mails too, so it names its zone. */
export function instantOf(ms: number): string {
  const date = new Intl.DateTimeFormat("en-GB", {
    day: "numeric",
    month: "long",
    year: "numeric",
    timeZone: "UTC",
  });
  const time = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium", timeZone: "UTC" });
  return `${date.format(ms)} at ${time.format(ms)} UTC`;
}

/** When a loss happened: Meta's word with its time, or the two looks between which it fell; never a made-up minute. */
export function whenOf(condition: ConditionState): string {
  if (condition.source === "event") return fillText(en.when.event, { at: instantOf(condition.decidedAt) });
  if (condition.source !== "probe") return "";
  if (condition.lastTrueAt === null) return fillText(en.when.found, { at: instantOf(condition.decidedAt) });
  return fillText(en.when.between, {
    from: instantOf(condition.lastTrueAt),
    to: instantOf(condition.decidedAt),
  });
}

/** The message of a condition: what is known and how. */
export function conditionMessageOf(condition: ConditionState, names: Names): string {
  if (condition.status === "True")
    return condition.lookedAt === null ? "" : fillText(en.when.proven, { at: instantOf(condition.lookedAt) });
  if (condition.reason === "not_yet_proven") return en.when.unproven;
  const sentence = reasonSentenceOf(condition.reason, names);
  return condition.status === "False" ? joinSentences(sentence, whenOf(condition)) : sentence;
}

export function whoSentenceOf(who: ShareState["who"], names: Names): string {
  return fillText(en.who[who], { client: names.client, partner: names.partner });
}

/** One plain answer for operators: the cause, when, and since when messages have stopped. */
export function summaryOf(state: ShareState, names: Names): string {
  if (state.status === "offboarded") return en.live.offboarded;
  if (state.status === "live") {
    const ready = state.conditions.find((condition) => condition.type === "Ready");
    if (ready === undefined || ready.status === "True") return en.live.well;
    return fillText(en.live.limps, { sentence: reasonSentenceOf(ready.reason, names) });
  }
  const reason = state.reason ?? "not_yet_proven";
  const cause = state.conditions.find(
    (condition) => condition.status === "False" && condition.reason === reason,
  );
  const stopped = state.gate === "closed" && state.adoption === "adopted";
  return joinSentences(
    reasonSentenceOf(reason, names),
    cause === undefined ? "" : whenOf(cause),
    stopped ? fillText(en.when.since, { since: instantOf(state.since) }) : "",
  );
}

export function joinSentences(...sentences: string[]): string {
  return sentences.filter((sentence) => sentence !== "").join(" ");
}
