import type { Fact } from "../model/fact.ts";
import type { NumberMemory, ShareMemory } from "../model/share-record.ts";
import { isCountingDown } from "./number-able.ts";
import { isKnownReason, REASONS, type WhoMustAct } from "../model/reason.ts";
import { isTokenDead, STATUS_ROWS, whoRestores, type StatusRow } from "./status.ts";
import { workingOf } from "./setup-issues.ts";

/** What follows from a memory at an instant: status and gate of the WABA, and of each number by itself. */
export interface Derived {
  status: StatusRow["status"];
  row: StatusRow;
  reason: string | null;
  who: WhoMustAct;
  gate: "open" | "closed";
  numbers: Record<string, NumberDerived>;
}

export interface NumberDerived {
  gate: "open" | "closed" | "trial";
  /** The row that speaks for this number: the WABA's, or 7 or 8 for it alone. */
  row: StatusRow;
  reason: string | null;
  /** What ails this number alone, and not its WABA. */
  ownAilment: boolean;
  /** Until when Meta is given time to restore it, ms since the epoch. */
  countdownUntil: number | null;
}

/** The first row that matches wins (CONTRACT section 5). Pure; an unmatched memory is impossible: the last row takes all. */
export function derive(memory: ShareMemory, now: number): Derived {
  const row = rowOf(memory, now);
  const numbers: Record<string, NumberDerived> = {};
  for (const [id, number] of Object.entries(memory.numbers))
    numbers[id] = deriveNumber(memory, row, number, now);
  const reason = row.reasonOf(memory, now);
  const gate = gateOf(memory, row);
  return { status: row.status, row, reason, who: whoOf(memory, row, reason), gate, numbers };
}

export function rowOf(memory: ShareMemory, now: number): StatusRow {
  const row = STATUS_ROWS.find((candidate) => candidate.matches(memory, now));
  if (row === undefined) throw new Error("Broken assumption: no status row matches");
  return row;
}

/** "Keep" is the last decision; with none, open for what was imported, closed for a signup. */
function gateOf(memory: ShareMemory, row: StatusRow): "open" | "closed" {
  if (row.gate !== "keep") return row.gate;
  return memory.decided.gate ?? (memory.origin === "signup" ? "closed" : "open");
}

function whoOf(memory: ShareMemory, row: StatusRow, reason: string | null): WhoMustAct {
  if (row.number === 4) return whoRestores(memory);
  if (row.who !== "reason") return row.who;
  if (reason === null) return row.status === "live" ? whoMendsOf(memory) : "provider";
  return isKnownReason(reason) ? REASONS[reason].who : "client";
}

/** A live WABA: whoever its setup issues name, ourselves first. */
function whoMendsOf(memory: ShareMemory): WhoMustAct {
  const ours: Fact[] = [memory.facts.WebhookSubscribed, memory.facts.TokenValid];
  if (ours.some((fact) => fact.status === "False")) return "provider";
  const named = new Set(
    (workingOf(memory) ?? []).flatMap(({ verdict, who }) => (verdict === "no" ? [who] : [])),
  );
  return (["provider", "client", "meta"] as const).find((who) => named.has(who)) ?? "nobody";
}

function deriveNumber(memory: ShareMemory, row: StatusRow, number: NumberMemory, now: number): NumberDerived {
  const own = NUMBER_ROWS.find((candidate) => candidate.applies(number, now));
  const shared = { row, reason: row.reasonOf(memory, now), ownAilment: false, countdownUntil: null };
  const wabaGate = gateOf(memory, row);
  // A dead token closes no gate, but nothing can be sent with it: Meta's 401 is never handed to a client.
  if (row.number === 6 && isTokenDead(memory)) return { ...shared, gate: "closed" };
  const wabaRules = row.number <= 6 && wabaGate === "closed";
  if (own === undefined || wabaRules) return { ...shared, gate: row.number >= 7 ? "open" : wabaGate };
  const ownRow = STATUS_ROWS.find((candidate) => candidate.number === own.row) ?? row;
  return {
    gate: own.mayTry(memory, number, now) ? "trial" : "closed",
    row: ownRow,
    reason: own.reasonOf(number),
    ownAilment: row.number !== own.row,
    countdownUntil: own.row === 7 ? (number.offboarded?.until ?? null) : null,
  };
}

/** Rows 7 and 8 for one number alone, and the offboarding that does not close by itself (rule 10). */
const NUMBER_ROWS: {
  row: number;
  applies(number: NumberMemory, now: number): boolean;
  mayTry(memory: ShareMemory, number: NumberMemory, now: number): boolean;
  reasonOf(number: NumberMemory): string;
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
    mayTry: (memory) => memory.facts.Shared.status === "True",
    reasonOf: () => "companion_not_restored",
  },
  {
    row: 9,
    applies: (number) => number.offboarded !== null && !number.offboarded.closesByItself,
    mayTry: () => true,
    reasonOf: () => "companion_offboarded",
  },
];
