import { whoMustActAfter, decidingSignalOf, type ClientSignals } from "../model/client-signals.ts";
import { derive, type NumberDerived } from "./derive.ts";
import {
  NUMBER_CONDITIONS,
  WABA_CONDITIONS,
  type Fact,
  type NumberCondition,
  type Source,
  type Verdict,
} from "../model/fact.ts";
import type { NumberRecord, OperatorClose, Restored, ShareRecord, WabaKind } from "../model/share-record.ts";
import { isCountingDown } from "./number-able.ts";
import type { WhoMustAct } from "../model/reason.ts";
import { isRequired, type PartnerModelName } from "../model/partner-model.ts";
import type { SendingIssue } from "../model/sending-issue.ts";
import type { StatusRow } from "./status.ts";
import { setupIssuesOf, type SetupCheck } from "./setup-issues.ts";

/**
 * What is derived from a share at an instant, as one plain value. The API renders it, the journal carries it,
 * and the gate reads it. It holds ids and conditions only, no names and no phone numbers. Instants are ms
 * since the epoch.
 */
export interface ShareState {
  status: StatusRow["status"];
  label: string;
  lamp: StatusRow["lamp"];
  severity: number;
  reason: string | null;
  /** Who can repair it. */
  who: WhoMustAct;
  /** Who must act now: the client may have passed it on. */
  whoMustAct: WhoMustAct;
  gate: "open" | "closed";
  since: number;
  provenAt: number | null;
  probedAt: number | null;
  kind: WabaKind;
  everCoexistence: boolean;
  adoption: ShareRecord["adoption"];
  /** Absent in journal lines that were written before there were several models: `portfolio_share`. */
  partnerModel?: PartnerModelName;
  /** Whether messages are sent with the client's own token. */
  sendsWithClientToken?: boolean;
  takenOver: boolean;
  /** When a restriction by Meta ends by itself, if Meta names an end. */
  restrictedUntil: number | null;
  /** A scheduled ban or a lesser restriction, in Meta's text: it warns, it does not stop messages. */
  warning: string | null;
  conditions: ConditionState[];
  numbers: NumberState[];
  /** How the last loss ended; absent before the first, and while it is lost. */
  restored?: Restored;
  /** What the client did on its page within this loss. Older journal lines lack it. */
  client?: ClientSignals;
  /** An operator's close that stands; older journal lines lack it. */
  operatorClose?: OperatorClose | null;
  /** Decided in observe mode: nothing closes by it before a probe that may write has judged it. */
  observing?: true;
  /** The setup issues while the share is intact; null while it is not. Older journal lines lack it. */
  setupIssues?: SetupCheck[] | null;
}

export interface ConditionState {
  type: (typeof WABA_CONDITIONS)[number] | (typeof NUMBER_CONDITIONS)[number] | "Ready";
  status: Verdict;
  required: boolean;
  reason: string;
  source: Source;
  since: number;
  probedAt: number | null;
  /** The last proof before a loss that was found by probing. */
  lastTrueAt: number | null;
  /** When the deciding probe was sent or the deciding hint received. */
  decidedAt: number;
  metaMessage: string | null;
  /**
   * Of a loss that an event announced: when the newest probe that found it missing was sent; null before one
   * did.
   */
  confirmedAt?: number | null;
  /**
   * Of `Ready`: the condition that it repeats; absent where it sums up several, and in older journal lines.
   */
  of?: Exclude<ConditionState["type"], "Ready">;
}

export interface NumberState {
  numberId: string;
  phoneNumberId: string;
  coexistence: boolean;
  gate: "open" | "closed" | "half_open";
  /** The status row that speaks for this number: the WABA's, or 7 or 8 for it alone. */
  row: number;
  reason: string | null;
  who: WhoMustAct;
  ownFault: boolean;
  since: number;
  countdownUntil: number | null;
  conditions: ConditionState[];
  /** Meta refuses its messages; absent while no refusal is known. */
  sending?: SendingIssue;
}

export function stateOf(record: ShareRecord, now: number): ShareState {
  const derived = derive(record, now);
  const { row } = derived;
  const client = record.client ?? {};
  const restrictions = record.restrictions.filter(({ until }) => until === null || until > now);
  const ends = restrictions.map((restriction) => restriction.until).filter((until) => until !== null);
  const conditions = confirmTogether(
    WABA_CONDITIONS.map((type) => conditionOf(type, record.facts[type], isRequired(record, type))),
  );
  const numbers = Object.keys(record.numbers).map((numberId) =>
    numberStateOf(record, numberId, derived.numbers[numberId] as NumberDerived, {
      wabaWho: derived.who,
      now,
    }),
  );
  return {
    status: row.status,
    label: row.label,
    lamp: row.lamp,
    severity: decidingSignalOf(client) === "intended" ? CALM_SEVERITY : row.severity,
    reason: derived.reason,
    who: derived.who,
    whoMustAct: whoMustActAfter(row.status, derived.who, client),
    gate: derived.gate,
    since: record.decided.since,
    provenAt: record.provenAt,
    probedAt: record.probedAt,
    kind: record.kind.value,
    everCoexistence: record.everCoexistence,
    adoption: record.adoption,
    partnerModel: record.partnerModel ?? "portfolio_share",
    sendsWithClientToken: record.sendsWithClientToken,
    takenOver: record.takenOverAt !== null,
    restrictedUntil: ends.length > 0 ? Math.max(...ends) : null,
    warning: record.warning ?? (restrictions.map((restriction) => restriction.type).join(", ") || null),
    conditions: [...conditions, readyOf(conditions, numbers, record)],
    numbers,
    client,
    operatorClose: record.operatorClosed,
    ...(record.observing === true && { observing: true as const }),
    ...(record.restored && { restored: record.restored }),
    setupIssues: setupIssuesOf(record),
  };
}

/** A loss that the client intended is listed among the live ones. */
const CALM_SEVERITY = 8;

/**
 * Who must act for a WABA, or for one of its numbers. The API, the gateway's refusals and the pages all use
 * this. A number with an issue of its own has its own answer.
 */
export function whoMustActOf(
  { whoMustAct }: Pick<ShareState, "whoMustAct">,
  number?: Pick<NumberState, "ownFault" | "who">,
): WhoMustAct {
  return number?.ownFault === true ? number.who : whoMustAct;
}

function conditionOf(type: ConditionState["type"], fact: Fact, required: boolean): ConditionState {
  const { status, reason, source, since, probedAt, lastTrueAt, metaMessage } = fact;
  const isConfirmed = status === "False" && source === "event" && (fact.missedAt ?? 0) >= fact.at;
  const confirmedAt = isConfirmed ? (fact.missedAt ?? null) : null;
  const reported = { type, status, required, reason, source, since, probedAt, lastTrueAt, metaMessage };
  return { ...reported, decidedAt: fact.at, confirmedAt };
}

/** Without a share there is no control of it. The probe that missed the share confirms the loss of both. */
function confirmTogether(conditions: ConditionState[]): ConditionState[] {
  const shared = conditions.find(({ type }) => type === "Shared");
  if (shared?.confirmedAt == null) return conditions;
  const { confirmedAt, reason } = shared;
  const isLostWithIt = ({ type, status, source, reason: own }: ConditionState): boolean =>
    type === "FullControl" && status === "False" && source === "event" && own === reason;
  return conditions.map((condition) =>
    isLostWithIt(condition) ? { ...condition, confirmedAt: condition.confirmedAt ?? confirmedAt } : condition,
  );
}

function numberStateOf(
  record: ShareRecord,
  numberId: string,
  derived: NumberDerived,
  { wabaWho, now }: { wabaWho: WhoMustAct; now: number },
): NumberState {
  const number = record.numbers[numberId] as NumberRecord;
  const types = NUMBER_CONDITIONS.filter((type) => type !== "CompanionLinked" || number.coexistence);
  const own = derived.reason === number.facts.NumberConnected.reason ? "NumberConnected" : "CompanionLinked";
  return {
    numberId,
    phoneNumberId: number.phoneNumberId,
    coexistence: number.coexistence,
    gate: derived.gate,
    row: derived.row.number,
    reason: derived.reason,
    who: derived.ownFault ? whoRepairsNumber(record, derived) : wabaWho,
    ownFault: derived.ownFault,
    since: derived.ownFault ? number.facts[own].since : record.decided.since,
    countdownUntil: derived.countdownUntil,
    conditions: types.map((type) => conditionOf(type, factOf(number, type, now), true)),
    ...(number.sending !== undefined && { sending: number.sending }),
  };
}

/**
 * Once the countdown is over, Meta no longer restores the link. The condition then has the same reason as the
 * number.
 */
function factOf(number: NumberRecord, type: NumberCondition, now: number): Fact {
  const fact = number.facts[type];
  const isOver =
    fact.status === "False" && fact.reason === "companion_offboarded" && !isCountingDown(number, now);
  return isOver ? { ...fact, reason: "companion_not_restored" } : fact;
}

/**
 * When a finished signup last linked the number to its app, ms since the epoch; null when another proof
 * linked it.
 */
export function signupOf({ conditions }: Pick<NumberState, "conditions">): number | null {
  const link = conditions.find(({ type }) => type === "CompanionLinked");
  return link?.source === "signup" && link.status === "True" ? link.decidedAt : null;
}

/**
 * The provider registers a platform number that was deregistered. The client must act on every other final
 * state.
 */
function whoRepairsNumber(record: ShareRecord, derived: NumberDerived): WhoMustAct {
  if (derived.row.number === 7) return "meta";
  return derived.reason === "number_deregistered" && !record.everCoexistence ? "provider" : "client";
}

/** The summary: True only when every required condition is True and at least one number can send. */
function readyOf(conditions: ConditionState[], numbers: NumberState[], record: ShareRecord): ConditionState {
  const parts = [
    ...conditions.filter((condition) => condition.required),
    ...numbers.flatMap((number) => number.conditions),
  ];
  const worst =
    parts.find((part) => part.status === "False") ?? parts.find((part) => part.status === "Unknown");
  const base = {
    type: "Ready",
    required: false,
    source: "none",
    probedAt: null,
    lastTrueAt: null,
    decidedAt: 0,
  } as const;
  if (worst !== undefined)
    return {
      ...worst,
      type: "Ready",
      required: false,
      of: worst.type as Exclude<typeof worst.type, "Ready">,
    };
  if (numbers.length === 0) {
    const { since } = record.decided;
    // Only a list that was read to its end proves that there is no number (field case 12).
    if (record.setup?.numbers != null)
      return { ...base, status: "False", reason: "no_numbers", since, metaMessage: null };
    const unknown = { status: "Unknown", reason: "not_yet_proven", of: "NumberConnected" } as const;
    return { ...base, ...unknown, since, metaMessage: null };
  }
  const newest = Math.max(...parts.map((part) => part.since));
  return { ...base, status: "True", reason: "proven", source: "probe", since: newest, metaMessage: null };
}
