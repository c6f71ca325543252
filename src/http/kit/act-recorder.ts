import type { Logger } from "pino";
import { Act, type ActBeginning } from "../../access/act.ts";
import type { Database } from "../../database/database.ts";
import type { Clock } from "../../lib/clock.ts";
import { PROBLEMS, type ProblemCode } from "../../problems.ts";
import { problemOf } from "./problem-of.ts";

export interface ActRecorderDeps {
  db: Database;
  clock: Clock;
  wallClock: Clock;
  log: Logger;
}

const MINUTE_MS = 60_000;
/** Lines a minute for one actor, action and problem, however often it is tried. */
const REFUSALS_A_MINUTE = 10;
/** Nothing can be learnt from a second one. */
const RIGHTS: ReadonlySet<ProblemCode> = new Set(["not_permitted", "scope_missing", "foreign_origin"]);
/** The guard against guessed keys has its own lines, and without a key nobody is known who did anything. */
const OF_KEY_GUARD: ReadonlySet<ProblemCode> = new Set([
  "unauthenticated",
  "wrong_api_key",
  "too_many_wrong_keys",
]);
const KINDS = 10_000;

/** Runs acts, and has each leave its line in the audit, whatever its outcome. */
export class ActRecorder {
  readonly #deps: ActRecorderDeps;
  readonly #refused = new Map<string, { since: number; logged: number; unlogged: number }>();

  constructor(deps: ActRecorderDeps) {
    this.#deps = deps;
  }

  /** Runs an act. `run` uses `act.over(db)` as its database. */
  async record<T>(beginning: Omit<ActBeginning, "now">, run: (act: Act) => Promise<T>): Promise<T> {
    const { db, clock } = this.#deps;
    const act = new Act({ ...beginning, now: () => clock.now() });
    try {
      const result = await run(act);
      await act.finish(db);
      return result;
    } catch (error) {
      act.end();
      await this.#failed(act, problemOf(error).code);
      throw error;
    }
  }

  async #failed(act: Act, problem: ProblemCode): Promise<void> {
    if (OF_KEY_GUARD.has(problem)) return;
    const unlogged = this.#admit(
      [act.actorId, act.action, problem].join(" "),
      RIGHTS.has(problem) ? 1 : REFUSALS_A_MINUTE,
    );
    if (unlogged === null) return;
    const outcome = PROBLEMS[problem].status < 500 ? "refused" : "failed";
    await act.fail(this.#deps.db, { outcome, problem, unlogged }).catch((error: unknown) => {
      const about = { err: error, action: act.action, actor: act.actorId, problem };
      this.#deps.log.error(about, "could not write what was not done to the audit");
    });
  }

  /** How many were left out since the last line of this kind; null when this one is left out too. */
  #admit(kind: string, most: number): number | null {
    const now = this.#deps.wallClock.now();
    const known = this.#refused.get(kind);
    const isCurrent = known !== undefined && Math.abs(now - known.since) < MINUTE_MS;
    if (isCurrent && known.logged >= most) {
      known.unlogged += 1;
      return null;
    }
    const next = isCurrent ? known : { since: now, logged: 0, unlogged: 0 };
    this.#refused.delete(kind);
    this.#refused.set(kind, { ...next, logged: next.logged + 1, unlogged: 0 });
    const [oldest] = this.#refused.keys();
    if (this.#refused.size > KINDS && oldest !== undefined) this.#refused.delete(oldest);
    return known?.unlogged ?? 0;
  }
}
