import { isShownByCondition } from "../status/setup-issues.ts";
import { signupOf, whoMustActOf, type ConditionState, type ShareState } from "../status/share-state.ts";

/** One change worth a journal line. */
export interface Change {
  type: string;
  changed: string[];
  numberId: string | null;
}

/**
 * The journal's events for the step from one state to the next. The first line of a step carries all that
 * changed. Gate and number changes have lines of their own, so that a reader can filter for them.
 */
export function changesOf(before: ShareState | null, after: ShareState): Change[] {
  if (before === null) return [{ type: firstTypeOf(after), changed: ["status"], numberId: null }];
  const changed = changedPartsOf(before, after);
  const changes: Change[] = [];
  if (changed.length > 0) changes.push({ type: typeOf(before, after, changed), changed, numberId: null });
  if (before.gate !== after.gate || (isJudged(before, after) && after.gate === "closed"))
    changes.push({
      type: after.gate === "open" ? "waba.gate.opened" : "waba.gate.closed",
      changed: ["gate"],
      numberId: null,
    });
  return [...changes, ...numberChangesOf(before, after)];
}

/** The lines of a step that has an event of its own. That line replaces one about conditions alone. */
export function changesOfEvent(type: string, changes: readonly Change[]): Change[] {
  const [first, ...rest] = changes;
  const isPlain = first?.type === "waba.conditions.changed" && first.numberId === null;
  const changed = ["client_signals", ...(isPlain ? first.changed : [])];
  return [{ type, changed, numberId: null }, ...(isPlain ? rest : changes)];
}

/**
 * Whether a step is a transition: another status, another gate, or numbers that are now linked to their app.
 */
export function isTransition(before: ShareState | null, after: ShareState): boolean {
  if (before?.status !== after.status || before.gate !== after.gate || isJudged(before, after)) return true;
  return after.numbers.some((number) => {
    const old = before.numbers.find((candidate) => candidate.numberId === number.numberId);
    if (old === undefined || old.coexistence !== number.coexistence) return number.coexistence;
    return signupOf(number) !== null && signupOf(number) !== signupOf(old);
  });
}

function firstTypeOf(state: ShareState): string {
  if (state.adoption === "discovered") return "waba.discovered";
  return state.status === "onboarding" ? "waba.onboarding.started" : "waba.imported";
}

/** A setup issue may change `who_must_act` as well. */
const SETUP_PARTS = new Set(["setup_checks", "who_must_act"]);

function typeOf(before: ShareState, after: ShareState, changed: string[]): string {
  if (changed.length === 1 && changed[0] === "mode") return "waba.enforced";
  if (before.status === after.status && before.reason === after.reason)
    return changed.includes("setup_checks") && changed.every((part) => SETUP_PARTS.has(part))
      ? "waba.setup_checks.changed"
      : "waba.conditions.changed";
  return STATUS_EVENTS.find(([applies]) => applies(before, after))?.[1] ?? "waba.status.changed";
}

/** The event of a step to another status or reason: that of the first row that applies. */
const STATUS_EVENTS: readonly [applies: (before: ShareState, after: ShareState) => boolean, type: string][] =
  [
    // A change by people says nothing about the share, whatever the state was before.
    [(_before, after) => after.status === "offboarded", "waba.offboarded"],
    [(_before, after) => after.status === "closed", "waba.status.changed"],
    [(_before, after) => isLost(after) && after.reason === "partial_control", "waba.share.partial"],
    [(_before, after) => isLost(after), "waba.share.lost"],
    [(_before, after) => after.status === "unknown", "waba.share.unknown"],
    [(before) => isLost(before), "waba.share.restored"],
    [(before, after) => before.adoption === "discovered" && after.adoption === "adopted", "waba.adopted"],
    [(_before, after) => after.status === "reconnecting", "coexistence.offboarded"],
    [
      (before, after) => before.status === "reconnecting" && after.status === "live",
      "coexistence.reconnected",
    ],
  ];

const isLost = ({ status }: ShareState): boolean => status === "permission_removed";

function changedPartsOf(before: ShareState, after: ShareState): string[] {
  const parts: string[] = [];
  for (const key of ["status", "reason", "kind", "adoption", "warning"] as const)
    if (before[key] !== after[key]) parts.push(key);
  if (whoMustActOf(before) !== whoMustActOf(after)) parts.push("who_must_act");
  for (const condition of after.conditions) {
    const old = before.conditions.find((candidate) => candidate.type === condition.type);
    if (old?.status !== condition.status || old.reason !== condition.reason) parts.push(condition.type);
  }
  if (isJudged(before, after)) parts.push("mode");
  const closes = [before.operatorClose ?? null, after.operatorClose ?? null];
  if (closes[0] !== null && closes[1] !== null && closes[0]?.at !== closes[1]?.at)
    parts.push("operator_close");
  if (!before.conditions.some(isConfirmed) && after.conditions.some(isConfirmed)) parts.push("confirmed");
  if (before.numbers.length !== after.numbers.length) parts.push("numbers");
  if (after.setupIssues != null && setupIssueKeyOf(before) !== setupIssueKeyOf(after))
    parts.push("setup_checks");
  return parts;
}

/** A probe that may write has judged what was decided in observe mode. From now on it is enforced. */
const isJudged = (before: ShareState | null, after: ShareState): boolean =>
  before?.observing === true && after.observing !== true;

/** A probe has confirmed a loss that an event announced. The loss no longer rests on the event alone. */
const isConfirmed = ({ type, confirmedAt = null }: ConditionState): boolean =>
  type !== "Ready" && confirmedAt !== null;

/** An issue that a condition shows is reported with the condition. One that is not known is not reported. */
function setupIssueKeyOf({ setupIssues }: ShareState): string {
  const reported = (setupIssues ?? []).filter(
    (setupIssue) => setupIssue.verdict === "no" && !isShownByCondition(setupIssue),
  );
  return reported.map(({ check, reason, numberId }) => `${check} ${reason} ${numberId ?? ""}`).join();
}

function numberChangesOf(before: ShareState, after: ShareState): Change[] {
  return after.numbers.flatMap((number) => {
    const old = before.numbers.find((candidate) => candidate.numberId === number.numberId);
    if (old === undefined) return [];
    const changed = number.conditions
      .filter((condition) => {
        const was = old.conditions.find((candidate) => candidate.type === condition.type);
        return was?.status !== condition.status || was.reason !== condition.reason;
      })
      .map((condition): string => condition.type);
    // A change of the whole WABA is reported once, on its own lines.
    if (old.gate !== number.gate && (old.ownFault || number.ownFault)) changed.push("gate");
    return changed.length === 0 ? [] : [{ type: "number.changed", changed, numberId: number.numberId }];
  });
}
