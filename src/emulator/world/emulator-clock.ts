/**
 * The clock of this world. `real` is the machine's time plus an offset, `frozen` stands still; an advance
 * moves either and runs what falls due on the way, each at its own instant and in order. Freezing and thawing
 * never set time back, only a reset does.
 */
import type { Clock, Timer } from "../../lib/clock.ts";
import type { ClockState } from "./world.ts";

interface Due {
  atMs: number;
  order: number;
  run: () => void;
}

export interface EmulatorClockOptions {
  /** Where mode and offset live between runs; the clock writes into it. */
  state: ClockState;
  /** Told after each change of mode or offset, to have it written. */
  onChange?: () => void;
  /** Awaited after each due instant of an advance, so that what it began can end before time goes on. */
  settle?: () => Promise<void>;
  base: Clock;
}

export class EmulatorClock implements Clock {
  private state: ClockState;
  private readonly base: Clock;
  private readonly onChange: () => void;
  private readonly settle: () => Promise<void>;
  private readonly due: Due[] = [];
  private order = 0;
  private armed: { atMs: number; timer: Timer } | null = null;
  /** The instant an advance stands at while it is on its way. */
  private advancingAt: number | null = null;
  private advances: Promise<unknown> = Promise.resolve();
  private readonly resetListeners: (() => void)[] = [];
  private stopped = false;

  constructor(options: EmulatorClockOptions) {
    this.state = options.state;
    this.base = options.base;
    this.onChange = options.onChange ?? (() => undefined);
    this.settle = options.settle ?? (() => Promise.resolve());
  }

  get mode(): ClockState["mode"] {
    return this.state.mode;
  }

  /** True while an advance runs what is due on its way. */
  get isAdvancing(): boolean {
    return this.advancingAt !== null;
  }

  now(): number {
    if (this.advancingAt !== null) return this.advancingAt;
    return this.state.mode === "frozen" ? this.state.frozenAt : this.base.now() + this.state.offsetMs;
  }

  at(atMs: number, run: () => void): Timer {
    const entry: Due = { atMs, order: (this.order += 1), run };
    const index = this.due.findIndex((other) => other.atMs > atMs);
    this.due.splice(index < 0 ? this.due.length : index, 0, entry);
    this.arm();
    return {
      cancel: () => {
        const position = this.due.indexOf(entry);
        if (position >= 0) this.due.splice(position, 1);
        this.arm();
      },
    };
  }

  pause(ms: number, signal?: AbortSignal): Promise<void> {
    return this.base.pause(ms, signal);
  }

  /** How far this world is ahead of the machine's time. */
  get aheadMs(): number {
    return this.now() - this.base.now();
  }

  /** Freezes at this instant, or lets time run on from the machine's time plus all that was advanced. */
  setMode(mode: ClockState["mode"]): void {
    if (mode === this.state.mode) return;
    if (mode === "frozen") this.state.frozenAt = this.now();
    this.state.mode = mode;
    this.onChange();
    this.arm();
  }

  /**
   * Moves the clock on by `ms`, running what is due in order. Advances that overlap run one after the other.
   */
  advance(ms: number): Promise<void> {
    const next = this.advances.then(() => this.advanceNow(ms));
    this.advances = next.catch(() => undefined);
    return next;
  }

  /** Sets mode and instant, forward or back, and tells everybody who counts on this clock. */
  reset(mode: ClockState["mode"], now: number | null): void {
    this.state.mode = mode;
    this.state.offsetMs = now === null ? 0 : now - this.base.now();
    this.state.frozenAt = now ?? this.base.now();
    this.onChange();
    this.arm();
    for (const tell of this.resetListeners) tell();
  }

  /** Goes on with the mode and offset of another world: after a reset or the restoring of a snapshot. */
  adopt(state: ClockState): void {
    this.state = state;
  }

  onReset(run: () => void): void {
    this.resetListeners.push(run);
  }

  stop(): void {
    this.stopped = true;
    this.due.length = 0;
    this.arm();
  }

  private async advanceNow(ms: number): Promise<void> {
    const target = this.now() + ms;
    this.advancingAt = this.now();
    try {
      for (let next = this.takeDue(target); next && !this.stopped; next = this.takeDue(target)) {
        this.advancingAt = Math.max(this.advancingAt, next.atMs);
        next.run();
        await this.settle();
      }
    } finally {
      this.advancingAt = null;
      this.state.offsetMs = target - this.base.now();
      this.state.frozenAt = target;
      this.onChange();
      this.arm();
    }
  }

  private takeDue(upTo: number): Due | undefined {
    return this.due[0] && this.due[0].atMs <= upTo ? this.due.shift() : undefined;
  }

  /** One timer of the machine for the earliest due instant; none while frozen or on an advance. */
  private arm(): void {
    const first = this.due[0];
    const wanted = first && this.state.mode === "real" && this.advancingAt === null ? first.atMs : null;
    const baseAt = wanted === null ? null : wanted - this.state.offsetMs;
    if (this.armed?.atMs === baseAt) return;
    this.armed?.timer.cancel();
    this.armed = baseAt === null ? null : { atMs: baseAt, timer: this.base.at(baseAt, () => this.fire()) };
  }

  private fire(): void {
    this.armed = null;
    const now = this.now();
    const mayRun = this.state.mode === "real" && this.advancingAt === null;
    for (let next = mayRun ? this.takeDue(now) : undefined; next; next = this.takeDue(now)) next.run();
    this.arm();
  }
}
