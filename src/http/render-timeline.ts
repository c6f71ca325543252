import type { JournalData } from "../sharing/journal-store.ts";
import { STATUS_ROWS } from "../sharing/status.ts";
import { isTransitionData, type TimelineEntry } from "../sharing/timeline-store.ts";
import { joinSentences, reasonSentenceOf, type Names } from "../sharing/words.ts";
import en from "../texts/en.json" with { type: "json" };
import type { TimelineEntryJson } from "./timeline-schema.ts";

const TITLES: Record<string, string> = en.timeline;

/** One entry as people read it; what it rests on stays beside it, unchanged. */
export function renderTimelineEntry(entry: TimelineEntry, names: Names): TimelineEntryJson {
  const transition = isTransitionData(entry.evidence) ? entry.evidence : null;
  return {
    id: entry.id,
    at: entry.at.toISOString(),
    kind: entry.kind,
    source: entry.source,
    title: TITLES[entry.title] ?? entry.title,
    detail: transition ? transitionDetailOf(transition, names) : entry.detail,
    actor: entry.actor,
    request_id: entry.requestId,
    evidence: transition ? transitionEvidenceOf(transition) : recordOf(entry.evidence),
  };
}

function transitionDetailOf({ before, state, changed }: JournalData, names: Names): string {
  const reason = state.reason === null ? "" : reasonSentenceOf(state.reason, names);
  if (before === null || before.status === state.status)
    return joinSentences(
      `${state.label}.`,
      changed.length > 0 ? `Changed: ${changed.join(", ")}.` : "",
      reason,
    );
  return joinSentences(`${labelOf(before.status)} → ${state.label}.`, reason);
}

function labelOf(status: string): string {
  return STATUS_ROWS.find((row) => row.status === status)?.label ?? status;
}

function transitionEvidenceOf({ before, state, changed }: JournalData): Record<string, unknown> {
  const { status, gate, reason, conditions } = state;
  const told = conditions.map((condition) => [condition.type, `${condition.status} (${condition.reason})`]);
  return {
    changed,
    before,
    after: { status, gate, reason },
    conditions: Object.fromEntries(told) as unknown,
  };
}

function recordOf(evidence: unknown): Record<string, unknown> | null {
  if (typeof evidence !== "object" || evidence === null) return null;
  return Array.isArray(evidence) ? { items: evidence as unknown[] } : (evidence as Record<string, unknown>);
}
