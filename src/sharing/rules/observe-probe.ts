import { decideFact, isNamed, WABA_CONDITIONS, type Fact, type WabaCondition } from "../model/fact.ts";
import { DOUBTED_REASON, isLosable } from "./incident.ts";
import { isLate } from "./stale-replies.ts";
import type { Answer, ProbeResult, NumberResult } from "../model/probe-result.ts";
import { addDueProbes, newNumberRecord, type ClosingHint, type ShareRecord } from "../model/share-record.ts";
import { loseFullControl } from "./observe-hint.ts";
import { observeSetup } from "./observe-setup.ts";
import { NOT_PROVEN_WHILE_OBSERVING } from "../model/reason.ts";
import { isRequired } from "../model/partner-model.ts";
import {
  AFTER_REPAIR,
  ALERT_FOR,
  BAD_REPEAT,
  BAD_REPEAT_AFTER_REPAIR,
  CHECK_DISTRUSTS_FOR,
  FAILED_PROBES,
  FAILED_REPEAT,
  FRESH_FENCE,
  HINT_COUNTS_FOR,
  SIGNUP_FENCE,
  SUSPECT_FENCE,
} from "../model/timings.ts";

/** Rules 3 to 8 for one probe. Each condition has its own answer. */
export function observeProbe(draft: ShareRecord, probe: ProbeResult, now: number): void {
  draft.dueProbes = draft.dueProbes.filter((instant) => instant > probe.askedAt);
  const isNewest = probe.askedAt >= (draft.probedAt ?? 0);
  if (isNewest) {
    draft.probedAt = probe.askedAt;
    draft.inconclusive = inconclusiveOf(draft, probe);
    draft.heldUntil = null;
    observeSetup(draft, probe);
  }
  observeWrite(draft, probe);
  for (const condition of WABA_CONDITIONS) {
    const answer = probe.answers[condition];
    if (answer !== undefined) observeAnswer(draft, condition, answer, probe, now);
  }
  observeNumbers(draft, probe, now);
  if (probe.kind !== null) observeKind(draft, probe.kind, probe.askedAt);
  rememberProof(draft, probe);
  if (isNewest && hasJudged(draft, probe)) delete draft.observing;
  const isAlert = draft.alertAt !== null && now - draft.alertAt <= ALERT_FOR;
  if (draft.inconclusive !== null && isAlert) repeatSoon(draft, now);
}

/**
 * A probe that is due sooner serves as the repetition. One more for each due probe of a hint would mean
 * probes without a pause.
 */
function repeatSoon(draft: ShareRecord, now: number): void {
  if (draft.dueProbes.every((instant) => instant > now + FAILED_REPEAT))
    addDueProbes(draft, [now + FAILED_REPEAT]);
}

/**
 * Whether a probe that may write has judged the share with full control. Decisions held back in observe mode
 * count from then on.
 */
function hasJudged({ facts, heldUntil }: ShareRecord, { mayWrite, answers }: ProbeResult): boolean {
  if (mayWrite !== true || heldUntil !== null) return false;
  const isAnswered =
    answers.Shared?.verdict === "bad" ||
    (answers.Shared?.verdict === "true" &&
      answers.FullControl !== undefined &&
      answers.FullControl.verdict !== "none");
  return isAnswered && [facts.Shared, facts.FullControl].every(({ status }) => status !== "Unknown");
}

/** Why the newest probe got no answer about the share itself; null when it did. */
function inconclusiveOf(draft: ShareRecord, probe: ProbeResult): ShareRecord["inconclusive"] {
  for (const condition of ["Shared", "FullControl"] as const) {
    const answer = probe.answers[condition];
    if (isDoubted(draft, condition, answer, probe)) return { reason: DOUBTED_REASON, ours: false };
    if (answer?.verdict === "none" && answer.reason !== NOT_PROVEN_WHILE_OBSERVING)
      return { reason: answer.reason, ours: answer.ours };
  }
  return null;
}

/**
 * Rule 7: after a failed write only a passed one proves full control, and every probe writes until one
 * passes.
 */
function observeWrite(draft: ShareRecord, probe: ProbeResult): void {
  if (probe.write === "none" || probe.askedAt < (draft.write.passedAt ?? 0)) return;
  if (probe.write === "failed") {
    draft.write.mustPass = true;
    return;
  }
  draft.write.passedAt = probe.askedAt;
  draft.write.wanted = false;
}

function observeAnswer(
  draft: ShareRecord,
  condition: WabaCondition,
  answer: Answer,
  probe: ProbeResult,
  now: number,
): void {
  const fact = draft.facts[condition];
  if (isLate(draft, condition, answer, probe)) return;
  if (answer.verdict === "true") {
    if (mayCount(draft, condition, answer, probe.askedAt)) proveFact(draft, condition, probe, now);
    else holdAnswer(draft, condition, probe.askedAt);
    return;
  }
  if (answer.verdict === "none" && answer.reason === NOT_PROVEN_WHILE_OBSERVING) {
    draft.facts[condition] = unprovableFact(draft, fact, probe, now);
    return;
  }
  if (answer.verdict === "none") {
    draft.facts[condition] = inconclusiveFact(fact, answer, now);
    return;
  }
  if (isDoubted(draft, condition, answer, probe)) {
    draft.facts[condition] = inconclusiveFact(fact, { reason: DOUBTED_REASON }, now);
    return;
  }
  const hints = hintsOn(draft, condition).filter((hint) => isYoung(hint, probe.askedAt));
  const isHeld = probe.held === true && isLosable(condition);
  const { fact: judged, repeatAt } = judgeBad(draft, fact, answer, probe, now, {
    hinted: hints.length > 0,
    isHeld,
  });
  draft.facts[condition] = judged;
  if (condition === "Shared") withdrawPartialControl(draft, answer);
  if (repeatAt !== null) addDueProbes(draft, [repeatAt]);
  if (condition === "Shared" && judged.status === "False") loseFullControl(draft, now);
}

/**
 * Whether the bad answer counts as no answer: many WABAs fail together, no hint announced this loss, and it
 * is not lost yet.
 */
function isDoubted(
  draft: ShareRecord,
  condition: WabaCondition,
  answer: Answer | undefined,
  probe: ProbeResult,
): boolean {
  if (probe.distrusted !== true || answer?.verdict !== "bad" || !isLosable(condition)) return false;
  if (draft.facts[condition].status === "False") return false;
  return !hintsOn(draft, condition).some((hint) => isYoung(hint, probe.askedAt));
}

/**
 * `partial_control` stands only while the newest answer about the share itself is True. A first bad probe
 * withdraws it.
 */
function withdrawPartialControl(draft: ShareRecord, answer: { reason: string; words: string | null }): void {
  const control = draft.facts.FullControl;
  if (control.status !== "False" || control.reason !== "partial_control") return;
  draft.facts.FullControl = { ...control, reason: answer.reason, words: answer.words };
}

/** The hint that a bad probe confirms. The loss takes its cause. */
function causeOf(draft: ShareRecord, fact: Fact): ClosingHint | undefined {
  return draft.hints.findLast((hint) => draft.facts[hint.condition] === fact);
}

/** Rules 3, 4 and 7: whether a True proof asked then refutes every hint against this condition. */
function mayCount(
  draft: ShareRecord,
  condition: WabaCondition,
  answer: { byWrite?: boolean },
  askedAt: number,
): boolean {
  if (condition === "FullControl" && draft.write.mustPass && answer.byWrite !== true) return false;
  // A loss outlives its hint where the share was proven and full control was not. Its proof is then newer
  // than the hint.
  const fact = draft.facts[condition];
  if (fact.status === "False" && askedAt < fact.at) return false;
  return hintsAgainst(draft, condition).every((hint) => isRefuted(draft, hint, askedAt));
}

/**
 * The hints that a True answer must refute before it counts. A proof of one part of the permission opens the
 * gate, so it must not count while another part was announced as lost.
 */
function hintsAgainst(draft: ShareRecord, condition: WabaCondition): ClosingHint[] {
  const isPermission = isLosable(condition) && draft.facts[condition].status === "False";
  if (!isPermission) return hintsOn(draft, condition);
  return draft.hints.filter((hint) => isLosable(hint.condition) && isRequired(draft, hint.condition));
}

function isRefuted(draft: ShareRecord, hint: ClosingHint, askedAt: number): boolean {
  return askedAt >= fenceOf(draft, hint);
}

/** The instant from which a True answer refutes the hint: Meta's reads may lag 3 s behind. */
function fenceOf(draft: ShareRecord, hint: ClosingHint): number {
  const fenceAt = hint.receivedAt + (hint.suspect ? SUSPECT_FENCE : FRESH_FENCE);
  const signupAt = draft.signupFinishedAt;
  const hasSignupSince = signupAt !== null && signupAt >= hint.receivedAt;
  return hasSignupSince ? Math.min(fenceAt, signupAt + SIGNUP_FENCE) : fenceAt;
}

/**
 * Meta shows it intact, but a hint is too young to be refuted. That is neither a bad probe nor a proof yet.
 */
function holdAnswer(draft: ShareRecord, condition: WabaCondition, askedAt: number): void {
  const fact = draft.facts[condition];
  draft.facts[condition] = { ...fact, probedAt: askedAt, badAt: null, failedCount: 0 };
  const fences = hintsAgainst(draft, condition).map((hint) => fenceOf(draft, hint));
  if (fences.length === 0) return;
  draft.heldUntil = Math.max(draft.heldUntil ?? 0, ...fences);
  // The probe that may refute is due as soon as it can count, even when the probes of the hint are over.
  addDueProbes(draft, [draft.heldUntil]);
}

/** The hints against a condition. A lost share takes full control with it. */
function hintsOn(draft: ShareRecord, condition: WabaCondition): ClosingHint[] {
  return draft.hints.filter(
    (hint) => hint.condition === condition || (condition === "FullControl" && hint.condition === "Shared"),
  );
}

function isYoung(hint: ClosingHint, askedAt: number): boolean {
  return askedAt >= hint.receivedAt && askedAt - hint.receivedAt <= HINT_COUNTS_FOR;
}

/** A counted True proof ends the loss, its reason and the hints behind it. */
function proveFact(draft: ShareRecord, condition: WabaCondition, probe: ProbeResult, now: number): void {
  const hadStopped = draft.facts[condition].status === "False";
  const proven = decideFact(draft.facts[condition], {
    status: "True",
    reason: "proven",
    source: "probe",
    at: probe.askedAt,
    now,
  });
  draft.facts[condition] = { ...proven, probedAt: probe.askedAt };
  draft.hints = draft.hints.filter((hint) => hint.condition !== condition);
  if (condition === "FullControl") draft.write.mustPass = false;
  if (condition === "MessagingAllowed") forgetRestrictions(draft, hadStopped, now);
}

/**
 * A restriction that stopped messages ends with the loss. A lesser restriction and a scheduled ban warn until
 * their end, because no probe shows them.
 */
function forgetRestrictions(draft: ShareRecord, hadStopped: boolean, now: number): void {
  draft.restrictions = hadStopped
    ? []
    : draft.restrictions.filter(({ until }) => until === null || until > now);
  if (hadStopped) draft.warning = null;
}

/** Rule 8: two failed probes in a row change True into Unknown. They never change False. */
function inconclusiveFact(fact: Fact, silent: { reason: string; words?: string }, now: number): Fact {
  const { reason, words = null } = silent;
  const failedCount = fact.failedCount + 1;
  const counted = { ...fact, failedCount, badAt: null };
  if (fact.status === "Unknown") return { ...counted, reason, words };
  if (fact.status === "False" || failedCount < FAILED_PROBES) return counted;
  return {
    ...decideFact(counted, { status: "Unknown", reason, source: "probe", at: fact.at, now, words }),
    failedCount,
  };
}

/**
 * The share is intact, but in observe mode nothing can prove full control. A loss that came with the share
 * has ended with it, so full control is then Unknown and never True. As in rule 8, two in a row are needed to
 * withdraw a proof.
 */
function unprovableFact(draft: ShareRecord, fact: Fact, probe: ProbeResult, now: number): Fact {
  const reason = NOT_PROVEN_WHILE_OBSERVING;
  if (fact.status !== "False" || draft.facts.Shared.status !== "True")
    return inconclusiveFact(fact, { reason }, now);
  const unknown = { status: "Unknown", reason, source: "probe", at: probe.askedAt, now } as const;
  return { ...decideFact(fact, unknown), probedAt: probe.askedAt };
}

/** Rule 6: with a young admitted hint one bad probe is enough; otherwise two in a row, some time apart. */
function judgeBad(
  draft: ShareRecord,
  fact: Fact,
  answer: { reason: string; words: string | null },
  probe: ProbeResult,
  now: number,
  { hinted, isHeld }: { hinted: boolean; isHeld: boolean },
): { fact: Fact; repeatAt: number | null } {
  const seen: Fact = { ...fact, probedAt: probe.askedAt, missedAt: probe.askedAt, failedCount: 0 };
  if (fact.status === "False")
    return { fact: { ...seen, ...reasonWhileFalse(draft, fact, answer, probe.askedAt) }, repeatAt: null };
  const gapMs = badGapMs(draft, probe);
  // A bad probe from before a repair is not the first of two: its answer is outdated.
  const firstAt = fact.badAt !== null && fact.badAt >= (draft.repair?.at ?? 0) ? fact.badAt : null;
  const isSecond =
    !isHeld &&
    firstAt !== null &&
    (probe.askedAt - firstAt >= gapMs || (probe.waited && gapMs <= BAD_REPEAT));
  if (!hinted && !isSecond) {
    const repeatAt = probe.askedAt + (gapMs === Infinity ? BAD_REPEAT_AFTER_REPAIR : gapMs);
    return {
      fact: { ...seen, badAt: firstAt ?? probe.askedAt },
      repeatAt: firstAt === null || isHeld ? repeatAt : null,
    };
  }
  const hint = hinted ? causeOf(draft, fact) : undefined;
  if (hint !== undefined) hint.closed = true;
  const decided = decideFact(seen, {
    status: "False",
    reason: hint?.reason ?? answer.reason,
    source: hint === undefined ? "probe" : "event",
    at: hint?.receivedAt ?? probe.askedAt,
    now,
    words: hint?.words ?? answer.words,
  });
  return { fact: decided, repeatAt: null };
}

/**
 * Within one loss a cause that an event named stays. A share that is seen intact has ended that loss, and the
 * rest is partial control.
 */
function reasonWhileFalse(
  draft: ShareRecord,
  fact: Fact,
  answer: { reason: string; words: string | null },
  askedAt: number,
): Partial<Fact> {
  const mayReplace =
    answer.reason === "partial_control" ? draft.facts.Shared.status === "True" : !isNamed(fact);
  if (!mayReplace || fact.reason === answer.reason) return {};
  // Found by this probe: when it became so is not known, and a proof from before another loss gives no bound.
  return { reason: answer.reason, source: "probe", words: answer.words, at: askedAt, lastTrueAt: null };
}

/** How far apart two bad probes must be to count; Infinity: they do not count yet. */
function badGapMs(draft: ShareRecord, probe: ProbeResult): number {
  const { repair } = draft;
  if (repair === null || repair.how === "import" || probe.askedAt - repair.at >= AFTER_REPAIR)
    return BAD_REPEAT;
  if (probe.trigger !== "check") return BAD_REPEAT_AFTER_REPAIR;
  return probe.askedAt - repair.at < CHECK_DISTRUSTS_FOR ? Infinity : BAD_REPEAT;
}

function observeNumbers(draft: ShareRecord, probe: ProbeResult, now: number): void {
  for (const [numberId, seen] of Object.entries(probe.numbers))
    observeNumber(draft, numberId, seen, probe, now);
  if (!probe.numbersComplete) return;
  for (const [numberId, number] of Object.entries(draft.numbers)) {
    if (numberId in probe.numbers) continue;
    const gone: Answer = { verdict: "bad", reason: "number_deleted", words: null };
    observeNumber(
      draft,
      numberId,
      { phoneNumberId: number.phoneNumberId, connected: gone, coexistence: null },
      probe,
      now,
    );
  }
}

function observeNumber(
  draft: ShareRecord,
  numberId: string,
  seen: NumberResult,
  probe: ProbeResult,
  now: number,
): void {
  const number = (draft.numbers[numberId] ??= newNumberRecord(seen.phoneNumberId, now));
  number.phoneNumberId = seen.phoneNumberId;
  if (seen.coexistence !== null) number.coexistence = number.coexistence || seen.coexistence;
  const fact = number.facts.NumberConnected;
  if (probe.askedAt < fact.at) return;
  const { connected } = seen;
  if (connected.verdict === "none") {
    number.facts.NumberConnected = inconclusiveFact(fact, connected, now);
  } else if (connected.verdict === "true") {
    const proof = { status: "True", reason: "proven", source: "probe", at: probe.askedAt, now } as const;
    number.facts.NumberConnected = { ...decideFact(fact, proof), probedAt: probe.askedAt };
  } else {
    const { fact: judged, repeatAt } = judgeBad(draft, fact, connected, probe, now, {
      hinted: false,
      isHeld: false,
    });
    number.facts.NumberConnected = judged;
    if (repeatAt !== null) addDueProbes(draft, [repeatAt]);
  }
}

/**
 * Once coexistence, it stays so until a new signup. A platform reading after that comes from a number in
 * transition.
 */
function observeKind(draft: ShareRecord, kind: ShareRecord["kind"]["value"], askedAt: number): void {
  if (kind === "coexistence") draft.everCoexistence = true;
  if (draft.kind.value === kind || (draft.kind.value === "coexistence" && kind === "platform")) return;
  if (kind !== "unknown") draft.kind = { value: kind, at: askedAt };
}

function rememberProof(draft: ShareRecord, probe: ProbeResult): void {
  const { Shared: shared, FullControl: control } = draft.facts;
  // An answer that a young hint holds back is no proof.
  const provenNow = [shared, control].every((fact) => fact.status === "True" && fact.at === probe.askedAt);
  if (!provenNow) return;
  draft.provenAt = probe.askedAt;
  draft.signupOpen = false;
}
