/**
 * The rolling hour of management calls per app and WABA. Source: "About the platform", rate limits (September
 * 2026): 200 an hour by default, 5000 for a WABA with a registered number. Counted in minutes, by this
 * world's clock, in memory only.
 */
import { numbersOf } from "./world.ts";
import type { Waba, World } from "./world.ts";

const MINUTE_MS = 60_000;
const WINDOW_MINUTES = 60;

/** One app's calls about one WABA: how many in which minute, oldest first. */
interface Tally {
  minutes: number[];
  counts: number[];
  total: number;
}

export interface Usage {
  /** Share of the hour's calls that is used up, in percent. */
  percent: number;
  /** Minutes until calls are taken again; 0 while they are. */
  regainMinutes: number;
}

export class Limiter {
  private readonly tallies = new Map<string, Tally>();

  /** Usage before a call; `percent` of 100 or more: it is to be refused. */
  usageOf(appId: string, waba: Waba, limit: number, now: number): Usage {
    const tally = this.tallies.get(`${appId} ${waba.id}`);
    if (!tally) return { percent: 0, regainMinutes: 0 };
    forgetOld(tally, minuteOf(now));
    const percent = Math.floor((tally.total / limit) * 100);
    const full = tally.total >= limit;
    const oldest = tally.minutes[0] ?? 0;
    return { percent, regainMinutes: full ? Math.max(1, oldest + WINDOW_MINUTES - minuteOf(now)) : 0 };
  }

  count(appId: string, waba: Waba, now: number): void {
    const key = `${appId} ${waba.id}`;
    let tally = this.tallies.get(key);
    if (!tally) this.tallies.set(key, (tally = { minutes: [], counts: [], total: 0 }));
    const minute = minuteOf(now);
    const last = tally.minutes.length - 1;
    if (tally.minutes[last] === minute) tally.counts[last] = (tally.counts[last] ?? 0) + 1;
    else {
      tally.minutes.push(minute);
      tally.counts.push(1);
    }
    tally.total += 1;
  }

  clear(): void {
    this.tallies.clear();
  }
}

/**
 * Calls an hour. A number that is registered, or was while the knob does not say otherwise, raises the limit.
 */
export function hourlyLimitOf(world: World, waba: Waba): number {
  const registered = numbersOf(world, waba).some((number) => number.registered);
  const everRegistered = waba.numberIds.some((id) => (world.numbers[id]?.lastOnboardedAt ?? 0) > 0);
  return registered || (everRegistered && !world.knobs.limits_after_loss) ? 5000 : 200;
}

function minuteOf(now: number): number {
  return Math.floor(now / MINUTE_MS);
}

/** A clock that was set back leaves minutes of the future behind: they are forgotten too. */
function forgetOld(tally: Tally, minute: number): void {
  while (tally.minutes.length > 0 && isOutside(tally.minutes[0] as number, minute)) {
    tally.minutes.shift();
    tally.total -= tally.counts.shift() ?? 0;
  }
}

function isOutside(counted: number, minute: number): boolean {
  return counted <= minute - WINDOW_MINUTES || counted > minute;
}
