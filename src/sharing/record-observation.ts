import type { Database, Tx } from "../database/database.ts";
import { findAsset, type Mode } from "../directory/directory-store.ts";
import type { Clock } from "../lib/clock.ts";
import type { Random } from "../lib/random.ts";
import { changesOf, isTurn, type Change } from "./changes.ts";
import { appendJournal } from "./journal-store.ts";
import { nextLookAt, urgentLookAt } from "./look-plan.ts";
import { clampToNow, type ShareMemory } from "./memory.ts";
import { observe, type Observation } from "./observe.ts";
import { insertShare, lockShare, saveShare, type LookTimes, type ShareRow } from "./share-store.ts";
import { stateOf, type ShareState } from "./state.ts";
import { appendObservation, type NewObservation } from "./timeline-store.ts";

export interface ShareDeps {
  db: Database;
  clock: Clock;
  random: Random;
  /** How often a share is swept when nothing else makes us look. */
  sweepPeriodMs: number;
  /** How long Meta is given to restore an offboarded number, in ms; an hour when nobody says otherwise. */
  companionCountdownMs?: number;
  /** Told after every commit that changed something, so that the loops and the gate need not wait for a poll. */
  wake: () => void;
  /**
   * Called within the transaction of a step that changes the status, the gate, or which numbers are linked to their app, so that what must stand from the same commit on is
   * written with it. The heart knows nobody who listens.
   */
  onTurn?: (tx: Tx, share: ShareRow, turn: Turn) => Promise<void>;
}

/**
 * A change of status, of gate, or of the link between a number and its app. `before` is null when the share begins with it. What was
 * remembered before it, the share itself says.
 */
export interface Turn {
  before: ShareState | null;
  after: ShareState;
  /** What is remembered after the step. */
  memory: ShareMemory;
  /** The instant of the step, ms since the epoch. */
  at: number;
  /** In observe mode nothing closes and nobody is contacted. */
  mode: Mode;
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

export interface Recorded {
  before: ShareState;
  after: ShareState;
  memory: ShareMemory;
}

/**
 * One transaction: lock the share, observe, save, journal. The gate is closed, or open, from its commit on.
 *
 * @param input.observe a function when the observation depends on what the same transaction stores, such as numbers that are new
 * @returns undefined when there is no such share, or when it was no longer due
 */
export async function recordObservation(
  deps: ShareDeps,
  input: {
    assetId: string;
    observe: Observation | ((tx: Tx, share: ShareRow) => Promise<Observation>);
    /** The timeline's entry, always; or its entries as they follow from the step. */
    note: Note | null | ((step: Recorded) => (Note | null)[]);
    by: By;
    /** What an operator set by it, such as `mode`: told on a line of its own, for those who follow the journal. */
    configured?: readonly string[];
    /** Asked first, in the same transaction: whether it is still to be recorded. */
    stillDue?: (tx: Tx) => Promise<boolean>;
  },
): Promise<Recorded | undefined> {
  const recorded = await deps.db.transaction(async (tx) => {
    if (input.stillDue !== undefined && !(await input.stillDue(tx))) return undefined;
    const share = await lockShare(tx, input.assetId);
    if (share === undefined) return undefined;
    const now = deps.clock.now();
    const observation = typeof input.observe === "function" ? await input.observe(tx, share) : input.observe;
    const step = stepOf(withSettings(deps, share.memory), observation, now);
    await saveShare(tx, { ...share, memory: step.memory }, step.after, looksOf(deps, step.memory, now));
    const notes = typeof input.note === "function" ? input.note(step) : [input.note];
    for (const note of notes.filter((each) => each !== null))
      await appendObservation(tx, {
        ...note,
        ...input.by,
        connectionId: share.connectionId,
        assetId: share.assetId,
        at: now,
      });
    const changes = [...configuredOf(input.configured), ...changesOf(step.before, step.after)];
    await tell(tx, deps, { share, ...step, changes, by: input.by, at: now });
    return step;
  });
  deps.wake();
  return recorded;
}

/** What a setting decides is remembered with the share, so that the rules stay pure. */
function withSettings({ companionCountdownMs }: ShareDeps, memory: ShareMemory): ShareMemory {
  return companionCountdownMs === undefined ? memory : { ...memory, companionCountdownMs };
}

function stepOf(memory: ShareMemory, observation: Observation, now: number): Recorded {
  const known = clampToNow(memory, now);
  const next = observe(known, observation, now);
  // What was decided before is told as it was decided: a countdown that ended meanwhile is part of this step.
  return {
    before: stateOf(memory, Math.min(now, decidedUntil(memory, now))),
    after: stateOf(next, now),
    memory: next,
  };
}

/** The instant up to which the last decision held: time alone may have ended a countdown since. */
function decidedUntil(memory: ShareMemory, now: number): number {
  const ends = Object.values(memory.numbers)
    .map((number) => number.offboarded?.until ?? Infinity)
    .filter((until) => until <= now);
  return ends.length === 0 ? now : Math.min(...ends) - 1;
}

function looksOf(deps: ShareDeps, memory: ShareMemory, now: number): LookTimes {
  const nextAt = nextLookAt(memory, now, deps.sweepPeriodMs, deps.random.next());
  return { nextAt, urgentAt: urgentLookAt(memory) };
}

/** Begins a share in the caller's transaction, with its first journal line. */
export async function beginShare(
  tx: Tx,
  deps: ShareDeps,
  share: ShareRow,
  note: Note,
  by: By,
): Promise<ShareState> {
  const now = deps.clock.now();
  const memory = observe(share.memory, { type: "tick" }, now);
  const state = stateOf(memory, now);
  await insertShare(tx, { ...share, memory }, state, looksOf(deps, memory, now));
  await appendObservation(tx, {
    ...note,
    ...by,
    connectionId: share.connectionId,
    assetId: share.assetId,
    at: now,
  });
  await tell(tx, deps, {
    share,
    before: null,
    after: state,
    memory,
    changes: changesOf(null, state),
    by,
    at: now,
  });
  return state;
}

function configuredOf(changed: readonly string[] = []): Change[] {
  return changed.length === 0 ? [] : [{ type: "waba.terms.changed", changed: [...changed], numberId: null }];
}

interface Told {
  share: ShareRow;
  before: ShareState | null;
  after: ShareState;
  memory: ShareMemory;
  changes: Change[];
  by: By;
  at: number;
}

/** The journal's lines of a step, and whoever must know in the same transaction. A step that changed nothing costs no query. */
async function tell(tx: Tx, deps: ShareDeps, told: Told): Promise<void> {
  const { share, before, after, memory, at } = told;
  const turns = isTurn(before, after);
  if (told.changes.length === 0 && !turns) return;
  const mode = (await findAsset(tx, share.assetId))?.mode ?? "enforce";
  await journal(tx, told, mode);
  if (turns) await deps.onTurn?.(tx, share, { before, after, memory, at, mode });
}

async function journal(tx: Tx, { share, before, after, changes, by, at }: Told, mode: Mode): Promise<void> {
  const was = before === null ? null : { status: before.status, gate: before.gate, reason: before.reason };
  await appendJournal(
    tx,
    changes.map(({ type, changed, numberId }) => ({
      connectionId: share.connectionId,
      assetId: share.assetId,
      numberId,
      type,
      at: new Date(at),
      ...by,
      data: { changed, before: was, state: after, mode },
    })),
  );
}
