import { expect, test } from "vitest";
import { GroupCommit, QueueFullError } from "./group-commit.ts";

/** A commit whose flushes end when the test says so. */
function controlled(limits: Partial<ConstructorParameters<typeof GroupCommit<string>>[0]> = {}) {
  const flushes: { items: readonly string[]; end: PromiseWithResolvers<void> }[] = [];
  const commit = new GroupCommit<string>({
    flush(items) {
      const end = Promise.withResolvers<void>();
      flushes.push({ items, end });
      return end.promise;
    },
    sizeOf: (item) => item.length,
    maxFlushCount: 3,
    maxFlushBytes: 100,
    maxWaitingCount: 4,
    maxWaitingBytes: 200,
    ...limits,
  });
  return { commit, flushes };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("one flush at a time; what comes meanwhile goes into the next, in order", async () => {
  const { commit, flushes } = controlled();
  const done: string[] = [];
  const add = (item: string): Promise<void> => commit.add(item).then(() => void done.push(item));
  const all = [add("a")];
  await turn();
  all.push(add("b"), add("c"));
  await turn();
  expect(flushes.map(({ items }) => items)).toEqual([["a"]]);
  expect(done).toEqual([]);
  flushes[0]?.end.resolve();
  await turn();
  expect(done).toEqual(["a"]);
  expect(flushes.map(({ items }) => items)).toEqual([["a"], ["b", "c"]]);
  flushes[1]?.end.resolve();
  await Promise.all(all);
  await commit.drain();
  expect(commit.waitingCount).toBe(0);
});

test("a flush that fails fails its items alone", async () => {
  const { commit, flushes } = controlled();
  const lost = commit.add("lost");
  await turn();
  const kept = commit.add("kept");
  flushes[0]?.end.reject(new Error("disk"));
  await expect(lost).rejects.toThrow("disk");
  await turn();
  flushes[1]?.end.resolve();
  await expect(kept).resolves.toBeUndefined();
});

test("a flush takes no more than its bounds, yet always one item", async () => {
  const { commit, flushes } = controlled({ maxFlushBytes: 5, maxWaitingCount: 10 });
  const adding = ["aaa", "bb", "c", "a much longer one"].map((item) => commit.add(item));
  for (let round = 0; round < 3; round += 1) {
    await turn();
    flushes[round]?.end.resolve();
  }
  await Promise.all(adding);
  expect(flushes.map(({ items }) => items)).toEqual([["aaa", "bb"], ["c"], ["a much longer one"]]);
});

test("a full queue refuses, and takes again when there is room", async () => {
  const { commit, flushes } = controlled({ maxWaitingCount: 2 });
  const first = [commit.add("a"), commit.add("b")];
  await expect(commit.add("c")).rejects.toBeInstanceOf(QueueFullError);
  await turn();
  const third = commit.add("c");
  flushes[0]?.end.resolve();
  await Promise.all(first);
  await turn();
  flushes[1]?.end.resolve();
  await expect(third).resolves.toBeUndefined();
});

test("a queue full by bytes refuses, yet takes any item when it is empty", async () => {
  const { commit, flushes } = controlled({ maxWaitingBytes: 10 });
  const large = commit.add("x".repeat(50));
  await expect(commit.add("y")).rejects.toBeInstanceOf(QueueFullError);
  await turn();
  flushes[0]?.end.resolve();
  await expect(large).resolves.toBeUndefined();
});
