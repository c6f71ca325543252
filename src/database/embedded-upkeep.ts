import type { Clock, Timer } from "../lib/clock.ts";

/** The write-ahead log grows about as fast as what is sent; a checkpoint lets go of it. */
const CHECKPOINT_AFTER_BYTES = 64 * 1024 * 1024;
/** Below this, an hour changed so little that there is nothing to vacuum. */
const VACUUM_AFTER_BYTES = 256 * 1024;
const VACUUM_PERIOD_MS = 60 * 60 * 1000;

/**
 * A PostgreSQL server has processes of its own that checkpoint and vacuum; the embedded one runs in
 * single-user mode and has none. So both are done here, between statements: a checkpoint after so many bytes
 * sent, a vacuum every hour in which something was.
 */
export class EmbeddedUpkeep {
  readonly #clock: Clock;
  #run: ((text: string) => Promise<unknown>) | undefined;
  #timer: Timer | undefined;
  #sinceCheckpoint = 0;
  #sinceVacuum = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  start(run: (text: string) => Promise<unknown>): void {
    this.#run = run;
    this.#timer = this.#clock.at(this.#clock.now() + VACUUM_PERIOD_MS, () => this.#vacuum());
  }

  stop(): void {
    this.#timer?.cancel();
    this.#run = undefined;
  }

  /** Counts what is sent to the engine. */
  count(bytes: number): void {
    this.#sinceVacuum += bytes;
    this.#sinceCheckpoint += bytes;
    if (this.#sinceCheckpoint < CHECKPOINT_AFTER_BYTES) return;
    this.#sinceCheckpoint = 0;
    this.#do("checkpoint");
  }

  #vacuum(): void {
    if (this.#sinceVacuum > VACUUM_AFTER_BYTES) this.#do("vacuum (analyze)");
    this.#sinceVacuum = 0;
    if (this.#run) this.start(this.#run);
  }

  /**
   * Upkeep that fails is only late: the next round does it. What ails the database shows in every other
   * statement.
   */
  #do(statement: string): void {
    this.#run?.(statement).catch(() => undefined);
  }
}
