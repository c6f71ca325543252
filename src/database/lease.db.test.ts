import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { testDatabase, type TestDatabase } from "../../test/support/database.ts";
import { endLease, isFree, leaseFrom } from "./lease.ts";

const NOW = Date.UTC(2026, 10, 22);
const LEASE_MS = 60_000;
const LEASED = { table: "box", key: "id", column: "leased_until" };
const lease = leaseFrom(NOW, LEASE_MS);

let own: TestDatabase;
beforeAll(async () => {
  own = await testDatabase();
  await own.db.query("create table box (id text primary key, leased_until timestamptz)");
});
beforeEach(async () => void (await own.db.query("delete from box")));
afterAll(() => own.drop());

const put = (endsAt: number | null) =>
  own.db.query("insert into box values ('a', $1)", [endsAt === null ? null : new Date(endsAt)]);

test.each([
  ["without a lease is free", null, true],
  ["whose lease has run out is free", NOW, true],
  ["under a lease is taken", NOW + 1, false],
  ["under a lease of another instance whose clock is ahead is taken", NOW + 2 * LEASE_MS, false],
  ["leased before the clock was set back is free", NOW + 2 * LEASE_MS + 1, true],
])("a row %s", async (_what, endsAt, expected) => {
  await put(endsAt);
  const [row] = await own.db.query(`select ${isFree("leased_until", "$1", "$2")} as free from box`, [
    lease.now,
    lease.latest,
  ]);
  expect(row).toEqual({ free: expected });
});

test("the end of a lease leaves a later one of another instance", async () => {
  const later = leaseFrom(NOW + LEASE_MS, LEASE_MS);
  await put(later.until.getTime());
  await endLease(own.db, LEASED, "a", lease);
  expect(await own.db.query("select leased_until as until from box")).toEqual([{ until: later.until }]);
  await endLease(own.db, LEASED, "a", later);
  expect(await own.db.query("select leased_until as until from box")).toEqual([{ until: null }]);
});
