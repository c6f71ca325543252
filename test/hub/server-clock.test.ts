/** P26: the sandbox's clock can be set back; a slow answer is no such thing. */
import { expect, test, vi } from "vitest";
import { onClockSetBack, recordServerTime, serverNow } from "../../hub/src/time/server-clock.ts";

const START = Date.UTC(2026, 10, 28, 12);
const at = (seconds: number): string => new Date(START + seconds * 1000).toISOString();

test("only a clock that was set back is told, and the server's now follows it", () => {
  vi.useFakeTimers({ now: START });
  let told = 0;
  const stop = onClockSetBack(() => told++);
  // The first answer of a laptop whose clock runs ahead.
  recordServerTime(at(-3600));
  expect(told).toBe(0);
  recordServerTime(at(900));
  recordServerTime(at(880));
  expect(told).toBe(0);
  expect(serverNow()).toBe(START + 880_000);
  recordServerTime(at(0));
  expect(told).toBe(1);
  expect(serverNow()).toBe(START);
  stop();
  recordServerTime(at(-900));
  expect(told).toBe(1);
  vi.useRealTimers();
});
