import labels from "../../messages/en/labels.json" with { type: "json" };
import type { NumberRecord, ShareRecord } from "../model/share-record.ts";
import type { WhoMustAct } from "../model/reason.ts";
import { isRequired, modelOf } from "../model/partner-model.ts";
import { isCountingDown, isNumberAble } from "./number-able.ts";

/** One row of the status table (docs/reference/rules.md). The first that matches wins. */
export interface StatusRow {
  number: number;
  status:
    | "closed"
    | "offboarded"
    | "discovered"
    | "onboarding"
    | "permission_removed"
    | "disabled"
    | "unknown"
    | "reconnecting"
    | "disconnected"
    | "live";
  label: string;
  lamp: "red" | "amber" | "green" | "grey";
  /** The order of the list: 0 is worst. */
  severity: number;
  gate: "open" | "closed" | "keep";
  /**
   * The refusal of a closed gate, in Meta's codes; `retryable` says whether the same message may be sent
   * again later.
   */
  refusal: { status: number; code: number; title: string; retryable: boolean };
  /** "reason": the reason decides. */
  who: WhoMustAct | "reason";
  matches(record: ShareRecord, now: number): boolean;
  reasonOf(record: ShareRecord, now: number): string | null;
}

const LAMP_EMOJI: Record<StatusRow["lamp"], string> = { red: "🔴", amber: "🟡", green: "🟢", grey: "⚪" };

/** The status in one line: the lamp, then the label, with nothing between them. */
export function statusLineOf({ lamp, label }: Pick<StatusRow, "lamp" | "label">): string {
  return `${LAMP_EMOJI[lamp]}${label}`;
}

const ACCESS_DENIED = { status: 403, code: 131005, title: "Access denied", retryable: false };
const ACCOUNT_LOCKED = { status: 403, code: 131031, title: "Business Account locked", retryable: false };
export const UNAVAILABLE = { status: 503, code: 131016, title: "Service unavailable", retryable: true };
const NOT_REGISTERED = { status: 400, code: 133010, title: "Account not registered", retryable: false };
export const NUMBER_GONE = { status: 400, code: 33, title: "Parameter value is not valid", retryable: false };

export const STATUS_ROWS: readonly StatusRow[] = [
  {
    number: 0,
    status: "closed",
    label: labels.status.closed,
    lamp: "grey",
    severity: 3,
    gate: "closed",
    refusal: ACCESS_DENIED,
    who: "provider",
    matches: (record) => record.operatorClosed !== null,
    reasonOf: () => "closed_by_operator",
  },
  {
    number: 1,
    status: "offboarded",
    label: labels.status.offboarded,
    lamp: "grey",
    severity: 9,
    gate: "closed",
    refusal: ACCESS_DENIED,
    who: "nobody",
    matches: (record) => record.adoption === "offboarded",
    reasonOf: () => null,
  },
  {
    number: 2,
    status: "discovered",
    label: labels.status.discovered,
    lamp: "grey",
    severity: 5,
    gate: "closed",
    refusal: ACCESS_DENIED,
    who: "provider",
    matches: (record) => record.adoption === "discovered",
    reasonOf: () => "not_adopted",
  },
  {
    number: 3,
    status: "onboarding",
    label: labels.status.onboarding,
    lamp: "amber",
    severity: 6,
    gate: "closed",
    refusal: ACCESS_DENIED,
    who: "client",
    matches: (record) => record.signupOpen && record.provenAt === null,
    reasonOf: () => "not_yet_proven",
  },
  {
    number: 4,
    status: "permission_removed",
    label: labels.status.permission_removed,
    lamp: "red",
    severity: 0,
    gate: "closed",
    refusal: ACCESS_DENIED,
    who: "client",
    matches: (record) => lostConditionOf(record) !== null,
    reasonOf: (record) => {
      const condition = lostConditionOf(record);
      return condition === null ? null : record.facts[condition].reason;
    },
  },
  {
    number: 5,
    status: "disabled",
    label: labels.status.disabled,
    lamp: "red",
    severity: 1,
    gate: "closed",
    refusal: ACCOUNT_LOCKED,
    who: "client",
    matches: (record) => record.facts.MessagingAllowed.status === "False",
    reasonOf: (record) => record.facts.MessagingAllowed.reason,
  },
  {
    number: 6,
    status: "unknown",
    label: labels.status.unknown,
    lamp: "grey",
    severity: 4,
    gate: "keep",
    refusal: UNAVAILABLE,
    who: "reason",
    matches: (record) => isTokenDead(record) || unprovenOf(record) !== null,
    reasonOf: (record) =>
      isTokenDead(record) ? "provider_token_invalid" : (unprovenOf(record)?.reason ?? null),
  },
  {
    number: 7,
    status: "reconnecting",
    label: labels.status.reconnecting,
    lamp: "amber",
    severity: 3,
    gate: "closed",
    refusal: UNAVAILABLE,
    who: "meta",
    matches: (record, now) =>
      canNoneSend(record) &&
      numbersOf(record).some((number) => !isGone(number) && isCountingDown(number, now)),
    reasonOf: () => "companion_offboarded",
  },
  {
    number: 8,
    status: "disconnected",
    label: labels.status.disconnected,
    lamp: "red",
    severity: 2,
    gate: "closed",
    refusal: NOT_REGISTERED,
    who: "reason",
    matches: (record) => canNoneSend(record),
    reasonOf: (record) => leastFinalOf(record),
  },
  {
    number: 9,
    status: "live",
    label: labels.status.live,
    lamp: "green",
    severity: 8,
    gate: "open",
    refusal: UNAVAILABLE,
    who: "reason",
    matches: () => true,
    reasonOf: () => null,
  },
];

/** Row 4: the first condition that is lost. */
export function lostConditionOf(record: ShareRecord): "Shared" | "FullControl" | "AppInstalled" | null {
  const lost = (["Shared", "FullControl", "AppInstalled"] as const).find(
    (condition) => isRequired(record, condition) && record.facts[condition].status === "False",
  );
  return lost ?? null;
}

/**
 * Whether the token we send with, the client's or our system user's, is known to be dead. Nothing can be sent
 * with it.
 */
export function isTokenDead(record: ShareRecord): boolean {
  return record.facts.TokenValid.status === "False";
}

/** Row 4: who can bring the permission back, by the partner model. */
export function whoRestores(record: ShareRecord): WhoMustAct {
  return modelOf(record).who;
}

function unprovenOf(record: ShareRecord): { reason: string } | null {
  const { Shared: shared, FullControl: control } = record.facts;
  return [shared, control].find((fact) => fact.status === "Unknown") ?? null;
}

function numbersOf(record: ShareRecord): NumberRecord[] {
  return Object.values(record.numbers);
}

/** Rows 7 and 8 need numbers. A WABA without any skips them. */
function canNoneSend(record: ShareRecord): boolean {
  const numbers = numbersOf(record);
  return numbers.length > 0 && !numbers.some(isNumberAble);
}

function isGone(number: NumberRecord): boolean {
  return number.facts.NumberConnected.status === "False";
}

/**
 * The WABA speaks for the least final of its numbers: not restored by Meta, then deregistered, then banned,
 * then deleted.
 */
function leastFinalOf(record: ShareRecord): string {
  const order = ["companion_not_restored", "number_deregistered", "meta_disabled"];
  const reasons = numbersOf(record).map((number) =>
    isGone(number) ? number.facts.NumberConnected.reason : "companion_not_restored",
  );
  return order.find((reason) => reasons.includes(reason)) ?? reasons[0] ?? "number_deleted";
}
