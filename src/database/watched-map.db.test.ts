import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { testDatabase, type TestDatabase } from "../../test/support/database.ts";
import { until } from "../../test/support/until.ts";
import { openWatchedMap, type WatchedMap } from "./watched-map.ts";

let own: TestDatabase;
const open: WatchedMap<string>[] = [];
const faults: unknown[] = [];

beforeEach(async () => {
  own = await testDatabase();
  await own.db.query("create table box (id text primary key, word text)");
});
afterEach(async () => {
  for (const map of open.splice(0)) await map.close();
  await own.drop();
  faults.length = 0;
});

/** What a read asked for, in order. */
type Asked = (readonly string[] | null)[];

/** A watched map of the table `box`. `before` runs in every read before its answer is used. */
async function watch(asked: Asked = [], before: () => Promise<void> | void = () => undefined) {
  const map = await openWatchedMap<string>(own.db, {
    channel: "box",
    async read(keys) {
      asked.push(keys);
      const rows = await own.db.query<{ id: string; word: string }>(
        "select id, word from box where $1::text[] is null or id = any($1)",
        [keys],
      );
      await before();
      return new Map(rows.map(({ id, word }) => [id, word]));
    },
    onFault: (error) => faults.push(error),
  });
  open.push(map);
  return map;
}

const write = (id: string, word: string) =>
  own.db.query("insert into box values ($1, $2) on conflict (id) do update set word = $2", [id, word]);
const notify = (id: string) => own.db.query("select pg_notify('box', $1)", [id]);
const untilHeld = (map: WatchedMap<string>, id: string, word: string | undefined) =>
  until(`${id} is ${word}`, () => (map.get(id) === word ? true : undefined));

test("holds the values of the start, and follows each later notice", async () => {
  await write("a", "one");
  const map = await watch();
  expect(map.get("a")).toBe("one");
  expect(map.get("b")).toBeUndefined();
  await write("b", "two");
  await notify("b");
  await untilHeld(map, "b", "two");
  await own.db.query("delete from box where id = 'b'");
  await notify("b");
  await untilHeld(map, "b", undefined);
  expect(map.get("a")).toBe("one");
});

test("a change during the first read is not missed", async () => {
  await write("a", "old");
  let isFirst = true;
  const map = await watch([], async () => {
    if (!isFirst) return;
    isFirst = false;
    await write("a", "new");
    await notify("a");
  });
  await untilHeld(map, "a", "new");
});

test("keys noticed during a read are read together after it", async () => {
  const asked: Asked = [];
  const gate = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const map = await watch(asked, () => {
    if (asked.length === 1) return;
    begun.resolve();
    return gate.promise;
  });
  const ids = Array.from({ length: 50 }, (_, index) => `key ${index}`);
  await write("first", "one");
  await notify("first");
  await begun.promise;
  for (const id of ids) {
    await write(id, "word");
    await notify(id);
  }
  // The map listened before, so its notices come first.
  await new Promise<void>((resolve) => {
    void own.db.listen("box", (id) => void (id === "last" && resolve())).then(() => notify("last"));
  });
  gate.resolve();
  for (const id of ids) await untilHeld(map, id, "word");
  expect(asked.map((keys) => keys?.length ?? null)).toEqual([null, 1, 51]);
});

describe("a refresh", () => {
  test("reads its keys only, before it resolves", async () => {
    await write("a", "one");
    const asked: Asked = [];
    const map = await watch(asked);
    await write("a", "two");
    await write("b", "other");
    await map.refresh(["a"]);
    expect([map.get("a"), map.get("b")]).toEqual(["two", undefined]);
    expect(asked).toEqual([null, ["a"]]);
  });

  test("an older answer never overwrites a newer one", async () => {
    await write("a", "old");
    const gate = Promise.withResolvers<void>();
    let readCount = 0;
    const map = await watch([], () => ((readCount += 1) === 2 ? gate.promise : undefined));
    const slow = map.refresh(["a"]);
    await until("the slow read began", () => (readCount === 2 ? true : undefined));
    await write("a", "new");
    const quick = map.refresh(["a"]);
    gate.resolve();
    await Promise.all([slow, quick]);
    expect(map.get("a")).toBe("new");
  });
});

describe("a lost notice", () => {
  test("is repaired by a reload", async () => {
    await write("a", "one");
    const map = await watch();
    await write("a", "two");
    expect(map.get("a")).toBe("one");
    await map.reload();
    expect(map.get("a")).toBe("two");
  });

  test("is repaired when the LISTEN stands again", async () => {
    await write("a", "one");
    let resume = (): void => expect.fail("the map did not ask for it");
    const { db } = own;
    const map = await openWatchedMap<string>(
      {
        listen(channel, notified, onResumed) {
          resume = onResumed ?? resume;
          return db.listen(channel, notified);
        },
      },
      {
        channel: "box",
        async read() {
          const rows = await db.query<{ id: string; word: string }>("select id, word from box");
          return new Map(rows.map(({ id, word }) => [id, word]));
        },
        onFault: (error) => faults.push(error),
      },
    );
    open.push(map);
    await write("a", "two");
    resume();
    await untilHeld(map, "a", "two");
  });
});

test("a failed read changes nothing and is reported, and the next notice is followed", async () => {
  await write("a", "one");
  let isBroken = false;
  const map = await watch([], () => {
    if (isBroken) throw new Error("away");
  });
  isBroken = true;
  await write("a", "two");
  await notify("a");
  await until("the fault is reported", () => (faults.length > 0 ? true : undefined));
  await expect(map.reload()).rejects.toThrow("away");
  expect(map.get("a")).toBe("one");
  isBroken = false;
  await notify("a");
  await untilHeld(map, "a", "two");
});
