/**
 * What people must know of a WABA, after each line of its journal. A line carries the whole state, so that
 * most signals follow from the newest line alone: what the state says and was not known begins, what it says
 * no longer ends. What only an event says (the use of an app) begins and ends with such events.
 */

import { isCounted } from "../coexistence/app-activity.ts";
import { decidingSignalOf } from "../sharing/model/client-signals.ts";
import type { JournalLine } from "../sharing/record/journal-store.ts";
import { isEnforced } from "../sharing/gate/verdict.ts";
import type { ShareState } from "../sharing/status/share-state.ts";
import { RULE_OF_WARNING, type RuleId } from "./rules.ts";
import { keyOf, type BegunSignal, type Signal, type SignalChanges, type SignalEnd } from "./signal.ts";

/** What is read of a line. */
export type ReadLine = Pick<JournalLine, "assetId" | "numberId" | "type"> & {
  at: number;
  state: ShareState;
  mode: "enforce" | "observe";
  statusBefore: string | null;
};

/** What nobody is told. */
export interface Untold {
  /** WABAs that were lost before they came here. */
  silent: ReadonlySet<string>;
  /** The last line before alerts existed, ms since the epoch; null: there was none. */
  beginsAt: number | null;
}

/** A signal that is recorded and holds. */
export type OpenSignal = Pick<Signal, "rule" | "subject" | "isObserved"> & { assetId: string };

type Wanted = Pick<Signal, "rule" | "subject" | "cause">;

export function signalsOf(
  lines: readonly ReadLine[],
  known: readonly OpenSignal[],
  { silent, beginsAt }: Untold,
): SignalChanges {
  const book = new Book(known);
  for (const line of lines) {
    book.follow(line, silent.has(line.assetId) ? [] : wantedOf(line, beginsAt));
  }
  return { begun: book.begun, ended: book.ended };
}

/** What the state alone says. */
function wantedOf({ assetId, state, statusBefore }: ReadLine, beginsAt: number | null): Wanted[] {
  const { status, reason } = state;
  if (isSetAside(state)) return [];
  const subject = `waba:${assetId}`;
  const isOld = beginsAt !== null && state.since <= beginsAt && statusBefore === status;
  const whole = isOld ? undefined : STATUS_RULES[status];
  const own: Wanted[] = [];
  if (status !== "live" && decidingSignalOf(state.client ?? {}) === "asked_fresh")
    own.push({ rule: "client_asked_link", subject, cause: null });
  if (whole !== undefined) own.push({ rule: whole(reason), subject, cause: reason });
  if (state.warning !== null && status !== "disabled")
    own.push({ rule: "waba_restricted", subject, cause: null });
  return [...own, ...numbersOf(state), ...setupIssuesOf(assetId, state)];
}

const STATUS_RULES: Partial<Record<ShareState["status"], (reason: string | null) => RuleId>> = {
  permission_removed: (reason) => (reason === "partial_control" ? "share_partial" : "share_lost"),
  disabled: () => "waba_disabled",
  unknown: () => "share_unknown",
};

/** What people ended on purpose, or did not begin. */
export function isSetAside({ status, client }: ShareState): boolean {
  if (["closed", "offboarded", "discovered", "onboarding"].includes(status)) return true;
  return client !== undefined && decidingSignalOf(client) === "intended";
}

/** Each number by itself: those that Meta tries to restore, and those that cannot send. */
const numbersOf = ({ numbers }: ShareState): Wanted[] =>
  numbers.flatMap(({ numberId, row, reason }) => {
    const rule = NUMBER_RULES[row];
    return rule === undefined ? [] : [{ rule, subject: `number:${numberId}`, cause: reason }];
  });

const NUMBER_RULES: Readonly<Record<number, RuleId>> = { 7: "app_link_restoring", 8: "number_disconnected" };

/** Those that no other rule says. */
function setupIssuesOf(assetId: string, { setupIssues }: ShareState): Wanted[] {
  const told = (setupIssues ?? []).filter(
    ({ check, verdict, reason }) =>
      verdict === "no" && check !== "system_user" && !(check === "number" && isOfNumber(reason)),
  );
  return told.map(({ check, numberId }) => ({
    rule: "setup_issue",
    subject: `${check}:${numberId ?? assetId}`,
    cause: check,
  }));
}

const isOfNumber = (reason: string): boolean =>
  ["number_deregistered", "number_deleted", "number_banned"].includes(reason);

const LOSSES: readonly RuleId[] = ["share_lost", "share_partial", "waba_disabled", "number_disconnected"];

/** Rules whose signals the state does not say. */
const BY_EVENTS: readonly RuleId[] = ["app_activity_due", "app_activity_overdue"];
const BY_WARNINGS: readonly RuleId[] = Object.values(RULE_OF_WARNING);

/** Whether a signal that the state does not say may still hold in it; undefined: the state says it. */
function mayHoldOf(rule: RuleId): ((state: ShareState) => boolean) | undefined {
  if (BY_EVENTS.includes(rule)) return isCounted;
  return BY_WARNINGS.includes(rule) ? (state) => !isSetAside(state) : undefined;
}

/** What events begin and end, of the number of their line. */
const EVENTS: Readonly<Record<string, { begins: RuleId | null; ends: readonly RuleId[] }>> = {
  "coexistence.app_activity.due_soon": { begins: "app_activity_due", ends: [] },
  "coexistence.app_activity.overdue": { begins: "app_activity_overdue", ends: ["app_activity_due"] },
  "coexistence.app_activity.confirmed": { begins: null, ends: ["app_activity_due", "app_activity_overdue"] },
};

interface Held {
  signal: OpenSignal;
  begun: BegunSignal | null;
}

/** Follows the lines: which signals hold, what began and what ended. */
class Book {
  readonly begun: BegunSignal[] = [];
  readonly ended: { rule: RuleId; subject: string; at: number; why: SignalEnd["why"] }[] = [];
  /** By asset, then by key; `begun` is null for what was recorded before. */
  readonly #open = new Map<string, Map<string, Held>>();

  constructor(known: readonly OpenSignal[]) {
    for (const signal of known) this.#of(signal.assetId).set(keyOf(signal), { signal, begun: null });
  }

  follow(line: ReadLine, wanted: readonly Wanted[]): void {
    const isObserved = !isEnforced(line.mode, line.state);
    this.#endGone(line, new Set(wanted.map(keyOf)), isObserved, wanted);
    for (const each of wanted) this.#begin(line, each, isObserved);
    this.#followEvent(line, isObserved);
  }

  #of(assetId: string): Map<string, Held> {
    const known = this.#open.get(assetId) ?? new Map<string, Held>();
    this.#open.set(assetId, known);
    return known;
  }

  #endGone(line: ReadLine, keys: ReadonlySet<string>, isObserved: boolean, wanted: readonly Wanted[]): void {
    for (const [key, { signal }] of this.#of(line.assetId)) {
      const isSame = (signal.isObserved === true) === isObserved;
      const holds = mayHoldOf(signal.rule)?.(line.state) ?? (keys.has(key) && isSame);
      if (!holds && !isUndecided(line.state, keys, key))
        this.#end(line, key, whyOf(line.state, signal, wanted));
    }
  }

  #begin(line: ReadLine, { rule, subject, cause }: Wanted, isObserved: boolean): void {
    const open = this.#of(line.assetId);
    const key = keyOf({ rule, subject });
    if (open.has(key)) return;
    const signal = {
      ...{ rule, subject, cause, assetId: line.assetId, beganAt: line.at, detail: {} },
      ...(isObserved && { isObserved: true as const }),
    };
    this.begun.push(signal);
    open.set(key, { signal, begun: signal });
  }

  #end(line: ReadLine, key: string, why: SignalEnd["why"]): void {
    const open = this.#of(line.assetId);
    const ended = open.get(key);
    if (ended === undefined) return;
    open.delete(key);
    const end = { at: line.at, why };
    if (ended.begun !== null) ended.begun.end = end;
    else this.ended.push({ rule: ended.signal.rule, subject: ended.signal.subject, ...end });
  }

  #followEvent(line: ReadLine, isObserved: boolean): void {
    const event = EVENTS[line.type];
    if (event === undefined) return;
    const subject = `number:${line.numberId ?? ""}`;
    for (const rule of event.ends)
      this.#end(line, keyOf({ rule, subject }), event.begins === null ? "over" : "replaced");
    const { begins } = event;
    if (begins !== null && isCounted(line.state))
      this.#begin(line, { rule: begins, subject, cause: null }, isObserved);
  }
}

/** While it is not known how the share stands, nothing is over. */
const isUndecided = ({ status }: ShareState, wanted: ReadonlySet<string>, key: string): boolean =>
  status === "unknown" && !wanted.has(key) && !key.startsWith("share_unknown ");

function whyOf(
  state: ShareState,
  { rule, subject }: OpenSignal,
  wanted: readonly Wanted[],
): SignalEnd["why"] {
  if (isSetAside(state)) return "set_aside";
  if (wanted.some((other) => other.rule === rule && other.subject === subject)) return "replaced";
  return wanted.some((other) => LOSSES.includes(other.rule)) ? "replaced" : "over";
}
