import { decideFact, isNamed, WABA_CONDITIONS, type Fact, type WabaCondition } from "../model/fact.ts";
import { DOUBTED_REASON, isLosable } from "./incident.ts";
import { isLate } from "./stale-replies.ts";
import type { Answer, Look, NumberLook } from "../model/probe-result.ts";
import { addDueLooks, newNumberMemory, type ClosingHint, type ShareMemory } from "../model/share-record.ts";
import { loseFullControl } from "./observe-hint.ts";
import { observeWorking } from "./observe-setup.ts";
import { NOT_PROVEN_WHILE_OBSERVING } from "../model/reason.ts";
import { isRequired } from "../model/partner-model.ts";
import {
  AFTER_REPAIR,
  ALERT_FOR,
  BAD_REPEAT,
  BAD_REPEAT_AFTER_REPAIR,
  CHECK_DISTRUSTS_FOR,
  FAILED_LOOKS,
  FAILED_REPEAT,
  FRESH_FENCE,
  HINT_COUNTS_FOR,
  SIGNUP_FENCE,
  SUSPECT_FENCE,
} from "../model/timings.ts";

/** Rules 3 to 8 for one look. It answers or fails per condition. */
export function observeLook(draft: ShareMemory, look: Look, now: number): void {
  draft.dueLooks = draft.dueLooks.filter((instant) => instant > look.askedAt);
  const isNewest = look.askedAt >= (draft.lookedAt ?? 0);
  if (isNewest) {
    draft.lookedAt = look.askedAt;
    draft.silence = silenceOf(draft, look);
    draft.heldUntil = null;
    observeWorking(draft, look);
  }
  observeWrite(draft, look);
  for (const condition of WABA_CONDITIONS) {
    const answer = look.answers[condition];
    if (answer !== undefined) observeAnswer(draft, condition, answer, look, now);
  }
  observeNumbers(draft, look, now);
  if (look.kind !== null) observeKind(draft, look.kind, look.askedAt);
  rememberProof(draft, look);
  if (isNewest && hasJudged(draft, look)) delete draft.observing;
  const isAlert = draft.alertAt !== null && now - draft.alertAt <= ALERT_FOR;
  if (draft.silence !== null && isAlert) repeatSoon(draft, now);
}

/** One that is due sooner is the repetition: with one more for each of the looks of a hint they would follow each other without a pause. */
function repeatSoon(draft: ShareMemory, now: number): void {
  if (draft.dueLooks.every((instant) => instant > now + FAILED_REPEAT))
    addDueLooks(draft, [now + FAILED_REPEAT]);
}

/** A look that may write has said whether the share stands with full control: what was held back while observing counts from now on. */
function hasJudged({ facts, heldUntil }: ShareMemory, { mayWrite, answers }: Look): boolean {
  if (mayWrite !== true || heldUntil !== null) return false;
  const isAnswered =
    answers.Shared?.verdict === "bad" ||
    (answers.Shared?.verdict === "true" &&
      answers.FullControl !== undefined &&
      answers.FullControl.verdict !== "none");
  return isAnswered && [facts.Shared, facts.FullControl].every(({ status }) => status !== "Unknown");
}

/** Why the newest look got no answer about the share itself, or null when it did. */
function silenceOf(draft: ShareMemory, look: Look): ShareMemory["silence"] {
  for (const condition of ["Shared", "FullControl"] as const) {
    const answer = look.answers[condition];
    if (isDoubted(draft, condition, answer, look)) return { reason: DOUBTED_REASON, ours: false };
    if (answer?.verdict === "none" && answer.reason !== NOT_PROVEN_WHILE_OBSERVING)
      return { reason: answer.reason, ours: answer.ours };
  }
  return null;
}

/** Rule 7: after a failed write only a passed one proves full control, and every look writes until one passes. */
function observeWrite(draft: ShareMemory, look: Look): void {
  if (look.write === "none" || look.askedAt < (draft.write.passedAt ?? 0)) return;
  if (look.write === "failed") {
    draft.write.mustPass = true;
    return;
  }
  draft.write.passedAt = look.askedAt;
  draft.write.wanted = false;
}

function observeAnswer(
  draft: ShareMemory,
  condition: WabaCondition,
  answer: Answer,
  look: Look,
  now: number,
): void {
  const fact = draft.facts[condition];
  if (isLate(draft, condition, answer, look)) return;
  if (answer.verdict === "true") {
    if (mayCount(draft, condition, answer, look.askedAt)) proveFact(draft, condition, look, now);
    else holdAnswer(draft, condition, look.askedAt);
    return;
  }
  if (answer.verdict === "none" && answer.reason === NOT_PROVEN_WHILE_OBSERVING) {
    draft.facts[condition] = unprovableFact(draft, fact, look, now);
    return;
  }
  if (answer.verdict === "none") {
    draft.facts[condition] = silenceFact(fact, answer, now);
    return;
  }
  if (isDoubted(draft, condition, answer, look)) {
    draft.facts[condition] = silenceFact(fact, { reason: DOUBTED_REASON }, now);
    return;
  }
  const hints = hintsOn(draft, condition).filter((hint) => isYoung(hint, look.askedAt));
  const isHeld = look.held === true && isLosable(condition);
  const { fact: judged, repeatAt } = judgeBad(draft, fact, answer, look, now, {
    hinted: hints.length > 0,
    isHeld,
  });
  draft.facts[condition] = judged;
  if (condition === "Shared") withdrawPartialControl(draft, answer);
  if (repeatAt !== null) addDueLooks(draft, [repeatAt]);
  if (condition === "Shared" && judged.status === "False") loseFullControl(draft, now);
}

/** Many WABAs fail together, no hint announced this one's loss, and it is not lost yet: its bad answer counts as silence. */
function isDoubted(
  draft: ShareMemory,
  condition: WabaCondition,
  answer: Answer | undefined,
  look: Look,
): boolean {
  if (look.distrusted !== true || answer?.verdict !== "bad" || !isLosable(condition)) return false;
  if (draft.facts[condition].status === "False") return false;
  return !hintsOn(draft, condition).some((hint) => isYoung(hint, look.askedAt));
}

/** "Partial control" is said only while the newest answer about the share itself is that it stands: a first bad look takes it back. */
function withdrawPartialControl(draft: ShareMemory, answer: { reason: string; words: string | null }): void {
  const control = draft.facts.FullControl;
  if (control.status !== "False" || control.reason !== "partial_control") return;
  draft.facts.FullControl = { ...control, reason: answer.reason, words: answer.words };
}

/** The hint that a bad look bears out: the loss bears its cause. */
function causeOf(draft: ShareMemory, fact: Fact): ClosingHint | undefined {
  return draft.hints.findLast((hint) => draft.facts[hint.condition] === fact);
}

/** Rules 3, 4 and 7: whether a True proof asked then refutes every hint against this condition. */
function mayCount(
  draft: ShareMemory,
  condition: WabaCondition,
  answer: { byWrite?: boolean },
  askedAt: number,
): boolean {
  if (condition === "FullControl" && draft.write.mustPass && answer.byWrite !== true) return false;
  // A loss outlives its hint where the share was proven and full control was not: its proof is younger than it.
  const fact = draft.facts[condition];
  if (fact.status === "False" && askedAt < fact.at) return false;
  return hintsAgainst(draft, condition).every((hint) => isRefuted(draft, hint, askedAt));
}

/**
 * The hints that a True answer must refute before it counts. What gives back one part of the permission opens the gate: it must not do so
 * while another part was announced to be lost.
 */
function hintsAgainst(draft: ShareMemory, condition: WabaCondition): ClosingHint[] {
  const isPermission = isLosable(condition) && draft.facts[condition].status === "False";
  if (!isPermission) return hintsOn(draft, condition);
  return draft.hints.filter((hint) => isLosable(hint.condition) && isRequired(draft, hint.condition));
}

function isRefuted(draft: ShareMemory, hint: ClosingHint, askedAt: number): boolean {
  return askedAt >= fenceOf(draft, hint);
}

/** The instant from which a True answer refutes the hint: Meta's reads may lag 3 s behind. */
function fenceOf(draft: ShareMemory, hint: ClosingHint): number {
  const fenceAt = hint.receivedAt + (hint.suspect ? SUSPECT_FENCE : FRESH_FENCE);
  const signupAt = draft.signupFinishedAt;
  const hasSignupSince = signupAt !== null && signupAt >= hint.receivedAt;
  return hasSignupSince ? Math.min(fenceAt, signupAt + SIGNUP_FENCE) : fenceAt;
}

/** It stands, as far as Meta shows, but a hint is too young to be refuted: no bad look, and no proof yet. */
function holdAnswer(draft: ShareMemory, condition: WabaCondition, askedAt: number): void {
  const fact = draft.facts[condition];
  draft.facts[condition] = { ...fact, lookedAt: askedAt, badAt: null, failedCount: 0 };
  const fences = hintsAgainst(draft, condition).map((hint) => fenceOf(draft, hint));
  if (fences.length === 0) return;
  draft.heldUntil = Math.max(draft.heldUntil ?? 0, ...fences);
  // The look that may refute comes as soon as it counts, even when the looks of the hint itself are gone by.
  addDueLooks(draft, [draft.heldUntil]);
}

/** The hints that speak against a condition: a lost share takes full control with it. */
function hintsOn(draft: ShareMemory, condition: WabaCondition): ClosingHint[] {
  return draft.hints.filter(
    (hint) => hint.condition === condition || (condition === "FullControl" && hint.condition === "Shared"),
  );
}

function isYoung(hint: ClosingHint, askedAt: number): boolean {
  return askedAt >= hint.receivedAt && askedAt - hint.receivedAt <= HINT_COUNTS_FOR;
}

/** A counted True proof ends the loss, its reason and the hints behind it. */
function proveFact(draft: ShareMemory, condition: WabaCondition, look: Look, now: number): void {
  const hadStopped = draft.facts[condition].status === "False";
  const proven = decideFact(draft.facts[condition], {
    status: "True",
    reason: "proven",
    source: "probe",
    at: look.askedAt,
    now,
  });
  draft.facts[condition] = { ...proven, lookedAt: look.askedAt };
  draft.hints = draft.hints.filter((hint) => hint.condition !== condition);
  if (condition === "FullControl") draft.write.mustPass = false;
  if (condition === "MessagingAllowed") forgetRestrictions(draft, hadStopped, now);
}

/** What stopped messages ends with the loss; a lesser restriction and a scheduled ban, which no look shows, warn until their end. */
function forgetRestrictions(draft: ShareMemory, hadStopped: boolean, now: number): void {
  draft.restrictions = hadStopped
    ? []
    : draft.restrictions.filter(({ until }) => until === null || until > now);
  if (hadStopped) draft.warning = null;
}

/** Rule 8: silence turns True into Unknown after two failed looks in a row; never False into anything. */
function silenceFact(fact: Fact, silent: { reason: string; words?: string }, now: number): Fact {
  const { reason, words = null } = silent;
  const failedCount = fact.failedCount + 1;
  const counted = { ...fact, failedCount, badAt: null };
  if (fact.status === "Unknown") return { ...counted, reason, words };
  if (fact.status === "False" || failedCount < FAILED_LOOKS) return counted;
  return {
    ...decideFact(counted, { status: "Unknown", reason, source: "probe", at: fact.at, now, words }),
    failedCount,
  };
}

/**
 * The share stands, and whether with full control nothing can prove while we only observe. What a lost share took with it is then not
 * known, for its loss has ended; it is never True. Like silence it takes two in a row to doubt what was proven.
 */
function unprovableFact(draft: ShareMemory, fact: Fact, look: Look, now: number): Fact {
  const reason = NOT_PROVEN_WHILE_OBSERVING;
  if (fact.status !== "False" || draft.facts.Shared.status !== "True")
    return silenceFact(fact, { reason }, now);
  const unknown = { status: "Unknown", reason, source: "probe", at: look.askedAt, now } as const;
  return { ...decideFact(fact, unknown), lookedAt: look.askedAt };
}

/** Rule 6: with a young admitted hint one bad look is enough; otherwise two in a row, some time apart. */
function judgeBad(
  draft: ShareMemory,
  fact: Fact,
  answer: { reason: string; words: string | null },
  look: Look,
  now: number,
  { hinted, isHeld }: { hinted: boolean; isHeld: boolean },
): { fact: Fact; repeatAt: number | null } {
  const seen: Fact = { ...fact, lookedAt: look.askedAt, missedAt: look.askedAt, failedCount: 0 };
  if (fact.status === "False")
    return { fact: { ...seen, ...reasonWhileFalse(draft, fact, answer, look.askedAt) }, repeatAt: null };
  const gapMs = badGapMs(draft, look);
  // A bad look from before a repair is no first of two: it told of a world that is gone.
  const firstAt = fact.badAt !== null && fact.badAt >= (draft.repair?.at ?? 0) ? fact.badAt : null;
  const isSecond =
    !isHeld && firstAt !== null && (look.askedAt - firstAt >= gapMs || (look.waited && gapMs <= BAD_REPEAT));
  if (!hinted && !isSecond) {
    const repeatAt = look.askedAt + (gapMs === Infinity ? BAD_REPEAT_AFTER_REPAIR : gapMs);
    return {
      fact: { ...seen, badAt: firstAt ?? look.askedAt },
      repeatAt: firstAt === null || isHeld ? repeatAt : null,
    };
  }
  const hint = hinted ? causeOf(draft, fact) : undefined;
  if (hint !== undefined) hint.closed = true;
  const decided = decideFact(seen, {
    status: "False",
    reason: hint?.reason ?? answer.reason,
    source: hint === undefined ? "probe" : "event",
    at: hint?.receivedAt ?? look.askedAt,
    now,
    words: hint?.words ?? answer.words,
  });
  return { fact: decided, repeatAt: null };
}

/** Within one loss a cause that an event named stays; a share that is seen to stand has ended that loss, and what is left is partial. */
function reasonWhileFalse(
  draft: ShareMemory,
  fact: Fact,
  answer: { reason: string; words: string | null },
  askedAt: number,
): Partial<Fact> {
  const mayReplace =
    answer.reason === "partial_control" ? draft.facts.Shared.status === "True" : !isNamed(fact);
  if (!mayReplace || fact.reason === answer.reason) return {};
  // Found by this look: when it became so is not known, and what was proven before another loss says nothing of it.
  return { reason: answer.reason, source: "probe", words: answer.words, at: askedAt, lastTrueAt: null };
}

/** How far apart two bad looks must be to count; Infinity: they do not count yet. */
function badGapMs(draft: ShareMemory, look: Look): number {
  const { repair } = draft;
  if (repair === null || repair.how === "import" || look.askedAt - repair.at >= AFTER_REPAIR)
    return BAD_REPEAT;
  if (look.trigger !== "check") return BAD_REPEAT_AFTER_REPAIR;
  return look.askedAt - repair.at < CHECK_DISTRUSTS_FOR ? Infinity : BAD_REPEAT;
}

function observeNumbers(draft: ShareMemory, look: Look, now: number): void {
  for (const [numberId, seen] of Object.entries(look.numbers))
    observeNumber(draft, numberId, seen, look, now);
  if (!look.numbersComplete) return;
  for (const [numberId, number] of Object.entries(draft.numbers)) {
    if (numberId in look.numbers) continue;
    const gone: Answer = { verdict: "bad", reason: "number_deleted", words: null };
    observeNumber(
      draft,
      numberId,
      { phoneNumberId: number.phoneNumberId, connected: gone, coexistence: null },
      look,
      now,
    );
  }
}

function observeNumber(
  draft: ShareMemory,
  numberId: string,
  seen: NumberLook,
  look: Look,
  now: number,
): void {
  const number = (draft.numbers[numberId] ??= newNumberMemory(seen.phoneNumberId, now));
  number.phoneNumberId = seen.phoneNumberId;
  if (seen.coexistence !== null) number.coexistence = number.coexistence || seen.coexistence;
  const fact = number.facts.NumberConnected;
  if (look.askedAt < fact.at) return;
  const { connected } = seen;
  if (connected.verdict === "none") {
    number.facts.NumberConnected = silenceFact(fact, connected, now);
  } else if (connected.verdict === "true") {
    const proof = { status: "True", reason: "proven", source: "probe", at: look.askedAt, now } as const;
    number.facts.NumberConnected = { ...decideFact(fact, proof), lookedAt: look.askedAt };
  } else {
    const { fact: judged, repeatAt } = judgeBad(draft, fact, connected, look, now, {
      hinted: false,
      isHeld: false,
    });
    number.facts.NumberConnected = judged;
    if (repeatAt !== null) addDueLooks(draft, [repeatAt]);
  }
}

/** Once coexistence, it stays so until a new signup: a platform reading after that is a number between two lives. */
function observeKind(draft: ShareMemory, kind: ShareMemory["kind"]["value"], askedAt: number): void {
  if (kind === "coexistence") draft.everCoexistence = true;
  if (draft.kind.value === kind || (draft.kind.value === "coexistence" && kind === "platform")) return;
  if (kind !== "unknown") draft.kind = { value: kind, at: askedAt };
}

function rememberProof(draft: ShareMemory, look: Look): void {
  const { Shared: shared, FullControl: control } = draft.facts;
  // An answer that a young hint holds back is no proof.
  const provenNow = [shared, control].every((fact) => fact.status === "True" && fact.at === look.askedAt);
  if (!provenNow) return;
  draft.provenAt = look.askedAt;
  draft.signupOpen = false;
}
