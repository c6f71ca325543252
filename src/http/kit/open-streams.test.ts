import { expect, test } from "vitest";
import type { Database } from "../../database/database.ts";
import { systemClock } from "../../lib/clock.ts";
import { openJournalListener } from "./journal-listener.ts";
import { OpenStreams } from "./open-streams.ts";

test("S17: each holder has 20 streams and all have 500; a place that is released twice counts once", () => {
  const streams = new OpenStreams();
  const taken = Array.from({ length: 20 }, () => streams.take("one"));
  expect(taken.every((release) => release !== null)).toBe(true);
  expect(streams.take("one")).toBeNull();
  taken[0]?.();
  taken[0]?.();
  expect(streams.take("one")).not.toBeNull();
  expect(streams.take("one")).toBeNull();
  const others = Array.from({ length: 600 }, (_, n) => streams.take(`holder ${n}`));
  expect(others.filter((release) => release !== null)).toHaveLength(480);
});

test("S17: readers at the same place share one read", async () => {
  const streams = new OpenStreams();
  let readCount = 0;
  const read = async (): Promise<{ events: []; lastId: string }> => {
    readCount += 1;
    return { events: [], lastId: "7" };
  };
  await Promise.all(Array.from({ length: 50 }, () => streams.share("0 7", read)));
  expect(readCount).toBe(1);
  await streams.share("0 7", read);
  expect(readCount).toBe(2);
});

test("S17: one poll of the database serves 300 waiting readers, and finds lines whose notice was lost", async () => {
  let pollCount = 0;
  let newest = "5";
  const database: Partial<Database> = {
    query: async <Row extends object>() => {
      pollCount += 1;
      return [{ seq: newest }] as Row[];
    },
    listen: async () => async () => undefined,
  };
  const wakes: (() => void)[] = [];
  const clock = {
    ...systemClock,
    pause: (ms: number, signal?: AbortSignal) =>
      new Promise<void>((resolve) => {
        if (ms === 1000) wakes.push(resolve);
        signal?.addEventListener("abort", () => resolve());
      }),
  };
  const journalListener = await openJournalListener({ db: database as Database, clock });
  pollCount = 0;
  const waits = Array.from({ length: 300 }, () =>
    journalListener.wait(0, 10_000, new AbortController().signal),
  );
  wakes.shift()?.();
  await new Promise(setImmediate);
  expect([pollCount, journalListener.appendCount, wakes.length]).toEqual([1, 0, 1]);
  newest = "6";
  wakes.shift()?.();
  expect(new Set(await Promise.all(waits))).toEqual(new Set([true]));
  expect(pollCount).toBe(2);
  await journalListener.close();
});
