import { assertNever } from "../../lib/assert.ts";
import { decideFact, isNamed } from "../model/fact.ts";
import type { Hint } from "../evidence/hint.ts";
import {
  addDueProbes,
  type ClosingHint,
  type NumberRecord,
  type ShareRecord,
} from "../model/share-record.ts";
import {
  COMPANION_COUNTDOWN,
  HINT_PROBES,
  RECONNECTION_TRUSTED_FOR,
  SECOND,
  STALE_HINT,
  SUSPECT_CLOSES_AFTER,
  SUSPECT_FOR,
  SUSPECT_PROBES,
} from "../model/timings.ts";

/** Repetitions are recognized by key and time. This many keys are kept; the oldest go first. */
const SEEN_HINTS_KEPT = 64;
/** How many hints against one condition, and how many restrictions, are kept at once. */
const HINTS_KEPT = 16;
const RESTRICTIONS_KEPT = 20;

/** Rules 1 to 5 and 10 for one hint. */
export function observeHint(draft: ShareRecord, hint: Hint, now: number): void {
  const seenAt = draft.seenHints[hint.key];
  if (seenAt !== undefined && hint.at <= seenAt) return;
  rememberSeen(draft, hint);
  draft.alertAt = now;
  draft.write.wanted = true;
  addDueProbes(
    draft,
    HINT_PROBES.map((delay) => now + delay),
  );

  // Rule 2: a foreign hint only starts probes, whatever it says.
  if (hint.foreign !== null) return;
  const { effect } = hint;
  switch (effect.kind) {
    case "closing":
      if (effect.coexistence) draft.everCoexistence = true;
      observeClosing(draft, hint, effect, now);
      return;
    case "restricted":
      observeRestrictions(draft, hint, effect.restrictions, now);
      return;
    case "companion_lost":
      loseCompanion(draft, hint, now);
      return;
    case "companion_back":
      reconnectCompanion(draft, hint, now);
      return;
    case "share_back":
      draft.repair = { at: now, how: "partner_added" };
      return;
    case "warning":
      draft.warning = effect.metaMessage;
      return;
    case "probe":
      return;
    default:
      assertNever(effect);
  }
}

function rememberSeen(draft: ShareRecord, hint: Hint): void {
  delete draft.seenHints[hint.key];
  draft.seenHints[hint.key] = hint.at;
  const keys = Object.keys(draft.seenHints);
  for (const key of keys.slice(0, Math.max(0, keys.length - SEEN_HINTS_KEPT))) delete draft.seenHints[key];
}

/** Rule 2, then 3 or 4. */
function observeClosing(
  draft: ShareRecord,
  hint: Hint,
  effect: { condition: ClosingHint["condition"]; reason: string; metaMessage: string | null },
  now: number,
): void {
  if (!isAdmitted(draft, hint, effect.condition)) return;
  const suspect = draft.repair !== null && now - draft.repair.at < SUSPECT_FOR;
  const closing: ClosingHint = {
    key: hint.key,
    condition: effect.condition,
    reason: effect.reason,
    metaMessage: effect.metaMessage,
    at: hint.at,
    receivedAt: hint.receivedAt,
    suspect,
    closed: false,
    spared: false,
  };
  draft.hints.push(closing);
  forgetHintsBetween(draft, closing.condition);
  const alreadyFalse = draft.facts[effect.condition].status === "False";
  if (!suspect || alreadyFalse) closeByHint(draft, closing, now);
  else
    addDueProbes(
      draft,
      [...SUSPECT_PROBES, SUSPECT_CLOSES_AFTER].map((delay) => hint.receivedAt + delay),
    );
}

/**
 * A burst of removals must not fill the share record. Of many hints against one condition two matter: the
 * oldest, which closes first, and the newest, which is refuted last. One between them is dropped.
 */
function forgetHintsBetween(draft: ShareRecord, condition: ClosingHint["condition"]): void {
  const same = draft.hints.filter((hint) => hint.condition === condition);
  if (same.length > HINTS_KEPT) draft.hints.splice(draft.hints.indexOf(same[1] as ClosingHint), 1);
}

/** Rule 2: not foreign, and not 5 s or more older than the newest counted True proof of the condition. */
function isAdmitted(record: ShareRecord, hint: Hint, condition: ClosingHint["condition"]): boolean {
  const provenAt = record.facts[condition].lastTrueAt;
  return hint.foreign === null && (provenAt === null || provenAt - hint.at < STALE_HINT);
}

/** An admitted hint makes its condition False; a specific reason of this loss stays. */
export function closeByHint(draft: ShareRecord, hint: ClosingHint, now: number): void {
  hint.closed = true;
  // A removal that is announced in enforce mode closes by the rules. The recorded step holds the mode.
  delete draft.observing;
  const fact = draft.facts[hint.condition];
  const keepsReason = fact.status === "False" && isNamed(fact);
  if (!keepsReason)
    draft.facts[hint.condition] = decideFact(fact, {
      status: "False",
      reason: hint.reason,
      source: "event",
      at: hint.receivedAt,
      now,
      metaMessage: hint.metaMessage,
    });
  if (hint.condition === "Shared") loseFullControl(draft, now);
}

/**
 * Rule 7: whatever makes Shared False makes FullControl False; its True then counts only from a later, passed
 * write.
 */
export function loseFullControl(draft: ShareRecord, now: number): void {
  const { Shared: shared, FullControl: control } = draft.facts;
  draft.write.mustPass = true;
  draft.facts.FullControl = decideFact(control, {
    status: "False",
    reason: shared.reason,
    source: shared.source,
    at: shared.at,
    now,
    metaMessage: shared.metaMessage,
  });
}

/** Row 5: only both directions together stop messages; less is a warning. */
function observeRestrictions(
  draft: ShareRecord,
  hint: Hint,
  restrictions: { type: string; until: number | null }[],
  now: number,
): void {
  const standing = draft.restrictions.filter(
    (known) =>
      (known.until === null || known.until > now) && !restrictions.some((fresh) => fresh.type === known.type),
  );
  draft.restrictions = [...standing, ...restrictions].slice(-RESTRICTIONS_KEPT);
  const bothDirections = ["RESTRICTED_BIZ_INITIATED_MESSAGING", "RESTRICTED_CUSTOMER_INITIATED_MESSAGING"];
  const isStopped = bothDirections.every((type) => draft.restrictions.some((known) => known.type === type));
  const metaMessage = draft.restrictions.map((known) => known.type).join(", ");
  if (isStopped)
    observeClosing(
      draft,
      hint,
      { condition: "MessagingAllowed", reason: "meta_restricted", metaMessage },
      now,
    );
}

/**
 * Rule 10: Meta reports that the app lost its companion. Soon after a reconnection that does not close by
 * itself.
 */
function loseCompanion(draft: ShareRecord, hint: Hint, now: number): void {
  draft.everCoexistence = true;
  for (const number of companionsOf(draft)) {
    number.coexistence = true;
    if (isAnswered(number, hint)) continue;
    const closesByItself =
      number.reconnectedAt === null || now - number.reconnectedAt >= RECONNECTION_TRUSTED_FOR;
    const until = hint.receivedAt + (draft.companionCountdownMs ?? COMPANION_COUNTDOWN);
    number.offboarded = { at: hint.receivedAt, until, closesByItself };
    number.facts.CompanionLinked = decideFact(number.facts.CompanionLinked, {
      status: closesByItself ? "False" : "Unknown",
      reason: "companion_offboarded",
      source: "event",
      at: hint.at,
      now,
    });
    addDueProbes(draft, [until]);
  }
}

/**
 * Meta names no number, and only a number of the WhatsApp Business app can be offboarded. If none is known to
 * be one, it may be any of them.
 */
function companionsOf(draft: ShareRecord): NumberRecord[] {
  const numbers = Object.values(draft.numbers);
  const known = numbers.filter((number) => number.coexistence);
  return known.length > 0 ? known : numbers;
}

/**
 * Rule 10: Meta reports that the app has its companion again. This may arrive before the report of the loss.
 */
function reconnectCompanion(draft: ShareRecord, hint: Hint, now: number): void {
  draft.everCoexistence = true;
  for (const number of companionsOf(draft)) {
    number.coexistence = true;
    restoreNumber(number, hint.at, "event", now);
  }
}

/**
 * Whether a reconnection of the same second or later, a signup or an accepted message since has already
 * answered this offboarding.
 */
function isAnswered(number: NumberRecord, hint: Hint): boolean {
  const { lastTrueAt } = number.facts.CompanionLinked;
  if (number.reconnectedAt !== null && secondOf(number.reconnectedAt) >= secondOf(hint.at)) return true;
  return lastTrueAt !== null && lastTrueAt >= hint.at;
}

/** Meta gives whole seconds, and `at` lies within that second. */
const secondOf = (at: number): number => Math.floor(at / SECOND);

/** Rule 10: a finished signup makes CompanionLinked True. */
export function restoreCompanion(draft: ShareRecord, at: number, source: "signup", now: number): void {
  for (const number of Object.values(draft.numbers))
    if (number.coexistence) restoreNumber(number, at, source, now);
}

export function restoreNumber(
  number: NumberRecord,
  at: number,
  source: "event" | "signup" | "send",
  now: number,
): void {
  if (source === "event") number.reconnectedAt = Math.max(at, number.reconnectedAt ?? 0);
  if (
    source === "event" &&
    number.offboarded !== null &&
    secondOf(at) < secondOf(number.facts.CompanionLinked.at)
  ) {
    distrustOffboarding(number, at, now);
    return;
  }
  number.offboarded = null;
  number.facts.CompanionLinked = decideFact(number.facts.CompanionLinked, {
    status: "True",
    reason: "proven",
    source,
    at,
    now,
  });
}

/**
 * An old reconnection that arrives after a later offboarding restores nothing. But so soon after a
 * reconnection that offboarding may not close.
 */
function distrustOffboarding(number: NumberRecord, reconnectedAt: number, now: number): void {
  const { offboarded, facts } = number;
  const isAnnounced =
    offboarded !== null && offboarded.closesByItself && facts.CompanionLinked.source === "event";
  if (!isAnnounced || offboarded.at - reconnectedAt >= RECONNECTION_TRUSTED_FOR) return;
  number.offboarded = { ...offboarded, closesByItself: false };
  const { reason, source, at } = facts.CompanionLinked;
  facts.CompanionLinked = decideFact(facts.CompanionLinked, { status: "Unknown", reason, source, at, now });
}
