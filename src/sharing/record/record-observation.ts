/**
 * The one transaction in which a share changes.
 *
 * 1. Lock the rows of the shares, so that two instances never decide about one share at the same time.
 * 2. Compute the next share record, and the state before and after it. This is pure (`stepOf`).
 * 3. Save each record, and beside it the columns that lists are filtered by.
 * 4. Append to the timeline what was seen and done.
 * 5. Call `onTransitions`, which writes what must exist from the same commit on: the re-share link and the
 *   episode.
 * 6. Append to the journal. This comes last, because the journal takes a lock that lets one transaction at a
 *   time continue. Sequence numbers then follow the order of commits, and a reader with a cursor never skips
 *   a slower commit.
 *
 * The gate is closed, or open, from the commit on. `wake` only tells the readers of the journal not to wait
 * for their next poll. No call to Meta happens inside the transaction.
 */

import type { Database, Tx } from "../../database/database.ts";
import { findAssets, type Mode } from "../../directory/asset-store.ts";
import { assert } from "../../lib/assert.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Random } from "../../lib/random.ts";
import { changesOf, changesOfEvent, isTransition, type Change } from "./changes.ts";
import { appendJournal, type NewLine } from "./journal-store.ts";
import { nextProbeAt, urgentProbeAt } from "../rules/probe-plan.ts";
import type { ShareRecord } from "../model/share-record.ts";
import { observe, type Observation } from "../rules/observe.ts";
import {
  insertShares,
  lockShares,
  saveShares,
  type ProbeTimes,
  type LockedShare,
  type ShareRow,
} from "./share-store.ts";
import { stateOf, type ShareState } from "../status/share-state.ts";
import { stepOf, type Recorded } from "../rules/step.ts";
import { appendTimeline, type NewObservation } from "./timeline-store.ts";

/** What recording a step of a share needs. */
export interface RecordDeps {
  db: Database;
  clock: Clock;
  random: Random;
  /** How often a share is swept when no rule asks for a probe. */
  sweepPeriodMs: number;
  /** How long Meta is given to restore an offboarded number, in ms; default one hour. */
  companionCountdownMs?: number;
  /**
   * Called after every commit that changed something, so that the loops and the gate need not wait for a
   * poll.
   */
  wake: () => void;
  /**
   * Called within the transaction of steps that change the status, the gate, or which numbers are linked to
   * their app. Listeners write what must exist from the same commit on. Each transition of a call is about
   * another WABA. What they return becomes lines of the journal, after those of the step itself.
   */
  onTransitions?: (tx: Tx, transitions: readonly ShareTransition[]) => Promise<readonly OwnLine[]>;
}

/** What beginning a share needs, in the transaction of the caller. */
export type BeginDeps = Pick<RecordDeps, "clock" | "random" | "sweepPeriodMs" | "onTransitions">;

/**
 * A change of status, of gate, or of the link between a number and its app. `before` is null when the share
 * begins with it.
 */
export interface Transition {
  before: ShareState | null;
  after: ShareState;
  /** The share record after the step. */
  record: ShareRecord;
  /** The instant of the step, ms since the epoch. */
  at: number;
  /** In observe mode nothing closes and nobody is contacted. */
  mode: Mode;
}

/** A line of the journal that is no change of what is derived, such as a link that was made. */
export interface OwnLine extends Pick<Change, "type" | "changed"> {
  assetId: string;
}

/** A transition of one share, with the share as it was before. */
export interface ShareTransition extends Transition {
  share: ShareRow;
}

export interface Note {
  kind: NewObservation["kind"];
  source: string;
  title: string;
  detail: string | null;
  evidence: unknown;
}

export interface By {
  actor: string;
  requestId: string | null;
}

export const SYSTEM: By = { actor: "system", requestId: null };
export const META: By = { actor: "meta", requestId: null };

/** What is to be recorded about one WABA. */
export interface Seen {
  assetId: string;
  /** A function when the observation depends on what the same transaction stores, such as new numbers. */
  observe: Observation | ((tx: Tx, share: ShareRow) => Promise<Observation>);
  /** The timeline entry, always; or the entries that follow from the step. */
  note: Note | null | ((step: Recorded) => (Note | null)[]);
  by: By;
  /** What the client reported by it: an event of its own, which is sent even when nothing derived changes. */
  event?: string;
  /** Further lines, after those of the step itself. */
  ownLines?: readonly Pick<Change, "type" | "changed">[];
  /** What people set by it, such as `mode`. It gets a line of its own, for readers of the journal. */
  configured?: Pick<Change, "type" | "changed">;
}

/**
 * One transaction: lock the share, observe, save, journal. The gate is closed, or open, from its commit on.
 *
 * @param input.stillDue asked first, in the same transaction: whether it is still to be recorded
 * @returns undefined when there is no such share, or when it was no longer due
 */
export async function recordObservation(
  deps: RecordDeps,
  input: Seen & { stillDue?: (tx: Tx) => Promise<boolean> },
): Promise<Recorded | undefined> {
  const recorded = await deps.db.transaction(async (tx) => {
    if (input.stillDue !== undefined && !(await input.stillDue(tx))) return undefined;
    return (await recordSeen(tx, deps, [input])).get(input.assetId);
  });
  deps.wake();
  return recorded;
}

/**
 * The same in the caller's transaction, for several WABAs at once. However many they are, each kind of row is
 * read and written with one statement. The journal comes last, because its lock lets one transaction at a
 * time continue. The caller must call `deps.wake` afterwards.
 *
 * @param seen each of another WABA; a second observation of one of them needs a call of its own
 * @returns the steps, by WABA; a WABA without a share has none
 */
export async function recordSeen(
  tx: Tx,
  deps: BeginDeps & Pick<RecordDeps, "companionCountdownMs">,
  seen: readonly Seen[],
): Promise<Map<string, Recorded>> {
  const shares = await lockShares(
    tx,
    seen.map((each) => each.assetId),
  );
  assert(new Set(seen.map((each) => each.assetId)).size === seen.length, "one step of a WABA at a time");
  const now = deps.clock.now();
  const steps: Step[] = [];
  for (const each of seen) {
    const share = shares.get(each.assetId);
    if (share !== undefined) steps.push(await takeStep(tx, deps, { each, share, now }));
  }
  await saveShares(
    tx,
    steps.map(({ share: { assetId }, record, after, at }) => ({
      ...{ assetId, record, state: after, probes: probesOf(deps, record, at) },
    })),
  );
  await appendTimeline(tx, steps.flatMap(entriesOf));
  await tell(tx, deps, steps);
  return new Map(steps.map((step) => [step.share.assetId, step]));
}

/**
 * A step that was decided, with all that is to be written for it. `before` is null when the share begins with
 * it.
 */
interface Step<Before = ShareState> {
  share: ShareRow;
  before: Before;
  after: ShareState;
  record: ShareRecord;
  notes: readonly Note[];
  changes: readonly Change[];
  by: By;
  at: number;
}

async function takeStep(
  tx: Tx,
  deps: Pick<RecordDeps, "companionCountdownMs">,
  { each, share, now }: { each: Seen; share: LockedShare; now: number },
): Promise<Step> {
  const observation = typeof each.observe === "function" ? await each.observe(tx, share) : each.observe;
  const step = stepOf(withSettings(deps, share.record), observation, now, share.mode);
  const notes = typeof each.note === "function" ? each.note(step) : [each.note];
  const derived = changesOf(step.before, step.after);
  const reported = each.event === undefined ? derived : changesOfEvent(each.event, derived);
  const own = (each.ownLines ?? []).map((line) => ({ ...line, numberId: null }));
  const changes = [...configuredOf(each.configured), ...reported, ...own];
  return { ...step, share, notes: notes.filter((note) => note !== null), changes, by: each.by, at: now };
}

function entriesOf({ share, notes, by, at }: Step<ShareState | null>): NewObservation[] {
  const { connectionId, assetId } = share;
  return notes.map((note) => ({ ...note, ...by, connectionId, assetId, at }));
}

/** Settings are stored in the share record, so that the rules stay pure. */
function withSettings(
  { companionCountdownMs }: Pick<RecordDeps, "companionCountdownMs">,
  record: ShareRecord,
): ShareRecord {
  return companionCountdownMs === undefined ? record : { ...record, companionCountdownMs };
}

function probesOf(
  deps: Pick<RecordDeps, "random" | "sweepPeriodMs">,
  record: ShareRecord,
  now: number,
): ProbeTimes {
  const nextAt = nextProbeAt(record, now, deps.sweepPeriodMs, deps.random.next());
  return { nextAt, urgentAt: urgentProbeAt(record) };
}

/**
 * Begins shares in the caller's transaction, all with the same record, each with its first journal line.
 *
 * @param input.withinMs the first probes are spread over this long, so that a fleet does not come due at
 *   once; 0: all are due now
 */
export async function beginShares(
  tx: Tx,
  deps: BeginDeps,
  input: {
    connectionId: string;
    shares: readonly { assetId: string; note: Note }[];
    record: ShareRecord;
    withinMs: number;
    by: By;
  },
): Promise<void> {
  const { connectionId, shares, withinMs, by } = input;
  const now = deps.clock.now();
  const begun = observe(input.record, { type: "tick" }, now);
  const record = withinMs === 0 ? begun : { ...begun, dueProbes: [] };
  const state = stateOf(record, now);
  const spread = (): ProbeTimes => ({
    nextAt: now + Math.floor(deps.random.next() * withinMs),
    urgentAt: null,
  });
  await insertShares(
    tx,
    connectionId,
    { record, state },
    shares.map(({ assetId }) => ({
      assetId,
      probes: withinMs === 0 ? probesOf(deps, record, now) : spread(),
    })),
  );
  const step = { before: null, after: state, record, changes: changesOf(null, state), by, at: now };
  const steps = shares.map(({ assetId, note }) => ({
    ...step,
    ...{ share: { assetId, connectionId, record }, notes: [note] },
  }));
  await appendTimeline(tx, steps.flatMap(entriesOf));
  await tell(tx, deps, steps);
}

/** The line of terms that an operator has set. */
export function termsChange(changed: readonly string[]): Pick<Change, "type" | "changed"> {
  return { type: "waba.terms.changed", changed: [...changed] };
}

function configuredOf(configured: Seen["configured"]): Change[] {
  return configured === undefined ? [] : [{ ...configured, numberId: null }];
}

/**
 * Calls the listeners of transitions and writes the journal's lines. Steps that changed nothing cost no
 * query.
 */
async function tell(
  tx: Tx,
  deps: Pick<RecordDeps, "onTransitions">,
  steps: readonly Step<ShareState | null>[],
): Promise<void> {
  const reported = steps.filter(
    ({ before, after, changes }) => changes.length > 0 || isTransition(before, after),
  );
  if (reported.length === 0) return;
  const assets = await findAssets(
    tx,
    reported.map(({ share }) => share.assetId),
  );
  const modes = new Map(assets.map((asset) => [asset.id, asset.mode]));
  const withMode = reported.map((step) => ({ ...step, mode: modes.get(step.share.assetId) ?? "enforce" }));
  const transitions = withMode.filter(({ before, after }) => isTransition(before, after));
  const own = transitions.length > 0 ? await deps.onTransitions?.(tx, transitions) : undefined;
  await appendJournal(
    tx,
    withMode.flatMap((step) => linesOf(step, own ?? [])),
  );
}

function linesOf(step: Step<ShareState | null> & { mode: Mode }, own: readonly OwnLine[]): NewLine[] {
  const { share, before, after, mode } = step;
  const was = before === null ? null : { status: before.status, gate: before.gate, reason: before.reason };
  const ownChanges = own
    .filter(({ assetId }) => assetId === share.assetId)
    .map(({ type, changed }) => ({ type, changed, numberId: null }));
  return [...step.changes, ...ownChanges].map(({ type, changed, numberId }) => ({
    connectionId: share.connectionId,
    assetId: share.assetId,
    numberId,
    type,
    at: new Date(step.at),
    ...step.by,
    data: { changed, before: was, state: after, mode },
  }));
}
