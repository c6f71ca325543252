import { decideFact, type Fact, WABA_CONDITIONS, type WabaCondition } from "../model/fact.ts";
import type { Answer, ProbeResult } from "../model/probe-result.ts";
import { NOT_PROVEN_WHILE_OBSERVING } from "../model/reason.ts";
import { addDueProbes, type ShareRecord } from "../model/share-record.ts";
import { ALERT_FOR, FAILED_REPEAT } from "../model/timings.ts";
import { fenceOf, hintsAgainst, hintsOn, isYoung, mayCount } from "./hint-fences.ts";
import { DOUBTED_REASON, isLosable } from "./incident.ts";
import { loseFullControl } from "./observe-hint.ts";
import { inconclusiveFact, judgeBad } from "./judge-fact.ts";
import { observeNumbers } from "./observe-numbers.ts";
import { observeSetup } from "./observe-setup.ts";
import { isLate } from "./stale-replies.ts";

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
function withdrawPartialControl(
  draft: ShareRecord,
  answer: { reason: string; metaMessage: string | null },
): void {
  const control = draft.facts.FullControl;
  if (control.status !== "False" || control.reason !== "partial_control") return;
  draft.facts.FullControl = { ...control, reason: answer.reason, metaMessage: answer.metaMessage };
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
