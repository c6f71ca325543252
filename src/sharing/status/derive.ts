import type { Fact } from "../model/fact.ts";
import type { NumberRecord, ShareRecord } from "../model/share-record.ts";
import { isCountingDown } from "./number-able.ts";
import { isKnownReason, REASONS, type WhoMustAct } from "../model/reason.ts";
import { isTokenDead, STATUS_ROWS, whoRestores, type StatusRow } from "./status.ts";
import { setupChecksOf } from "./setup-issues.ts";

/**
 * What follows from a share record at an instant: status and gate of the WABA, and of each number by itself.
 */
export interface Derived {
  status: StatusRow["status"];
  row: StatusRow;
  reason: string | null;
  who: WhoMustAct;
  gate: "open" | "closed";
  numbers: Record<string, NumberDerived>;
}

export interface NumberDerived {
  gate: "open" | "closed" | "half_open";
  /** The row that speaks for this number: the WABA's, or 7 or 8 for it alone. */
  row: StatusRow;
  reason: string | null;
  /** The number has a problem of its own, beside its WABA. */
  ownFault: boolean;
  /** Until when Meta is given time to restore it, ms since the epoch. */
  countdownUntil: number | null;
}

/** The first row that matches wins (docs/reference/rules.md). Pure. The last row matches every record. */
export function derive(record: ShareRecord, now: number): Derived {
  const row = rowOf(record, now);
  const numbers: Record<string, NumberDerived> = {};
  for (const [id, number] of Object.entries(record.numbers))
    numbers[id] = deriveNumber(record, row, number, now);
  const reason = row.reasonOf(record, now);
  const gate = gateOf(record, row);
  return { status: row.status, row, reason, who: whoOf(record, row, reason), gate, numbers };
}

function rowOf(record: ShareRecord, now: number): StatusRow {
  const row = STATUS_ROWS.find((candidate) => candidate.matches(record, now));
  if (row === undefined) throw new Error("Broken assumption: no status row matches");
  return row;
}

/** "Keep" is the last decision; with none, open for what was imported, closed for a signup. */
function gateOf(record: ShareRecord, row: StatusRow): "open" | "closed" {
  if (row.gate !== "keep") return row.gate;
  return record.decided.gate ?? (record.origin === "signup" ? "closed" : "open");
}

function whoOf(record: ShareRecord, row: StatusRow, reason: string | null): WhoMustAct {
  if (row.number === 4) return whoRestores(record);
  if (row.who !== "reason") return row.who;
  if (reason === null) return row.status === "live" ? whoRepairsOf(record) : "provider";
  return isKnownReason(reason) ? REASONS[reason].who : "client";
}

/** For a live WABA: who must act on its setup issues; the provider comes first. */
function whoRepairsOf(record: ShareRecord): WhoMustAct {
  const ours: Fact[] = [record.facts.WebhookSubscribed, record.facts.TokenValid];
  if (ours.some((fact) => fact.status === "False")) return "provider";
  const named = new Set(
    (setupChecksOf(record) ?? []).flatMap(({ verdict, who }) => (verdict === "no" ? [who] : [])),
  );
  return (["provider", "client", "meta"] as const).find((who) => named.has(who)) ?? "nobody";
}

function deriveNumber(record: ShareRecord, row: StatusRow, number: NumberRecord, now: number): NumberDerived {
  const own = NUMBER_ROWS.find((candidate) => candidate.applies(number, now));
  const shared = { row, reason: row.reasonOf(record, now), ownFault: false, countdownUntil: null };
  const wabaGate = gateOf(record, row);
  // A dead token closes no gate, but nothing can be sent with it. Clients never get Meta's 401.
  if (row.number === 6 && isTokenDead(record)) return { ...shared, gate: "closed" };
  const wabaRules = row.number <= 6 && wabaGate === "closed";
  if (own === undefined || wabaRules) return { ...shared, gate: row.number >= 7 ? "open" : wabaGate };
  const ownRow = STATUS_ROWS.find((candidate) => candidate.number === own.row) ?? row;
  return {
    gate: own.mayTry(record, number, now) ? "half_open" : "closed",
    row: ownRow,
    reason: own.reasonOf(number),
    ownFault: row.number !== own.row,
    countdownUntil: own.row === 7 ? (number.offboarded?.until ?? null) : null,
  };
}

/** Rows 7 and 8 for one number alone, and the offboarding that does not close by itself (rule 10). */
const NUMBER_ROWS: {
  row: number;
  applies(number: NumberRecord, now: number): boolean;
  mayTry(record: ShareRecord, number: NumberRecord, now: number): boolean;
  reasonOf(number: NumberRecord): string;
}[] = [
  {
    row: 8,
    applies: (number) => number.facts.NumberConnected.status === "False",
    mayTry: () => false,
    reasonOf: (number) => number.facts.NumberConnected.reason,
  },
  {
    row: 7,
    applies: (number, now) => isCountingDown(number, now),
    mayTry: () => false,
    reasonOf: () => "companion_offboarded",
  },
  {
    row: 8,
    applies: (number) => number.facts.CompanionLinked.status === "False",
    mayTry: (record) => record.facts.Shared.status === "True",
    reasonOf: () => "companion_not_restored",
  },
  {
    row: 9,
    applies: (number) => number.offboarded !== null && !number.offboarded.closesByItself,
    mayTry: () => true,
    reasonOf: () => "companion_offboarded",
  },
];
