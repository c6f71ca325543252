import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { testDatabase } from "../../test/support/database.ts";
import type { TestDatabase } from "../../test/support/database.ts";
import type { Database } from "./database.ts";
import { DatabaseError } from "./database.ts";

let own: TestDatabase;
let db: Database;
beforeAll(async () => {
  own = await testDatabase();
  db = own.db;
  await db.query("create table box (id integer primary key, word text)");
});
beforeEach(async () => void (await db.query("delete from box")));
afterAll(() => own.drop());

const texts = async (): Promise<unknown[]> =>
  (await db.query<{ word: string }>("select word from box order by id")).map((row) => row.word);

test("values are the same on both databases", async () => {
  const at = new Date("2026-11-22T10:00:00.123Z");
  const [row] = await db.query(
    `select $1::bigint as big, $2::timestamptz as at, $3::bytea as bytes, $4::jsonb as document,
            $5::text[] as list,
            $6::text as nothing, $7::boolean as flag, $8::smallint as small, count(*) as count,
            date_trunc('day', $2::timestamptz) as day`,
    [
      "9007199254740993",
      at,
      Buffer.from([0, 255]),
      JSON.stringify({ a: [1, "ä"] }),
      ["a,b", 'c"d'],
      null,
      true,
      7,
    ],
  );
  expect(row).toEqual({
    big: "9007199254740993",
    at,
    bytes: Buffer.from([0, 255]),
    document: { a: [1, "ä"] },
    list: ["a,b", 'c"d'],
    nothing: null,
    flag: true,
    small: 7,
    count: "1",
    day: new Date("2026-11-22T00:00:00Z"),
  });
});

test("a large value passes whole", async () => {
  const bytes = Buffer.alloc(3_000_000, "sharekeeper");
  const [row] = await db.query<{ bytes: Buffer }>("select $1::bytea as bytes", [bytes]);
  expect(row?.bytes.equals(bytes)).toBe(true);
});

describe("a refusal", () => {
  test("is a DatabaseError with its SQLSTATE, and the connection lives on", async () => {
    await db.query("insert into box values (1, 'first')");
    const second = db.query("insert into box values ($1, 'second')", [1]);
    await expect(second).rejects.toBeInstanceOf(DatabaseError);
    await expect(second).rejects.toMatchObject({ code: "23505" });
    await expect(db.query("selec")).rejects.toMatchObject({ code: "42601" });
    expect(await texts()).toEqual(["first"]);
  });
});

describe("a transaction", () => {
  test("keeps all of its work or nothing", async () => {
    const work = db.transaction(async (tx) => {
      await tx.query("insert into box values (1, 'lost')");
      throw new Error("changed my mind");
    });
    await expect(work).rejects.toThrow("changed my mind");
    expect(await texts()).toEqual([]);
    const answer = await db.transaction(async (tx) => {
      await tx.query("insert into box values (1, 'kept')");
      return "done";
    });
    expect(answer).toBe("done");
    expect(await texts()).toEqual(["kept"]);
  });

  test("that swallowed a failed statement is refused, not lost without a word", async () => {
    const work = db.transaction(async (tx) => {
      await tx.query("insert into box values (1, 'lost')");
      await tx.query("select 1 / 0").catch(() => undefined);
    });
    await expect(work).rejects.toMatchObject({ code: "25P02" });
    expect(await texts()).toEqual([]);
  });

  test("owns its connection: nobody else's statement or rollback falls into it", async () => {
    const failing = (id: number): Promise<unknown> =>
      db
        .transaction(async (tx) => {
          await tx.query("insert into box values ($1, 'lost')", [id]);
          throw new Error("no");
        })
        .catch(() => undefined);
    const keeping = (id: number): Promise<unknown> =>
      db.transaction(async (tx) => void (await tx.query("insert into box values ($1, 'kept')", [id])));
    const plain = (id: number): Promise<unknown> => db.query("insert into box values ($1, 'plain')", [id]);
    await Promise.all([1, 4, 7].flatMap((id) => [failing(id), keeping(id + 1), plain(id + 2)]));
    expect(await texts()).toEqual(["kept", "plain", "kept", "plain", "kept", "plain"]);
  });

  test("takes no call on the database itself, however deep, and leaves no trace of that guard", async () => {
    const inner = async (): Promise<unknown> => db.query("select 1");
    await expect(db.transaction(async () => inner())).rejects.toThrow("goes through its tx");
    await expect(db.transaction(() => db.transaction(async () => 1))).rejects.toThrow("goes through its tx");
    await expect(db.transaction(() => db.listen("box", () => undefined))).rejects.toThrow("its tx");
    await expect(db.query("select 1 as one")).resolves.toEqual([{ one: 1 }]);
  });

  test("lets what it only started run after its end", async () => {
    const ended = Promise.withResolvers<void>();
    const started = await db.transaction(async () => {
      const later = ended.promise.then(() => db.query("select 2 as two"));
      return { later };
    });
    ended.resolve();
    await expect(started.later).resolves.toEqual([{ two: 2 }]);
  });

  test("refuses its handle after its end", async () => {
    const tx = await db.transaction(async (handle) => ({ handle }));
    await expect(async () => tx.handle.query("select 1")).rejects.toThrow("after its end");
  });

  test("runs statements given at once one after the other", async () => {
    await db.transaction(async (tx) => {
      const ids = [1, 2, 3];
      await Promise.all(ids.map((id) => tx.query("insert into box values ($1, $2)", [id, `word ${id}`])));
    });
    expect(await texts()).toEqual(["word 1", "word 2", "word 3"]);
  });
});

describe("listening", () => {
  test("receives committed notices, not those rolled back, until it ends", async () => {
    const received: string[] = [];
    let wake = (): void => undefined;
    const end = await db.listen("box", (payload) => {
      received.push(payload);
      wake();
    });
    const untilNotified = new Promise<void>((resolve) => (wake = resolve));
    await db
      .transaction(async (tx) => {
        await tx.query("notify box, 'rolled back'");
        throw new Error("no");
      })
      .catch(() => undefined);
    await db.transaction(async (tx) => void (await tx.query("select pg_notify('box', $1)", ["kept"])));
    await untilNotified;
    await end();
    await db.query("notify box, 'too late'");
    await db.query("select 1");
    expect(received).toEqual(["kept"]);
  });
});
