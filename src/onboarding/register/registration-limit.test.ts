import { describe, expect, it } from "vitest";
import { mayRegisterFrom, registrationPauseMs, REGISTRATION_WINDOW_MS } from "./registration-limit.ts";

const HOUR = 3600_000;
const NOW = 1_000 * HOUR;
const hoursAgo = (hours: number, code: number | null = 100) => ({ at: NOW - hours * HOUR, code });

describe("Meta's ten registrations of a number in 72 hours (field case 3)", () => {
  it("stop automatic tries after seven, and an operator after ten", () => {
    const seven = [1, 2, 3, 4, 5, 6, 71].map((hours) => hoursAgo(hours));
    expect(mayRegisterFrom(seven.slice(1), NOW, false)).toBe(0);
    expect(mayRegisterFrom(seven, NOW, false)).toBe(NOW + HOUR);
    expect(mayRegisterFrom(seven, NOW, true)).toBe(0);
    const ten = [...seven, hoursAgo(7), hoursAgo(8), hoursAgo(9)];
    expect(mayRegisterFrom(ten, NOW, true)).toBe(NOW + HOUR);
  });

  it("no longer count after 72 hours", () => {
    const old = Array.from({ length: 10 }, () => hoursAgo(72));
    expect(mayRegisterFrom(old, NOW, true)).toBeLessThanOrEqual(NOW);
  });

  it("133016 stops everybody until its time is over", () => {
    const locked = hoursAgo(10, 133016);
    expect(mayRegisterFrom([locked], NOW, true)).toBe(locked.at + REGISTRATION_WINDOW_MS);
  });

  it("pauses grow, so that one window stays below the limit of automatic tries", () => {
    const pauses = Array.from({ length: 8 }, (_, index) => registrationPauseMs(index + 1));
    expect(pauses).toEqual(pauses.toSorted((a, b) => a - b));
    expect(pauses.slice(0, 7).reduce((sum, pause) => sum + pause, 0)).toBeGreaterThan(44 * HOUR);
  });
});
