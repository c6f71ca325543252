import type { Mode } from "../../directory/asset-store.ts";
import { observeSignal, type ClientSignal } from "../model/client-signals.ts";
import { derive } from "../status/derive.ts";
import { decideFact, unknownFact, WABA_CONDITIONS } from "../model/fact.ts";
import { addDueProbes, type ShareRecord, type WabaKind } from "../model/share-record.ts";
import { restoreCompanion, restoreNumber } from "./observe-hint.ts";
import { isRequired, modelOf, type PartnerModelName } from "../model/partner-model.ts";
import { observeSending, type SendingObserved } from "../status/sending.ts";
import { COMPANION_COUNTDOWN, HINT_PROBES, SECOND } from "../model/timings.ts";

/** What people, a signup or the gateway did. */
export type Command =
  | { kind: "adopt" }
  | { kind: "offboard" }
  | { kind: "operator_close"; actor: string; why: string; until?: number | null }
  | { kind: "operator_reopen" }
  /**
   * Open a gate that is closed only because nothing is known (row 6). It has no effect where a condition is
   * False.
   */
  | { kind: "operator_open" }
  /**
   * A signup about this WABA was finished; `as` is the flow that ended, if it was reported. A new WABA may
   * have another model.
   */
  | { kind: "signup_finished"; as: WabaKind; partnerModel?: PartnerModelName }
  /** Meta's window was finished, and its code did not arrive: a hint that the share may be back. */
  | { kind: "signup_hinted" }
  /** Meta's signup refuses, because another partner holds the WABA (2655093). */
  | { kind: "signup_taken_over" }
  /** Another WABA at Meta replaced the old one. What was known of the old one says nothing about it. */
  | { kind: "succeeded" }
  /** The client says that the other partner is gone. Only another signup can confirm that. */
  | { kind: "taken_over_cleared" }
  /** The WABA's own callback was written at Meta, or removed. */
  | { kind: "override"; uri: string | null }
  /** The same for one number's own callback. */
  | { kind: "number_override"; numberId: string; uri: string | null }
  /** How the WABA is ours to use, and whether we enforce. An undefined part stays as it is. */
  | { kind: "configure"; partnerModel?: PartnerModelName; sendsWithClientToken?: boolean; mode?: Mode }
  /**
   * Probe soon, for a reason that changes nothing by itself: a refused message, an absence from the listing,
   * a click. `absentAt`: a complete listing that was asked then lacks it, which confirms a bad probe while
   * many WABAs fail together.
   */
  | { kind: "suspicion"; absentAt?: number }
  /** The client reported something on its page, or was answered. */
  | { kind: "client_signal"; signal: ClientSignal }
  /**
   * What Meta answered to the messages of a number, where the answer is about the number. It closes nothing.
   */
  | { kind: "sending"; numberId: string; observed: SendingObserved }
  /** The outcome of the one message that passed a half-open gate (rule 10). */
  | { kind: "half_open"; numberId: string; accepted: boolean };

type Kind = Command["kind"];
type CommandOf<K extends Kind> = Extract<Command, { kind: K }>;

const OBSERVE: { [K in Kind]: (draft: ShareRecord, command: CommandOf<K>, now: number) => void } = {
  adopt: (draft, _, now) => {
    draft.adoption = "adopted";
    draft.origin = "import";
    draft.repair = { at: now, how: "adoption" };
    probeSoon(draft, now);
  },
  offboard: (draft) => {
    draft.adoption = "offboarded";
    draft.dueProbes = [];
    draft.hints = [];
  },
  operator_close: (draft, { actor, why, until = null }, now) => {
    draft.operatorClosed = { at: now, actor, why, until };
  },
  operator_reopen: (draft, _, now) => {
    draft.operatorClosed = null;
    probeSoon(draft, now);
  },
  operator_open: (draft, _, now) => {
    if (!mayOpenByHand(draft, now)) return;
    draft.decided.gate = "open";
    probeSoon(draft, now);
  },
  signup_finished: finishSignup,
  signup_hinted: (draft, _, now) => probeSoon(draft, now),
  signup_taken_over: (draft, _, now) => nameTaker(draft, now),
  succeeded: (draft, _, now) => succeed(draft, now),
  taken_over_cleared: (draft) => {
    draft.takenOverAt = null;
  },
  override: (draft, { uri }, now) => {
    draft.override = uri;
    draft.overrideStatus = { writtenAt: now, lostAt: null };
  },
  number_override: (draft, { numberId, uri }, now) => {
    const overrideStatus = { writtenAt: now, lostAt: null };
    Object.assign(draft.numbers[numberId] ?? {}, { override: uri, overrideStatus });
  },
  suspicion: (draft, { absentAt }, now) => {
    if (absentAt !== undefined) draft.absentAt = absentAt;
    draft.alertAt = now;
    addDueProbes(draft, [now]);
  },
  configure: observeTerms,
  client_signal: (draft, { signal }, now) => observeSignal(draft, signal, now),
  sending: (draft, { numberId, observed }, now) => {
    const number = draft.numbers[numberId];
    if (number !== undefined) observeSending(number, observed, now);
  },
  half_open: (draft, { numberId, accepted }, now) => observeHalfOpen(draft, numberId, accepted, now),
};

export function observeCommand<K extends Kind>(draft: ShareRecord, command: CommandOf<K>, now: number): void {
  const { kind }: { kind: K } = command;
  OBSERVE[kind](draft, command, now);
}

/**
 * Whether an operator may open the gate: it is closed only because something is Unknown, and no required
 * condition is False (docs/decisions/0005).
 */
export function mayOpenByHand(record: ShareRecord, now: number): boolean {
  const { row, gate } = derive(record, now);
  if (row.number !== 6 || gate !== "closed") return false;
  return WABA_CONDITIONS.every(
    (condition) => record.facts[condition].status !== "False" || !isRequired(record, condition),
  );
}

/** The end time of an operator's close lifts it without a command. The facts then decide again. */
export function endOperatorClose(draft: ShareRecord, now: number): void {
  if (!isCloseOver(draft, now)) return;
  draft.operatorClosed = null;
  if (draft.adoption !== "offboarded") probeSoon(draft, now);
}

export function isCloseOver({ operatorClosed }: Pick<ShareRecord, "operatorClosed">, now: number): boolean {
  return operatorClosed?.until != null && operatorClosed.until <= now;
}

/**
 * New terms prove nothing and take nothing away: newly required conditions are probed. After a switch to
 * enforce mode the next probe writes, because in observe mode a read stood for the write.
 */
function observeTerms(
  draft: ShareRecord,
  command: Extract<Command, { kind: "configure" }>,
  now: number,
): void {
  setTerms(draft, command, now);
  if (command.mode === "observe") draft.observing = true;
  if (command.mode === "enforce") beginEnforcing(draft, now);
  if (command.partnerModel !== undefined || command.sendsWithClientToken !== undefined) probeSoon(draft, now);
}

/** Probe first, close afterwards: a probe that may write follows at once and judges what would close. */
function beginEnforcing(draft: ShareRecord, now: number): void {
  draft.write.wanted = true;
  const derived = derive(draft, now);
  const gates = [derived.gate, ...Object.values(derived.numbers).map(({ gate }) => gate)];
  if (draft.observing === true && gates.some((gate) => gate !== "open")) addDueProbes(draft, [now]);
}

function setTerms(
  draft: ShareRecord,
  terms: { partnerModel?: PartnerModelName; sendsWithClientToken?: boolean },
  now: number,
): void {
  if (terms.partnerModel !== undefined) draft.partnerModel = terms.partnerModel;
  const sendsWith = modelOf(draft).sendsWith;
  const before = draft.sendsWithClientToken;
  draft.sendsWithClientToken =
    sendsWith === null ? (terms.sendsWithClientToken ?? before) : sendsWith === "client";
  // Facts about one token say nothing about the other.
  if (draft.sendsWithClientToken !== before) draft.facts.TokenValid = unknownFact(now);
}

/** The history stays, and so does the closed gate, because nothing is proven of the new WABA yet. */
function succeed(draft: ShareRecord, now: number): void {
  for (const condition of WABA_CONDITIONS) draft.facts[condition] = unknownFact(now);
  for (const number of Object.values(draft.numbers)) {
    number.facts = { NumberConnected: unknownFact(now), CompanionLinked: unknownFact(now) };
    number.offboarded = null;
    number.reconnectedAt = null;
  }
  Object.assign(draft, { hints: [], seenHints: {}, restrictions: [], warning: null, override: null });
  delete draft.overrideStatus;
  delete draft.setup;
  draft.write = { passedAt: null, mustPass: true, wanted: true };
  draft.provenAt = null;
  draft.signupOpen = true;
}

/**
 * Meta's event of a share, and a probe of it, often arrive before the signup that caused it is reported to
 * us.
 */
const SIGNUP_TELLS_FOR = 30 * SECOND;

/**
 * The signup takes in a WABA that was only discovered, or was offboarded. Its gate stays closed until full
 * control is proven once.
 */
function finishSignup(
  draft: ShareRecord,
  { as, partnerModel }: Extract<Command, { kind: "signup_finished" }>,
  now: number,
): void {
  if (draft.adoption !== "adopted") {
    draft.adoption = "adopted";
    draft.origin = "signup";
    draft.signupOpen = draft.facts.FullControl.lastTrueAt === null;
  }
  draft.signupFinishedAt = now;
  draft.takenOverAt = null;
  draft.repair = { at: now, how: "signup" };
  if (draft.restored && now - draft.restored.at <= SIGNUP_TELLS_FOR)
    draft.restored = { ...draft.restored, how: "signup" };
  if (partnerModel !== undefined) setTerms(draft, { partnerModel }, now);
  if (as !== "unknown") beginKind(draft, as, now);
  restoreCompanion(draft, now, "signup", now);
  probeSoon(draft, now);
}

/** A new signup decides anew whether the number is used in the app. If it does not say, probes find out. */
function beginKind(draft: ShareRecord, as: WabaKind, now: number): void {
  const isInApp = as === "coexistence";
  draft.everCoexistence = isInApp;
  if (isInApp) draft.kind = { value: as, at: now };
  else if (draft.kind.value === "coexistence") draft.kind = { value: "unknown", at: now };
  if (!isInApp) for (const number of Object.values(draft.numbers)) number.coexistence = false;
}

/** Only the signup names the new partner, so its reason replaces one that an event or a probe gave. */
function nameTaker(draft: ShareRecord, now: number): void {
  const { Shared: shared } = draft.facts;
  // A deleted WABA has no new partner, whatever a page reports. Its successor must stay possible.
  if (shared.status === "False" && shared.reason === "waba_deleted") return;
  draft.takenOverAt = now;
  if (shared.status !== "False") return;
  draft.facts.Shared = { ...shared, reason: "taken_over", source: "signup", metaMessage: null };
  const { FullControl: control } = draft.facts;
  if (control.status === "False")
    draft.facts.FullControl = { ...control, reason: "taken_over", source: "signup", metaMessage: null };
  probeSoon(draft, now);
}

function probeSoon(draft: ShareRecord, now: number): void {
  draft.alertAt = now;
  draft.write.wanted = true;
  addDueProbes(
    draft,
    HINT_PROBES.map((delay) => now + delay),
  );
}

/**
 * Rule 10: a message that Meta accepted restores the companion. A refused one closes the gate and starts the
 * countdown.
 */
function observeHalfOpen(draft: ShareRecord, numberId: string, accepted: boolean, now: number): void {
  const number = draft.numbers[numberId];
  if (number === undefined) return;
  if (accepted) {
    restoreNumber(number, now, "send", now);
    return;
  }
  probeSoon(draft, now);
  if (number.offboarded === null) return;
  const countdown = draft.companionCountdownMs ?? COMPANION_COUNTDOWN;
  const until = number.offboarded.closesByItself ? number.offboarded.until : now + countdown;
  number.offboarded = { ...number.offboarded, until, closesByItself: true };
  number.facts.CompanionLinked = decideFact(number.facts.CompanionLinked, {
    status: "False",
    reason: "companion_offboarded",
    source: "send",
    at: now,
    now,
  });
}
