/** P26: the sandbox's clock can be set back; a slow answer is no such thing. */
import { expect, test, vi } from "vitest";
import { onClockSetBack, recordServerTime, serverNow } from "../../hub/src/time/server-clock.ts";

const START = Date.UTC(2026, 10, 28, 12);
const at = (seconds: number): string => new Date(START + seconds * 1000).toISOString();

test("only a clock that was set back is reported, and the server's now follows it", () => {
  vi.useFakeTimers({ now: START });
  let reported = 0;
  const stop = onClockSetBack(() => reported++);
  // The first answer of a laptop whose clock runs ahead.
  recordServerTime(at(-3600));
  expect(reported).toBe(0);
  recordServerTime(at(900));
  recordServerTime(at(880));
  expect(reported).toBe(0);
  expect(serverNow()).toBe(START + 880_000);
  recordServerTime(at(0));
  expect(reported).toBe(1);
  expect(serverNow()).toBe(START);
  stop();
  recordServerTime(at(-900));
  expect(reported).toBe(1);
  vi.useRealTimers();
});
