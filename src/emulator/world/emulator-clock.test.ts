import { describe, expect, test } from "vitest";
import type { Clock } from "../../lib/clock.ts";
import { EmulatorClock } from "./emulator-clock.ts";
import type { ClockState } from "./world.ts";

/** A machine whose time only the test moves. */
class HandClock implements Clock {
  time = 1_000_000;
  private readonly due: { atMs: number; run: () => void }[] = [];

  now(): number {
    return this.time;
  }

  at(atMs: number, run: () => void): { cancel(): void } {
    const entry = { atMs, run };
    this.due.push(entry);
    return { cancel: () => void (this.due.includes(entry) && this.due.splice(this.due.indexOf(entry), 1)) };
  }

  pause(): Promise<void> {
    return Promise.resolve();
  }

  pass(ms: number): void {
    this.time += ms;
    for (const entry of this.due.filter(({ atMs }) => atMs <= this.time)) {
      this.due.splice(this.due.indexOf(entry), 1);
      entry.run();
    }
  }
}

function clockFor(mode: ClockState["mode"]): { base: HandClock; clock: EmulatorClock; state: ClockState } {
  const base = new HandClock();
  const state: ClockState = { mode, offsetMs: 0, frozenAt: base.time };
  return { base, state, clock: new EmulatorClock({ state, base }) };
}

describe("EmulatorClock", () => {
  test("real: runs with the machine, and an advance stays", async () => {
    const { base, clock } = clockFor("real");
    base.pass(500);
    expect(clock.now()).toBe(1_000_500);
    await clock.advance(10_000);
    base.pass(1);
    expect(clock.now()).toBe(1_010_501);
  });

  test("frozen: stands still until advanced", async () => {
    const { base, clock } = clockFor("frozen");
    base.pass(500);
    expect(clock.now()).toBe(1_000_000);
    await clock.advance(2_000);
    expect(clock.now()).toBe(1_002_000);
  });

  test("an advance runs what is due in order, each at its own instant, also what was set on the way", async () => {
    const { clock } = clockFor("frozen");
    const seen: [string, number][] = [];
    clock.at(1_003_000, () => seen.push(["late", clock.now()]));
    clock.at(1_001_000, () => {
      seen.push(["early", clock.now()]);
      clock.at(1_002_000, () => seen.push(["nested", clock.now()]));
    });
    clock.at(1_009_000, () => seen.push(["beyond", clock.now()]));
    await clock.advance(5_000);
    expect(seen).toEqual([
      ["early", 1_001_000],
      ["nested", 1_002_000],
      ["late", 1_003_000],
    ]);
    expect(clock.now()).toBe(1_005_000);
  });

  test("real timers fire when the machine gets there, and a cancelled one never", () => {
    const { base, clock } = clockFor("real");
    const seen: string[] = [];
    clock.at(1_000_100, () => seen.push("kept"));
    clock.at(1_000_050, () => seen.push("cancelled")).cancel();
    base.pass(99);
    expect(seen).toEqual([]);
    base.pass(1);
    expect(seen).toEqual(["kept"]);
  });

  test("freezing holds timers back, thawing lets overdue ones run, and time never goes back", () => {
    const { base, clock } = clockFor("real");
    const seen: number[] = [];
    clock.at(1_000_100, () => seen.push(clock.now()));
    clock.setMode("frozen");
    base.pass(1_000);
    expect(seen).toEqual([]);
    clock.setMode("real");
    base.pass(0);
    expect(seen).toEqual([1_001_000]);
  });

  test("a reset may set time back, and tells", () => {
    const { clock } = clockFor("real");
    const told: number[] = [];
    clock.onReset(() => told.push(clock.now()));
    clock.reset("frozen", 5_000);
    expect(told).toEqual([5_000]);
  });

  test("advances that overlap add up", async () => {
    const { clock } = clockFor("frozen");
    await Promise.all([clock.advance(1_000), clock.advance(2_000)]);
    expect(clock.now()).toBe(1_003_000);
  });
});
