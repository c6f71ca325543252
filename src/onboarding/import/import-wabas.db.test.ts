import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { testDatabase, type TestDatabase } from "../../../test/support/database.ts";
import { clientIndexOf, fleetIdOf, fleetSeed } from "../../../test/support/fleet-seed.ts";
import { openKeyring } from "../../credentials/open-keyring.ts";
import { saveConnection } from "../../directory/connection-store.ts";
import { findOwnerId } from "../../directory/meta-id-store.ts";
import { startEmulator, type Emulator } from "../../emulator/start-emulator.ts";
import { seededRandom } from "../../lib/random.ts";
import type { GraphClient } from "../../meta/graph-client.ts";
import { createGraphClient } from "../../meta/graph-client.ts";
import type { GraphReply } from "../../meta/graph-reply.ts";
import { recordTransitions } from "../../recovery/record-transitions.ts";
import { checkShare } from "../../sharing/probe/check-share.ts";
import { discoverWabas } from "../../sharing/record/discover-wabas.ts";
import { META, SYSTEM } from "../../sharing/record/record-observation.ts";
import { findShare } from "../../sharing/record/share-store.ts";
import type { VerifyDeps } from "../../sharing/probe/verify-share.ts";
import { readImport } from "../../http/api/imports/read-import.ts";
import { advanceImports } from "./advance-imports.ts";
import type { ImportTotals } from "./import-plan.ts";
import { findImport, readOutcomes, type WabaImport } from "./import-store.ts";
import { openImport, openImportRows, type RowWish } from "./open-import.ts";

const FLEET = 1200;
const US = {
  businessId: "734443296905665",
  appId: "600000000000001",
  systemUserId: "610000000000001",
  token: "EAAsystem",
};
const LINKS = { reshareLinkLifetimeMs: 86_400_000 };

let emulator: Emulator;
let graph: GraphClient;
let database: TestDatabase;
let deps: VerifyDeps;
/** Called before the graph: a test may replace it. */
let meddle: ((path: string, after: string | undefined, fields: string) => GraphReply | "dead" | null) | null;

function discover(waba: string) {
  const wabas = [{ wabaId: waba, ownerBusinessId: null }];
  return discoverWabas(deps, { connectionId: "default", wabas, by: META });
}

beforeAll(async () => {
  emulator = await startEmulator({
    port: 0,
    seed: fleetSeed(FLEET),
    partnerBusinessId: US.businessId,
    appId: US.appId,
    appSecret: "secret",
    systemUserId: US.systemUserId,
    systemUserToken: US.token,
    verifyToken: "verify",
    callbackUrl: null,
    partnerName: "Provider",
  });
  graph = createGraphClient({
    graphUrl: emulator.url,
    graphVersion: "v25.0",
    clock: emulator.clock,
    appSecret: "secret",
  });
  return async () => {
    await graph.close();
    await emulator.stop();
  };
});

beforeEach(async () => {
  database = await testDatabase();
  const { db } = database;
  meddle = null;
  const meddled: GraphClient = {
    ...graph,
    ask: async (request) => {
      const answer = meddle?.(request.path, request.query?.after, request.query?.fields ?? "") ?? null;
      if (answer === "dead") throw new Error("killed");
      return answer ?? graph.ask(request);
    },
  };
  const random = seededRandom(1);
  const { clock } = emulator;
  const keyring = await openKeyring({ db, clock, random }, Buffer.alloc(32, 1));
  deps = {
    ...{ db, clock, random, keyring, sweepPeriodMs: 3_600_000, wake: () => undefined },
    accountOf: () => ({ connectionId: "default", ...US, graph: meddled }),
    onTransitions: (tx, turns) => recordTransitions({ random, ...LINKS }, tx, turns),
  };
  const about = { partnerName: "Provider", publicUrl: null, mode: "enforce" } as const;
  const connection = { id: "default", ...US, graphVersion: "v25.0", ...about };
  await saveConnection(db, connection);
  return () => database.drop();
});

const wabaId = (index: number): string => fleetIdOf("10", index);
const named = (index: number, more: Partial<RowWish> = {}): RowWish => ({
  wabaId: wabaId(index),
  externalId: null,
  clientName: null,
  ...more,
});

/** Runs the import to its end, as the loop would; after each `kill` it is continued. */
async function run(wish: { rows?: RowWish[]; dryRun?: boolean; mode?: WabaImport["mode"] }) {
  const id = await openImport(deps, {
    ...{ connectionId: "default", more: false, by: SYSTEM },
    dryRun: wish.dryRun ?? false,
    mode: wish.mode ?? null,
    rows: wish.rows ?? null,
  });
  return finish(id);
}

async function finish(id: string): Promise<WabaImport> {
  for (let turn = 0; turn < 100; turn += 1) {
    await advanceImports(deps).catch((error: unknown) => {
      if ((error as Error).message !== "killed") throw error;
    });
    const at = await findImport(deps.db, id);
    if (at === undefined || at.endedAt !== null) break;
    await deps.db.query("update waba_import set next_step_at = $1 where next_step_at > $1", [
      new Date(deps.clock.now()),
    ]);
  }
  const over = await findImport(deps.db, id);
  if (over === undefined) throw new Error("The import is gone");
  return over;
}

const countOf = async (table: string): Promise<number> =>
  Number((await deps.db.query<{ count: string }>(`select count(*) as count from ${table}`))[0]?.count);

const totals = (some: Partial<ImportTotals>): ImportTotals => ({
  ...{ listed: 0, not_named: 0, imported: 0, adopted: 0, known: 0, invalid: 0 },
  ...some,
});

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
    meddle = (path, after) => {
      if (!path.endsWith("_accounts")) return null;
      asked += 1;
      if (asked % 3 === 0) return "dead";
      if (asked !== 10 || after === undefined) return null;
      isRefused = true;
      return refusal(path, 100, "Invalid cursor");
    };
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

describe("deviation 10: a WABA that was never shared, or a wrong id", () => {
  const STRANGER = wabaId(900_000);
  /** Of another kind: neither a client's portfolio nor a number is a WABA. */
  const PORTFOLIO = fleetIdOf("51", 7);
  const NUMBER = fleetIdOf("20", 7);
  const strangers = [STRANGER, PORTFOLIO].map((id) => ({ ...named(0), wabaId: id }));

  /** Meta's list lags behind: it is empty. */
  function emptyList(path: string): GraphReply {
    const at = deps.clock.now();
    const request = { method: "GET", path };
    const reply = {
      request,
      askedAt: at,
      answeredAt: at,
      kind: "success",
      status: 200,
      usage: null,
    } as const;
    return { ...reply, body: { data: [] } };
  }

  test("is an error of its row, and creates no WABA, no client and no event", async () => {
    const others = [US.businessId, NUMBER, US.appId].map((id) => ({ ...named(0), wabaId: id }));
    const done = await run({ rows: [...strangers, named(1), ...others] });
    expect(done).toMatchObject({
      state: "done",
      totals: totals({ listed: FLEET, not_named: FLEET - 1, imported: 1, invalid: 5 }),
    });
    const reported = (await readOutcomes(deps.db, done.id, ["invalid"], 10)).map(({ n, why }) => [n, why]);
    expect(reported).toEqual([1, 2, 4, 5, 6].map((line) => [line, "not_shared"]));
    expect([await countOf("share"), await countOf("asset"), await countOf("client")]).toEqual([1, 1, 1]);
    expect(await countOf("journal where type = 'waba.share.lost'")).toBe(0);
  });

  test("is not yet known while Meta gives no answer, asked for again, and counted as waiting until then", async () => {
    let isOut = true;
    meddle = (path) =>
      isOut && path === `/${STRANGER}` ? refusal(path, 2, "Service temporarily unavailable") : null;
    const wish = { connectionId: "default", dryRun: false, mode: null, by: SYSTEM } as const;
    const id = await openImport(deps, { ...wish, rows: [...strangers, named(1)], more: false });
    await advanceImports(deps);
    const waiting = await readImport(deps, id, null);
    expect(waiting).toMatchObject({
      state: "running",
      failure: "Service temporarily unavailable",
      rows: { read: 3, waiting: 1 },
    });
    isOut = false;
    expect(await finish(id)).toMatchObject({ state: "done", totals: { imported: 1, invalid: 2 } });
    expect((await readImport(deps, id, null)).rows).toEqual({ read: 3, waiting: 0 });
  });

  test("a shared WABA is none of them when Meta refuses a field of it (100): only 100 with 33 says so", async () => {
    const shared = wabaId(7);
    meddle = (path, _after, fields) => {
      if (path === `/${shared}` && fields !== "id")
        return refusal(path, 100, "Tried accessing nonexisting field (message_template_namespace)");
      return path.endsWith("_accounts") ? emptyList(path) : null;
    };
    const done = await run({ rows: [named(7)] });
    expect(done).toMatchObject({ state: "done", totals: { imported: 1, invalid: 0 } });
  });

  test("nor when Meta refuses the request for its numbers, unless it has no such edge", async () => {
    const shared = wabaId(7);
    let isRefused = true;
    meddle = (path) => {
      if (path === `/${shared}/phone_numbers` && isRefused) return refusal(path, 100, "Invalid parameter");
      return path.endsWith("_accounts") ? emptyList(path) : null;
    };
    const wish = { connectionId: "default", dryRun: false, mode: null, by: SYSTEM } as const;
    const id = await openImport(deps, { ...wish, rows: [named(7)], more: false });
    await advanceImports(deps);
    expect((await readImport(deps, id, null)).rows).toEqual({ read: 1, waiting: 1 });
    isRefused = false;
    expect(await finish(id)).toMatchObject({ state: "done", totals: { imported: 1, invalid: 0 } });
  });

  test("our own dead token decides nothing about a row", async () => {
    meddle = (path) => (path.endsWith("_accounts") ? null : refusal(path, 190, "Session has expired"));
    const over = await run({ rows: strangers });
    expect(over).toMatchObject({ state: "failed", failure: "Session has expired", totals: { invalid: 0 } });
    expect((await readImport(deps, over.id, null)).rows).toEqual({ read: 2, waiting: 2 });
  });

  test("a WABA that only a read shows is imported; a known one is found lost as usual", async () => {
    await emulator.act({ action: "partner.remove", waba_id: wabaId(3), silent: true });
    const listWithout = await run({ rows: [named(2)] });
    expect(listWithout.totals.imported).toBe(1);
    const lost = await run({ rows: [named(3)] });
    expect(lost.totals).toMatchObject({ invalid: 1, imported: 0 });
    await emulator.act({ action: "partner.assign", waba_id: wabaId(3), silent: true });
    await run({ rows: [named(3)] });
    await emulator.act({ action: "partner.remove", waba_id: wabaId(3), silent: true });
    const again = await run({ rows: [named(3)] });
    expect((await readOutcomes(deps.db, again.id, null, 10))[0]).toMatchObject({
      result: "known",
      why: "not_listed",
    });
    const assetId = (await findOwnerId(deps.db, "default", "waba", wabaId(3))) ?? "";
    await checkShare(deps, { assetId, by: SYSTEM });
    expect((await findShare(deps.db, assetId))?.record.decided.status).toBe("permission_removed");
    await emulator.act({ action: "partner.assign", waba_id: wabaId(3), silent: true });
  });
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
  meddle = (path, _after, fields) =>
    path.endsWith("_accounts") && fields.includes("owner_business_info")
      ? refusal(path, 10, "Requires a Business Solution Provider")
      : null;
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
  meddle = (path) => ((asked += 1) <= 4 ? null : refusal(path, 10, "Permission denied"));
  const over = await run({});
  expect(over).toMatchObject({ state: "failed", failure: "Permission denied", totals: { imported: 400 } });
  expect(await countOf("share")).toBe(400);
});

function refusal(path: string, code: number, message: string): GraphReply {
  const at = deps.clock.now();
  const fault = { code, message, subcode: null, type: null, details: null, traceId: null };
  const asked = { request: { method: "GET", path, token: US.token }, askedAt: at, answeredAt: at };
  return { ...asked, kind: "refusal", status: 400, usage: null, fault } as unknown as GraphReply;
}
