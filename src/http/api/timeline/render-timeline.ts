import type { JournalData } from "../../../sharing/record/journal-store.ts";
import type { ConditionState } from "../../../sharing/status/share-state.ts";
import { STATUS_ROWS } from "../../../sharing/status/status.ts";
import { isTransitionData, type TimelineEntry } from "../../../sharing/record/timeline-store.ts";
import {
  causeSentenceOf,
  joinSentences,
  setupIssuesSentenceOf,
  type Names,
} from "../../../sharing/status/sentences.ts";
import { english } from "../../../messages/english.ts";
import type { TimelineEntryJson } from "./timeline-schema.ts";

/** One entry as people read it; its evidence stays beside it, unchanged. */
export function renderTimelineEntry(entry: TimelineEntry, names: Names): TimelineEntryJson {
  const transition = isTransitionData(entry.evidence) ? entry.evidence : null;
  return {
    id: entry.id,
    at: entry.at.toISOString(),
    kind: entry.kind,
    source: entry.source,
    title: titleOf(entry.title, transition),
    detail: transition ? detailOf(entry, transition, names) : entry.detail,
    actor: entry.actor,
    request_id: entry.requestId,
    evidence: transition ? transitionEvidenceOf(transition) : recordOf(entry.evidence),
  };
}

/** In observe mode the gate shows what enforce mode would do. */
function titleOf(title: string, transition: JournalData | null): string {
  const exact = [
    ...(transition?.mode === "observe" ? [`timeline.${title}.observed`] : []),
    `timeline.${title}.${transition?.state.client?.step?.name ?? ""}`,
    `timeline.${title}`,
  ];
  const key = exact.find((candidate) => english.has(candidate));
  return key === undefined ? title : english(key);
}

function detailOf(entry: TimelineEntry, transition: JournalData, names: Names): string | null {
  const choice = entry.title === CHOSE_ANOTHER ? transition.state.client?.choice : undefined;
  return choice?.chosen ?? transitionDetailOf(transition, entry.numberId, names);
}

const CHOSE_ANOTHER = "reshare.chose_another";

/** What the title does not say: the old and new status with the reason, or the conditions that changed. */
function transitionDetailOf(
  { before, state, changed }: JournalData,
  numberId: string | null,
  names: Names,
): string | null {
  if (numberId !== null) return numberDetailOf(state, numberId, changed);
  if (before === null || isOnly(changed, "gate")) return null;
  if (before.status === state.status && before.reason === state.reason)
    return joinOrNull(
      conditionsDetailOf(state.conditions, changed),
      changed.includes("confirmed") ? english("timeline_confirmed") : null,
      workingDetailOf(state, changed),
    );
  const reason = state.reason === null ? "" : causeSentenceOf(state, names);
  return joinSentences(
    before.status === state.status ? "" : `${labelOf(before.status)} → ${state.label}.`,
    reason,
  );
}

/**
 * "200000000000003. Number connected: no." The number is named by Meta's id: the journal keeps no phone
 * numbers.
 */
function numberDetailOf(state: JournalData["state"], numberId: string, changed: string[]): string | null {
  const number = state.numbers.find((candidate) => candidate.numberId === numberId);
  if (number === undefined) return null;
  return joinSentences(`${number.phoneNumberId}.`, conditionsDetailOf(number.conditions, changed) ?? "");
}

/**
 * "Webhooks reach us: not known. Meta allows messaging: not known." Null when the changed conditions have no
 * sentence.
 */
function conditionsDetailOf(conditions: ConditionState[], changed: string[]): string | null {
  // `Ready` sums up the other conditions: it is shown only when no other condition changed.
  const named = changed.filter((type) => type !== "Ready" || isOnly(changed, "Ready"));
  const sentences = named.flatMap((type) => {
    const condition = conditions.find((candidate) => candidate.type === type);
    return condition ? [conditionSentenceOf(condition)] : [];
  });
  return sentences.length > 0 ? sentences.join(" ") : null;
}

/** The setup issues after they changed. */
function workingDetailOf(state: JournalData["state"], changed: string[]): string | null {
  if (!changed.includes("setup_checks")) return null;
  const what = setupIssuesSentenceOf(state);
  return what === "" ? english("setup.none") : english("setup.now", { what });
}

function joinOrNull(...sentences: (string | null)[]): string | null {
  const detail = joinSentences(...sentences.filter((sentence) => sentence !== null));
  return detail === "" ? null : detail;
}

const conditionSentenceOf = ({ type, status }: ConditionState): string =>
  `${english(`labels.condition.${type}`)}: ${english(`labels.condition_status.${status}`).toLowerCase()}.`;

const isOnly = (changed: string[], what: string): boolean => changed.length === 1 && changed[0] === what;

function labelOf(status: string): string {
  return STATUS_ROWS.find((row) => row.status === status)?.label ?? status;
}

function transitionEvidenceOf({ before, state, changed }: JournalData): Record<string, unknown> {
  const { status, gate, reason, conditions } = state;
  const entries = conditions.map((condition) => [
    condition.type,
    `${condition.status} (${condition.reason})`,
  ]);
  return {
    changed,
    before,
    after: { status, gate, reason },
    conditions: Object.fromEntries(entries) as unknown,
  };
}

function recordOf(evidence: unknown): Record<string, unknown> | null {
  if (typeof evidence !== "object" || evidence === null) return null;
  return Array.isArray(evidence) ? { items: evidence as unknown[] } : (evidence as Record<string, unknown>);
}
