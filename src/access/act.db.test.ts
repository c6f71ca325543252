import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { testDatabase, type TestDatabase } from "../../test/support/database.ts";
import type { Database } from "../database/database.ts";
import { Act } from "./act.ts";
import { EVERY_LINE, readAudit, type HashedRow } from "./audit-store.ts";

let own: TestDatabase;
let act: Act;
let db: Database;
beforeEach(async () => {
  own = await testDatabase();
  await own.db.query("create table thing (id int primary key, colour text)");
  act = new Act({ action: "thing.painted", requestId: "req_1", address: "203.0.113.9", now: () => 1000 });
  act.by({ id: "usr_paula", name: "Paula" });
  db = act.over(own.db);
});
afterEach(() => own.drop());

const lines = (): Promise<HashedRow[]> =>
  readAudit(own.db, EVERY_LINE, { order: "oldest", from: null, limit: 100 });

describe("an act", () => {
  test("has its line in the transaction that writes, not in one that only reads or locks", async () => {
    await db.query("insert into thing values (1, 'red')");
    expect(await lines()).toMatchObject([{ action: "thing.painted", outcome: "done", actor: "usr_paula" }]);
    await db.transaction((tx) => tx.query("update thing set colour = 'blue'"));
    await act.finish(own.db);
    expect(await lines()).toHaveLength(1);
  });

  test("that only locked has no line yet", async () => {
    await own.db.query("insert into thing values (1, 'red')");
    await db.transaction((tx) => tx.query("select from thing for update"));
    await db.transaction((tx) => tx.query("select from thing for no key update"));
    await db.query("select colour as update_of_colour from thing");
    expect(await lines()).toEqual([]);
    await act.fail(own.db, { outcome: "refused", problem: "not_found", unlogged: 0 });
    expect(await lines()).toMatchObject([{ outcome: "refused", problem: "not_found" }]);
  });

  test("that wrote nothing has its line at the end", async () => {
    await act.finish(own.db);
    expect(await lines()).toMatchObject([{ outcome: "done" }]);
  });

  test("whose transaction is rolled back leaves neither what it did nor a line; the next has it", async () => {
    const crash = db.transaction(async (tx) => {
      await tx.query("insert into thing values (1, 'red')");
      throw new Error("crash");
    });
    await expect(crash).rejects.toThrow("crash");
    expect(await own.db.query("select from thing")).toEqual([]);
    expect(await lines()).toEqual([]);
    await db.query("insert into thing values (2, 'red')");
    expect(await lines()).toHaveLength(1);
  });

  test("that cannot write its line does nothing", async () => {
    await own.db.query("alter table audit add check (action <> 'thing.painted')");
    await expect(db.query("insert into thing values (1, 'red')")).rejects.toThrow("audit");
    expect(await own.db.query("select from thing")).toEqual([]);
  });

  test("says what was before and after, of what has changed", async () => {
    await own.db.query("insert into thing values (1, 'red')");
    act.watch(async (sql) => (await sql.query("select id, colour from thing where id = 1"))[0] ?? null);
    await db.query("update thing set colour = 'blue'");
    expect(await lines()).toMatchObject([{ before: { colour: "red" }, after: { colour: "blue" } }]);
  });

  test("says what was deleted, and what was created", async () => {
    act.watch(async (sql) => (await sql.query("select id, colour from thing where id = 1"))[0] ?? null);
    await db.query("insert into thing values (1, 'red')");
    expect(await lines()).toMatchObject([{ before: null, after: { id: 1, colour: "red" } }]);
  });

  test("that fails after its first step has a second line", async () => {
    act.note({ after: { colour: "red" } });
    await db.query("insert into thing values (1, 'red')");
    await act.fail(own.db, { outcome: "failed", problem: "meta_unreachable", unlogged: 0 });
    expect(await lines()).toMatchObject([
      { outcome: "done", after: { colour: "red" } },
      { outcome: "failed", after: null, detail: { asked: { colour: "red" } } },
    ]);
  });

  test("has no line for what only prepares it", async () => {
    await act.aside(() => db.query("insert into thing values (1, 'red')"));
    expect(await lines()).toEqual([]);
    await db.query("delete from thing");
    expect(await lines()).toHaveLength(1);
  });

  test("is over when it ends: what it left running has no line", async () => {
    act.end();
    await db.query("insert into thing values (1, 'red')");
    expect(await lines()).toEqual([]);
  });

  test("keeps texts that a database cannot, as well as it can", async () => {
    act.note({ target: { type: "thing", id: "a\0b\ud800" }, detail: { text: "\ud800\0" } });
    await act.finish(own.db);
    expect(await lines()).toMatchObject([{ target_id: "a\ufffdb\ufffd", detail: { text: "\ufffd\ufffd" } }]);
  });
});
