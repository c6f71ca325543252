import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { clientIndexOf, fleetIdOf } from "../../../test/support/fleet-seed.ts";
import {
  FLEET,
  countOf,
  deps,
  discover,
  finish,
  intercept,
  named,
  openDeps,
  refusal,
  run,
  startMeta,
  totals,
  wabaId,
} from "../../../test/support/import-app.ts";
import { findOwnerId } from "../../directory/meta-id-store.ts";
import { checkShare } from "../../sharing/probe/check-share.ts";
import { SYSTEM } from "../../sharing/record/record-observation.ts";
import { advanceImports } from "./advance-imports.ts";
import { readOutcomes } from "./import-store.ts";
import { openImport, openImportRows, type RowWish } from "./open-import.ts";

beforeAll(startMeta);
beforeEach(openDeps);

test("all WABAs that Meta lists are imported with their owner, and a second import finds them known", async () => {
  const first = await run({ mode: "observe" });
  expect(first).toMatchObject({ state: "done", totals: totals({ listed: FLEET, imported: FLEET }) });
  expect(await countOf("share")).toBe(FLEET);
  expect(await countOf("client")).toBe(clientIndexOf(FLEET - 1) + 1);
  expect(await countOf("journal where type = 'waba.imported' and sequence = 1")).toBe(FLEET);
  expect(await countOf("observation where title = 'waba.imported'")).toBe(FLEET);
  const owned = await deps.db.query(
    `select client.name from asset join client on client.id = asset.client_id
       join meta_id business on business.owner_id = client.id and business.meta_id = $1
     where asset.mode = 'observe'`,
    [fleetIdOf("51", 7)],
  );
  expect(owned).toEqual(Array.from({ length: 4 }, () => ({ name: "Client 8" })));
  const again = await run({});
  expect(again.totals).toEqual(totals({ listed: FLEET, known: FLEET }));
  expect(await countOf("share")).toBe(FLEET);
  expect(await readOutcomes(deps.db, first.id, null, 2000)).toHaveLength(1000);
});

test("the first probes of a large import are spread over the sweep, and none is urgent", async () => {
  await run({});
  const { clock, sweepPeriodMs } = deps;
  const quarters = await deps.db.query<{ quarter: number; count: number }>(
    `select least(3, floor(4 * extract(epoch
      from next_probe_at - $1::timestamptz) * 1000 / $2))::int as quarter, count(*)::int as count
     from share group by quarter order by quarter`,
    [new Date(clock.now()), sweepPeriodMs],
  );
  const counts = quarters.filter(({ quarter }) => quarter >= 0).map(({ count }) => count);
  expect(counts).toHaveLength(4);
  for (const count of counts) expect(count).toBeGreaterThan(FLEET / 6);
  expect(await countOf("share where record -> 'dueProbes' <> '[]'")).toBe(0);
});

describe("1,000 rows", () => {
  /**
   * 0 to 899 are listed, of them 0 to 9 were found before; then 50 that are not shared, 25 given twice, 25
   * that are no ids.
   */
  const rows: RowWish[] = [
    ...Array.from({ length: 900 }, (_, index) => named(index, { externalId: `crm-${clientIndexOf(index)}` })),
    ...Array.from({ length: 50 }, (_, index) =>
      named(900_000 + index, { externalId: `gone-${index % 5}`, clientName: `Gone ${index % 5}` }),
    ),
    ...Array.from({ length: 25 }, (_, index) => named(index)),
    ...Array.from({ length: 25 }, (_, index) => ({ ...named(index), wabaId: `no id ${index}` })),
  ];
  const expected = totals({
    ...{ listed: FLEET, not_named: 300, imported: 890, adopted: 10, invalid: 100 },
  });

  async function find(): Promise<void> {
    for (let index = 0; index < 10; index += 1) await discover(wabaId(index));
  }

  test("a dry run reports what the import would do, and changes nothing", async () => {
    await find();
    const tried = await run({ rows, dryRun: true });
    expect(tried.totals).toEqual(expected);
    expect(await countOf("share")).toBe(10);
    expect(await countOf("share where record ->> 'adoption' = 'adopted'")).toBe(0);
    const done = await run({ rows });
    expect(done.totals).toEqual(expected);
    const reported = async (id: string): Promise<unknown[]> =>
      (await readOutcomes(deps.db, id, null, 1000)).map(({ n, result, why }) => ({ n, result, why }));
    expect(await reported(tried.id)).toEqual(await reported(done.id));
    expect(await countOf("share where record ->> 'adoption' = 'adopted'")).toBe(900);
    expect(await countOf("client where external_id like 'gone-%'")).toBe(0);
    const again = await run({ rows });
    expect(again.totals).toEqual(totals({ listed: FLEET, not_named: 300, known: 900, invalid: 100 }));
  });

  test("killed at every third page of the list, and with a cursor that Meta refuses once, it ends the same", async () => {
    await find();
    let asked = 0;
    let isRefused = false;
    intercept((path, after) => {
      if (!path.endsWith("_accounts")) return null;
      asked += 1;
      if (asked % 3 === 0) return "dead";
      if (asked !== 10 || after === undefined) return null;
      isRefused = true;
      return refusal(path, 100, "Invalid cursor");
    });
    const done = await run({ rows });
    expect(isRefused).toBe(true);
    expect(done).toMatchObject({ state: "done", totals: expected });
    expect(await countOf("share")).toBe(900);
    expect(
      await countOf("client left join asset on asset.client_id = client.id where asset.id is null"),
    ).toBe(0);
  });
});

test("every row has its cause", async () => {
  await discover(wabaId(8));
  const done = await run({
    rows: [
      named(0, { externalId: "a" }),
      named(1, { externalId: "b" }),
      named(4, { externalId: "a" }),
      named(5, { externalId: "c" }),
      named(0),
      { ...named(0), wabaId: "12" },
      named(900_000, { clientName: "Never shared" }),
      named(8),
      named(9, { clientName: "Ours" }),
      named(10, { clientName: "Another" }),
    ],
  });
  const reported = (await readOutcomes(deps.db, done.id, null, 100)).map(
    ({ client, result, why }) => [client, result, why] as const,
  );
  expect(reported).toEqual([
    ["Client 1", "imported", null],
    ["Client 1", "imported", "client_has_other_id"],
    ["Client 2", "imported", "external_id_taken"],
    ["Client 2", "imported", null],
    [null, "invalid", "given_twice"],
    [null, "invalid", "not_a_waba_id"],
    ["Never shared", "invalid", "not_shared"],
    [expect.any(String), "adopted", null],
    ["Ours", "imported", null],
    ["Ours", "imported", "client_has_other_name"],
  ]);
});

test("without rows all WABAs that Meta lists are imported, also those discovered before", async () => {
  for (let index = 0; index < 2; index += 1) await discover(wabaId(index));
  const done = await run({});
  expect(done.totals).toEqual(totals({ listed: FLEET, imported: FLEET - 2, adopted: 2 }));
  expect(await countOf("share where record ->> 'adoption' = 'adopted'")).toBe(FLEET);
});

test("M7: a row's name goes before Meta's, also after a probe, and an ignored name is reported", async () => {
  const nameOf = async (): Promise<string[]> =>
    (await deps.db.query<{ name: string }>("select name from client order by id")).map(({ name }) => name);
  await run({ rows: [named(5)] });
  expect(await nameOf()).toEqual(["Client 2"]);
  expect((await run({ rows: [named(5, { clientName: "Ours" })] })).totals.known).toBe(1);
  const assetId = (await findOwnerId(deps.db, "default", "waba", wabaId(5))) ?? "";
  await checkShare(deps, { assetId, by: SYSTEM });
  expect(await nameOf()).toEqual(["Ours"]);
  const kept = await run({ rows: [named(5, { clientName: "Another" })] });
  expect((await readOutcomes(deps.db, kept.id, null, 10))[0]).toMatchObject({
    client: "Ours",
    why: "client_has_other_name",
  });
});

test("field case 1: a list without owners is imported, and the owner that a probe reads keeps the client's name and id", async () => {
  intercept((path, _after, fields) =>
    path.endsWith("_accounts") && fields.includes("owner_business_info")
      ? refusal(path, 10, "Requires a Business Solution Provider")
      : null,
  );
  const done = await run({ rows: [named(6, { externalId: "crm-6", clientName: "Ours" })] });
  expect(done.totals.imported).toBe(1);
  const assetId = (await findOwnerId(deps.db, "default", "waba", wabaId(6))) ?? "";
  await checkShare(deps, { assetId, by: SYSTEM });
  const clients = await deps.db.query(
    `select client.name, client.external_id, business.meta_id is not null as has_portfolio from asset
     join client on client.id = asset.client_id
     left join meta_id business on business.owner_id = client.id and business.type = 'business'`,
  );
  expect(clients).toEqual([{ name: "Ours", external_id: "crm-6", has_portfolio: true }]);
});

test("rows may come in parts until the import runs", async () => {
  const wish = { connectionId: "default", dryRun: true, mode: null, by: SYSTEM } as const;
  const importId = await openImport(deps, { ...wish, rows: [named(0), named(1)], more: true });
  expect(await advanceImports(deps)).toBeUndefined();
  expect(await openImportRows(deps, { importId, rows: [named(1), named(2)], more: false })).toBe(true);
  expect(await openImportRows(deps, { importId, rows: [], more: false })).toBe(false);
  expect((await finish(importId)).totals).toMatchObject({ imported: 3, invalid: 1 });
});

test("when Meta does not give the list, the import ends with Meta's message, and imported WABAs stay", async () => {
  let asked = 0;
  intercept((path) => ((asked += 1) <= 4 ? null : refusal(path, 10, "Permission denied")));
  const over = await run({});
  expect(over).toMatchObject({ state: "failed", failure: "Permission denied", totals: { imported: 400 } });
  expect(await countOf("share")).toBe(400);
});
