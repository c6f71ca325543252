/**
 * What Meta does by itself as time goes by: a coexistence link ends when the phone's app was not opened for
 * 14 days or the companion rested for 30, and an offboarded companion comes back after the knob's minutes.
 * One timer for the earliest of it.
 *
 * While time runs by itself the phones count as in use: nobody should come back from a holiday to a world of
 * lost shares. Only days that the clock is advanced over go by unused.
 */
import type { Timer } from "../../lib/clock.ts";
import type { EmulatorClock } from "./emulator-clock.ts";
import { indexOf } from "./world-index.ts";
import { numbersOf } from "./world.ts";
import type { BusinessApp, PhoneNumber, Waba } from "./world.ts";
import type { WorldStore } from "./world-store.ts";

const DAY_MS = 86_400_000;
/** Source: webhooks reference `account_update`, the reasons PRIMARY_INACTIVITY and COMPANION_INACTIVITY. */
const PRIMARY_INACTIVE_AFTER_MS = 14 * DAY_MS;
const COMPANION_INACTIVE_AFTER_MS = 30 * DAY_MS;

export interface DueAct {
  at: number;
  action: Record<string, unknown>;
}

export class Upkeep {
  private readonly store: WorldStore;
  private readonly clock: EmulatorClock;
  private readonly act: (action: Record<string, unknown>) => void;
  private timer: Timer | null = null;
  /** When the timer wakes; Infinity: there is none. */
  private wakesAt = Infinity;

  /** @param act does one action of the control API and does not throw */
  constructor(store: WorldStore, clock: EmulatorClock, act: (action: Record<string, unknown>) => void) {
    this.store = store;
    this.clock = clock;
    this.act = act;
  }

  /** Looks through the world for what is due next. */
  plan(): void {
    this.timer?.cancel();
    this.timer = null;
    this.wakesAt = Infinity;
    this.wakeBy(this.nextDueAt(indexOf(this.store.world).inApp));
  }

  /**
   * To be called when something about one WABA's numbers changed: the others are due when they were. If it
   * was due first and is due later now, the timer wakes in vain and plans anew.
   */
  planFor(waba: Waba): void {
    this.wakeBy(this.nextDueAt(numbersOf(this.store.world, waba).filter(({ app }) => app)));
  }

  private wakeBy(at: number): void {
    if (at >= this.wakesAt) return;
    this.timer?.cancel();
    this.wakesAt = at;
    this.timer = this.clock.at(at, () => this.run());
  }

  /** A world that begins, or goes on after a pause: its phones were in use until now. */
  begin(): void {
    this.markUsed(indexOf(this.store.world).inApp.filter(({ app }) => app?.companion === "linked"));
    this.plan();
  }

  private run(): void {
    if (this.clock.isAdvancing) this.actOnDue();
    else this.markUsed(this.dueNumbers().filter((number) => number.app?.companion === "linked"));
    if (!this.clock.isAdvancing) this.actOnDue();
    this.plan();
  }

  /** What an action could not change would stay due for ever: such a number counts as used. */
  private actOnDue(): void {
    for (const number of this.dueNumbers()) this.act(this.dueOf(number)?.action ?? {});
    this.markUsed(this.dueNumbers());
  }

  private dueNumbers(): PhoneNumber[] {
    const now = this.clock.now();
    return indexOf(this.store.world).inApp.filter((number) => (this.dueOf(number)?.at ?? Infinity) <= now);
  }

  private dueOf(number: PhoneNumber): DueAct | undefined {
    return dueOf(number, this.store.world.knobs.coexistence_inactivity);
  }

  private nextDueAt(numbers: readonly PhoneNumber[]): number {
    return numbers.reduce((next, number) => Math.min(next, this.dueOf(number)?.at ?? Infinity), Infinity);
  }

  private markUsed(numbers: PhoneNumber[]): void {
    const now = this.clock.now();
    for (const { app } of numbers) {
      if (!app) continue;
      app.lastOpenedAt = now;
      app.companionUsedAt = now;
      app.reconnectAt = 0;
    }
  }
}

/** What happens to one number next if nobody does anything. */
function dueOf(number: PhoneNumber, inactivity: boolean): DueAct | undefined {
  const app = number.app as BusinessApp;
  const target = { phone_number_id: number.id };
  if (app.companion === "offboarded" && app.reconnectAt > 0) {
    return { at: app.reconnectAt, action: { action: "coexistence.reconnect", ...target } };
  }
  if (app.companion !== "linked" || !inactivity) return undefined;
  const primaryAt = app.lastOpenedAt + PRIMARY_INACTIVE_AFTER_MS;
  const companionAt = app.companionUsedAt + COMPANION_INACTIVE_AFTER_MS;
  const which = primaryAt <= companionAt ? "primary" : "companion";
  return {
    at: Math.min(primaryAt, companionAt),
    action: { action: "coexistence.inactive", which, ...target },
  };
}
