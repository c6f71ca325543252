import type { Database, Tx } from "../database/database.ts";
import type { Clock } from "../lib/clock.ts";
import type { Random } from "../lib/random.ts";
import { changesOf } from "./changes.ts";
import { appendJournal } from "./journal-store.ts";
import { nextLookAt } from "./look-plan.ts";
import { clampToNow, type ShareMemory } from "./memory.ts";
import { observe, type Observation } from "./observe.ts";
import { insertShare, lockShare, saveShare, type ShareRow } from "./share-store.ts";
import { stateOf, type ShareState } from "./state.ts";
import { appendObservation, type NewObservation } from "./timeline-store.ts";

export interface ShareDeps {
  db: Database;
  clock: Clock;
  random: Random;
  /** How often a share is swept when nothing else makes us look. */
  sweepPeriodMs: number;
  /** Told after every commit that changed something, so that the loops and the gate need not wait for a poll. */
  wake: () => void;
  /**
   * Called within the transaction of a step that changes the status or the gate, so that what must stand from the same commit on is
   * written with it. The heart knows nobody who listens.
   */
  onTurn?: (tx: Tx, share: ShareRow, turn: Turn) => Promise<void>;
}

/** A change of status or gate. `before` is null when the share begins with it. */
export interface Turn {
  before: ShareState | null;
  after: ShareState;
  /** The instant of the step, ms since the epoch. */
  at: number;
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
    /** The timeline's entry, always or as it follows from the step. */
    note: Note | null | ((step: Recorded) => Note | null);
    by: By;
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
    const step = stepOf(share.memory, observation, now);
    await saveShare(tx, { ...share, memory: step.memory }, step.after, nextLookOf(deps, step.memory, now));
    const note = typeof input.note === "function" ? input.note(step) : input.note;
    if (note !== null)
      await appendObservation(tx, {
        ...note,
        ...input.by,
        connectionId: share.connectionId,
        assetId: share.assetId,
        at: now,
      });
    await journal(tx, share, step.before, step.after, input.by, now);
    await tellTurn(tx, deps, share, { before: step.before, after: step.after, at: now });
    return step;
  });
  deps.wake();
  return recorded;
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

function nextLookOf(deps: ShareDeps, memory: ShareMemory, now: number): number | null {
  return nextLookAt(memory, now, deps.sweepPeriodMs, deps.random.next());
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
  await insertShare(tx, { ...share, memory }, state, nextLookOf(deps, memory, now));
  await appendObservation(tx, {
    ...note,
    ...by,
    connectionId: share.connectionId,
    assetId: share.assetId,
    at: now,
  });
  await journal(tx, share, null, state, by, now);
  await tellTurn(tx, deps, share, { before: null, after: state, at: now });
  return state;
}

async function tellTurn(tx: Tx, deps: ShareDeps, share: ShareRow, turn: Turn): Promise<void> {
  const { before, after } = turn;
  if (before?.status !== after.status || before.gate !== after.gate) await deps.onTurn?.(tx, share, turn);
}

async function journal(
  tx: Tx,
  share: Pick<ShareRow, "assetId" | "connectionId">,
  before: ShareState | null,
  after: ShareState,
  by: By,
  now: number,
): Promise<void> {
  const was = before === null ? null : { status: before.status, gate: before.gate, reason: before.reason };
  await appendJournal(
    tx,
    changesOf(before, after).map(({ type, changed, numberId }) => ({
      connectionId: share.connectionId,
      assetId: share.assetId,
      numberId,
      type,
      at: new Date(now),
      ...by,
      data: { changed, before: was, state: after },
    })),
  );
}
