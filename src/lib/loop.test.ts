import { expect, test } from "vitest";
import { systemClock } from "./clock.ts";
import { startLoop } from "./loop.ts";

/** Resolves when the given count of runs has begun. */
function runs() {
  let count = 0;
  const waiting: { atLeast: number; resolve: () => void }[] = [];
  return {
    get count() {
      return count;
    },
    begin() {
      count += 1;
      for (const { atLeast, resolve } of waiting) if (count >= atLeast) resolve();
    },
    reached: (atLeast: number) =>
      new Promise<void>((resolve) => {
        if (count >= atLeast) resolve();
        else waiting.push({ atLeast, resolve });
      }),
  };
}

const ONE_HOUR = 3_600_000;

test("runs at once, and again when woken", async () => {
  const seen = runs();
  const loop = startLoop(systemClock, {
    name: "t",
    everyMs: ONE_HOUR,
    failed: () => {},
    run: async () => seen.begin(),
  });
  await seen.reached(1);
  loop.wake();
  await seen.reached(2);
  await loop.stop();
  expect(seen.count).toBe(2);
});

test("a wake-up during a turn leads to exactly one more turn, never to two at once", async () => {
  const seen = runs();
  let underWay = 0;
  let most = 0;
  const gate = Promise.withResolvers<void>();
  const loop = startLoop(systemClock, {
    name: "t",
    everyMs: ONE_HOUR,
    failed: () => {},
    run: async () => {
      underWay += 1;
      most = Math.max(most, underWay);
      seen.begin();
      if (seen.count === 1) await gate.promise;
      underWay -= 1;
    },
  });
  await seen.reached(1);
  loop.wake();
  loop.wake();
  gate.resolve();
  await seen.reached(2);
  await loop.stop();
  expect([seen.count, most]).toEqual([2, 1]);
});

test("a failed run is reported, and the loop continues", async () => {
  const seen = runs();
  const errors: unknown[] = [];
  const second = Promise.withResolvers<void>();
  const loop = startLoop(systemClock, {
    name: "t",
    everyMs: 1,
    failed: (error) => errors.push(error),
    run: async () => {
      seen.begin();
      if (seen.count === 1) throw new Error("once");
      if (seen.count === 2) queueMicrotask(() => second.resolve());
    },
  });
  await second.promise;
  await Promise.resolve();
  expect(loop.state()).toMatchObject({ alive: true, error: null });
  await loop.stop();
  expect(errors).toEqual([new Error("once")]);
});

test("comes due by the instant its turn returns", async () => {
  const seen = runs();
  const loop = startLoop(systemClock, {
    name: "t",
    everyMs: ONE_HOUR,
    failed: () => {},
    run: async () => {
      seen.begin();
      return seen.count === 1 ? systemClock.now() : undefined;
    },
  });
  await seen.reached(2);
  await loop.stop();
  expect(seen.count).toBe(2);
});

test("a loop that rests for long tries a failed turn again within seconds", async () => {
  const seen = runs();
  const pauses: number[] = [];
  const clock: typeof systemClock = {
    ...systemClock,
    pause: (ms, signal) => {
      pauses.push(ms);
      return systemClock.pause(ms === ONE_HOUR ? ms : 0, signal);
    },
  };
  const loop = startLoop(clock, {
    name: "t",
    everyMs: ONE_HOUR,
    failed: () => {},
    run: async () => {
      seen.begin();
      if (seen.count === 1) throw new Error("once");
    },
  });
  await seen.reached(2);
  await loop.stop();
  expect(pauses[0]).toBe(5000);
});

test("failed turns are repeated after the plan's own rests, which begin anew after one that succeeds", async () => {
  const rests: number[] = [];
  const seen = runs();
  const loop = startLoop(
    { ...systemClock, pause: async (ms) => void rests.push(ms) },
    {
      name: "t",
      everyMs: ONE_HOUR,
      retryAfterMs: (failureCount) => 10 * failureCount,
      failed: () => {},
      run: async () => {
        seen.begin();
        // The fourth succeeds, and is followed by the longest rest.
        if (seen.count !== 4 && seen.count < 7) throw new Error("down");
      },
    },
  );
  await seen.reached(7);
  await loop.stop();
  expect(rests.slice(0, 6)).toEqual([10, 20, 30, ONE_HOUR, 10, 20]);
});
