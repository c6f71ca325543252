import { afterEach, beforeEach, expect, test } from "vitest";
import { testDatabase, type TestDatabase } from "../../test/support/database.ts";
import { auditHashOf, FIRST_HASH, type AuditRow } from "./audit-line.ts";
import { appendAudit } from "./audit-store.ts";

let own: TestDatabase;
beforeEach(async () => {
  own = await testDatabase();
});
afterEach(() => own.drop());

test("each line's hash covers the line before, however many are written at once", async () => {
  const lines = Array.from({ length: 5 }, (_, nth) => ({
    at: Date.parse("2026-11-22T10:00:00Z") + nth,
    actor: "key_olga",
    action: "waba.checked",
    target: { type: "waba", id: "100000000000001", wabaId: "100000000000001" },
    detail: { nth, left: undefined },
  }));
  await Promise.all(lines.map((line) => own.db.transaction((tx) => appendAudit(tx, line))));
  const rows = await own.db.query<Omit<AuditRow, "at" | "id"> & { id: string; at: Date; hash: Buffer }>(
    "select * from audit order by id",
  );
  expect(rows.map(({ id }) => Number(id))).toEqual([1, 2, 3, 4, 5]);
  let before: Buffer = FIRST_HASH;
  for (const { hash, id, at, ...row } of rows) {
    before = auditHashOf(before, { ...row, id: Number(id), at: at.toISOString() });
    expect(hash).toEqual(before);
  }
});
