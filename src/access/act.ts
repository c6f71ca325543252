/**
 * One act of somebody's while it is under way, and its line in the audit.
 *
 * No act without a line, and no line without its act: the database that `over` returns appends the line at
 * the end of the first transaction that writes, in that same transaction. A statement that writes outside a
 * transaction gets one. Handlers therefore need no care, only `note` for what the line should say.
 *
 * An act of several transactions has its line in the first. If a later step is refused or fails, a second
 * line of the same request says so. An act that wrote nothing has its line after it, in a transaction of its
 * own.
 */
import type { Database, Sql, Tx } from "../database/database.ts";
import type { Actor } from "./actor.ts";
import { changesOf, type AuditLine, type AuditTarget } from "./audit-line.ts";
import { appendAudit } from "./audit-store.ts";

type Fields = Record<string, unknown>;

/** What a line says beside who, when and from where. Never a secret, token, PIN or capability address. */
export interface ActNote {
  target?: AuditTarget | null;
  connectionId?: string | null;
  before?: Fields | null;
  after?: Fields | null;
  detail?: Fields;
}

/** What is known before the act begins. */
export interface ActBeginning extends ActNote {
  action: string;
  requestId: string | null;
  address: string | null;
  /** ms since the epoch */
  now(): number;
}

export class Act {
  readonly #beginning: ActBeginning;
  #note: ActNote = {};
  #actor: Pick<Actor, "id" | "name"> = { id: "anyone", name: "" };
  #watched: ((sql: Sql) => Promise<Fields | null>) | null = null;
  #line: "missing" | "being_written" | "written" = "missing";
  #asideCount = 0;
  #isOver = false;
  #isRepetition = false;
  #alongside: ((tx: Tx) => Promise<void>) | null = null;

  constructor(beginning: ActBeginning) {
    this.#beginning = beginning;
  }

  get actorId(): string {
    return this.#actor.id;
  }

  get action(): string {
    return this.#beginning.action;
  }

  /** Who acts, once it is known. */
  by(actor: Pick<Actor, "id" | "name">): void {
    this.#actor = actor;
  }

  /**
   * Adds to what the line says; `detail` is merged. Call it before the transaction of the act ends, best
   * inside it: later notes stand only in a line about a failure.
   */
  note(note: ActNote): void {
    const detail = { ...this.#note.detail, ...note.detail };
    this.#note = { ...this.#note, ...note, detail };
  }

  /**
   * Reads the state at the beginning and at the end of the act's transaction; the line has the fields that
   * differ as `before` and `after`. Null: there is nothing (yet, or any more).
   */
  watch(read: (sql: Sql) => Promise<Fields | null>): void {
    this.#watched = read;
  }

  /** Runs what prepares the act, such as using up a sign-in's challenge: the line waits for what follows. */
  async aside<T>(work: () => Promise<T>): Promise<T> {
    this.#asideCount += 1;
    try {
      return await work();
    } finally {
      this.#asideCount -= 1;
    }
  }

  /** Runs `write` in the transaction of the line, just before it. If it throws, the act does not happen. */
  alongside(write: (tx: Tx) => Promise<void>): void {
    this.#alongside = write;
  }

  /** The act was done before, and is not done again: it leaves no second line. */
  repeats(): void {
    this.#isRepetition = true;
  }

  /** `db` with the act's line in the first transaction that writes. */
  over(db: Database): Database {
    return {
      kind: db.kind,
      listen: (channel, notify, onResumed) => db.listen(channel, notify, onResumed),
      close: () => db.close(),
      transaction: (work) => (this.#isWanted() ? this.#transaction(db, work) : db.transaction(work)),
      query: (text, values) =>
        this.#isWanted() && isWrite(text)
          ? this.#transaction(db, (tx) => tx.query(text, values))
          : db.query(text, values),
    };
  }

  /** The act is done. Writes its line unless a transaction has done so. */
  async finish(db: Database): Promise<void> {
    this.#isOver = true;
    if (this.#line === "written" || this.#isRepetition) return;
    await db.transaction(async (tx) => {
      await this.#alongside?.(tx);
      await appendAudit(tx, this.#lineOf({ outcome: "done" }));
    });
  }

  /**
   * The act was refused or failed: a line says so, with the noted `after` as what was asked. `unlogged`: how
   * many such lines were left out before.
   */
  async fail(
    db: Database,
    how: { outcome: "refused" | "failed"; problem: string; unlogged: number },
  ): Promise<void> {
    const { outcome, problem, unlogged } = how;
    if (unlogged > 0) this.note({ detail: { unlogged } });
    await db.transaction((tx) => appendAudit(tx, this.#lineOf({ outcome, problem })));
  }

  /** Nothing more is recorded: what the act started and left running is no part of it. */
  end(): void {
    this.#isOver = true;
  }

  #isWanted(): boolean {
    return this.#line === "missing" && this.#asideCount === 0 && !this.#isOver;
  }

  async #transaction<T>(db: Database, work: (tx: Tx) => Promise<T>): Promise<T> {
    let isMine = false;
    try {
      const result = await db.transaction(async (tx) => {
        const seen = watchWrites(tx);
        const before = await this.#watched?.(tx);
        const done = await work(seen.tx);
        if (!seen.hasWritten() || !this.#isWanted()) return done;
        isMine = true;
        this.#line = "being_written";
        const after = await this.#watched?.(tx);
        await this.#alongside?.(tx);
        await appendAudit(tx, this.#lineOf({ outcome: "done", ...changesOf(before, after) }));
        return done;
      });
      if (isMine) this.#line = "written";
      return result;
    } catch (error) {
      if (isMine) this.#line = "missing";
      throw error;
    }
  }

  #lineOf(ending: Pick<AuditLine, "outcome" | "problem" | "before" | "after">): AuditLine {
    const { now, ...begun } = this.#beginning;
    const { target, connectionId, before, after, detail } = { ...begun, ...this.#note };
    const isDone = ending.outcome === "done";
    const states = isDone ? { before: before ?? null, after: after ?? null } : {};
    const asked = isDone || !after ? {} : { asked: after };
    return {
      ...{ at: now(), action: begun.action, requestId: begun.requestId, address: begun.address },
      ...{ actor: this.#actor.id, actorName: this.#actor.name || null },
      ...{ target: target ?? null, connectionId: connectionId ?? null },
      ...{ ...states, ...ending },
      detail: { ...begun.detail, ...detail, ...asked },
    };
  }
}

/** A transaction that knows whether it has written. Locks are no writes. */
function watchWrites(tx: Tx): { tx: Tx; hasWritten(): boolean } {
  let written = false;
  const watched: Tx = {
    inTransaction: true,
    query: (text, values) => {
      written ||= isWrite(text);
      return tx.query(text, values);
    },
  };
  return { tx: watched, hasWritten: () => written };
}

const LOCK = /\bfor\s+(no\s+key\s+)?update\b/gi;
const WRITE = /\b(insert\s+into|update|delete\s+from|merge\s+into)\b/i;

function isWrite(text: string): boolean {
  return WRITE.test(text.replaceAll(LOCK, ""));
}
