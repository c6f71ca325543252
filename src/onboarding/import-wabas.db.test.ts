import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { testDatabase, type TestDatabase } from "../../test/support/database.ts";
import { clientIndexOf, fleetIdOf, fleetSeed } from "../../test/support/fleet-seed.ts";
import { saveConnection } from "../directory/connection-store.ts";
import { findOwnerId } from "../directory/directory-store.ts";
import { startEmulator, type Emulator } from "../emulator/start-emulator.ts";
import { seededRandom } from "../lib/random.ts";
import type { GraphClient } from "../meta/graph-client.ts";
import { createGraphClient } from "../meta/graph-client.ts";
import type { GraphReply } from "../meta/graph-reply.ts";
import { openMissingLinks, openReshareLink } from "../recovery/open-reshare-link.ts";
import { recordTurns } from "../recovery/record-turns.ts";
import { checkShare } from "../sharing/check-share.ts";
import { discoverWaba } from "../sharing/discover-waba.ts";
import { SYSTEM } from "../sharing/record-observation.ts";
import { findShare } from "../sharing/share-store.ts";
import type { VerifyDeps } from "../sharing/verify-share.ts";
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
/** What stands before the graph: a test may break it. */
let meddle: ((path: string, after: string | undefined) => GraphReply | "dead" | null) | null;

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
      const answer = meddle?.(request.path, request.query?.after) ?? null;
      if (answer === "dead") throw new Error("killed");
      return answer ?? graph.ask(request);
    },
  };
  const random = seededRandom(1);
  deps = {
    ...{ db, clock: emulator.clock, random, sweepPeriodMs: 3_600_000, wake: () => undefined },
    accountOf: () => ({ connectionId: "default", ...US, graph: meddled }),
    onTurns: (tx, turns) => recordTurns({ random, ...LINKS }, tx, turns),
  };
  const about = { partnerName: "Provider", publicUrl: null, mode: "enforce" } as const;
  const connection = { id: "default", ...US, graphVersion: "v25.0", ...about };
  await saveConnection(db, connection, emulator.clock.now());
  return () => database.drop();
});

const wabaId = (index: number): string => fleetIdOf("10", index);
const named = (index: number, more: Partial<RowWish> = {}): RowWish => ({
  wabaId: wabaId(index),
  externalId: null,
  clientName: null,
  ...more,
});

/** Lets the import run to its end, as the loop would; what "kills" it lets it be taken up again. */
async function run(wish: {
  rows?: RowWish[];
  dryRun?: boolean;
  mode?: WabaImport["mode"];
}): Promise<WabaImport> {
  const id = await openImport(deps, {
    connectionId: "default",
    dryRun: wish.dryRun ?? false,
    mode: wish.mode ?? null,
    rows: wish.rows ?? null,
    more: false,
    by: SYSTEM,
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
  ...{ listed: 0, not_named: 0, imported: 0, adopted: 0, known: 0, lost: 0, invalid: 0 },
  ...some,
});

test("everything that Meta lists is taken in, with its owner, and a second import finds it known", async () => {
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

test("the first looks of a large import are spread over the sweep, and none is urgent", async () => {
  await run({});
  const { clock, sweepPeriodMs } = deps;
  const quarters = await deps.db.query<{ quarter: number; count: number }>(
    `select least(3, floor(4 * extract(epoch from next_look_at - $1::timestamptz) * 1000 / $2))::int as quarter, count(*)::int as count
     from share group by quarter order by quarter`,
    [new Date(clock.now()), sweepPeriodMs],
  );
  const counts = quarters.filter(({ quarter }) => quarter >= 0).map(({ count }) => count);
  expect(counts).toHaveLength(4);
  for (const count of counts) expect(count).toBeGreaterThan(FLEET / 6);
  expect(await countOf("share where memory -> 'dueLooks' <> '[]'")).toBe(0);
});

describe("1,000 rows", () => {
  /** 0 to 899 are listed, of them 0 to 9 were found before; then 50 that are not shared, 25 given twice, 25 that are no ids. */
  const rows: RowWish[] = [
    ...Array.from({ length: 900 }, (_, index) => named(index, { externalId: `crm-${clientIndexOf(index)}` })),
    ...Array.from({ length: 50 }, (_, index) =>
      named(900_000 + index, { externalId: `gone-${index % 5}`, clientName: `Gone ${index % 5}` }),
    ),
    ...Array.from({ length: 25 }, (_, index) => named(index)),
    ...Array.from({ length: 25 }, (_, index) => ({ ...named(index), wabaId: `no id ${index}` })),
  ];
  const expected = totals({
    ...{ listed: FLEET, not_named: 300, imported: 890, adopted: 10, lost: 50, invalid: 50 },
  });

  async function find(): Promise<void> {
    for (let index = 0; index < 10; index += 1)
      await discoverWaba(deps, { connectionId: "default", wabaId: wabaId(index), ownerBusinessId: null });
  }

  test("a dry run says what the import then does, and does nothing", async () => {
    await find();
    const tried = await run({ rows, dryRun: true });
    expect(tried.totals).toEqual(expected);
    expect(await countOf("share")).toBe(10);
    expect(await countOf("share where memory ->> 'adoption' = 'adopted'")).toBe(0);
    const done = await run({ rows });
    expect(done.totals).toEqual(expected);
    const told = async (id: string): Promise<unknown[]> =>
      (await readOutcomes(deps.db, id, null, 1000)).map(({ n, result, why }) => ({ n, result, why }));
    expect(await told(tried.id)).toEqual(await told(done.id));
    expect(await countOf("share where memory ->> 'adoption' = 'adopted'")).toBe(950);
    expect(await countOf("client where external_id like 'gone-%'")).toBe(5);
    const again = await run({ rows });
    expect(again.totals).toEqual(totals({ listed: FLEET, not_named: 300, known: 950, invalid: 50 }));
  });

  test("killed at every third question to Meta, and with a cursor that Meta refuses once, it ends the same", async () => {
    await find();
    let asked = 0;
    let isRefused = false;
    meddle = (path, after) => {
      asked += 1;
      if (asked % 3 === 0) return "dead";
      if (asked !== 10 || after === undefined) return null;
      isRefused = true;
      return refusal(path, 100, "Invalid cursor");
    };
    const done = await run({ rows });
    expect(isRefused).toBe(true);
    expect(done).toMatchObject({ state: "done", totals: expected });
    expect(await countOf("share")).toBe(950);
    expect(
      await countOf("client left join asset on asset.client_id = client.id where asset.id is null"),
    ).toBe(0);
  });
});

test("every row says why", async () => {
  await discoverWaba(deps, { connectionId: "default", wabaId: wabaId(8), ownerBusinessId: null });
  const done = await run({
    rows: [
      named(0, { externalId: "a" }),
      named(1, { externalId: "b" }),
      named(4, { externalId: "a" }),
      named(5, { externalId: "c" }),
      named(0),
      { ...named(0), wabaId: "12" },
      named(900_000, { clientName: "Left long ago" }),
      named(8),
    ],
  });
  const told = (await readOutcomes(deps.db, done.id, null, 100)).map(
    ({ client, result, why }) => [client, result, why] as const,
  );
  expect(told).toEqual([
    ["Client 1", "imported", null],
    ["Client 1", "imported", "client_has_other_id"],
    ["Client 2", "imported", "external_id_taken"],
    ["Client 2", "imported", null],
    [null, "invalid", "given_twice"],
    [null, "invalid", "not_a_waba_id"],
    ["Left long ago", "lost", "not_listed"],
    [expect.any(String), "adopted", null],
  ]);
});

test("without rows everything that Meta lists is taken in, also what was found before anybody asked", async () => {
  for (let index = 0; index < 2; index += 1)
    await discoverWaba(deps, { connectionId: "default", wabaId: wabaId(index), ownerBusinessId: null });
  const done = await run({});
  expect(done.totals).toEqual(totals({ listed: FLEET, imported: FLEET - 2, adopted: 2 }));
  expect(await countOf("share where memory ->> 'adoption' = 'adopted'")).toBe(FLEET);
});

test("a WABA that was lost before is quiet: no link until somebody asks, and loud again once it was shared", async () => {
  const lostId = wabaId(3);
  await emulator.act({ action: "partner.remove", waba_id: lostId, silent: true });
  const rows = [named(3, { clientName: "Left" }), named(2)];
  expect((await run({ rows })).totals).toMatchObject({ imported: 1, lost: 1 });
  const assetId = (await findOwnerId(deps.db, "default", "waba", lostId)) ?? "";
  await checkShare(deps, { assetId, by: SYSTEM });
  const statusOf = async (): Promise<unknown> => {
    const share = await findShare(deps.db, assetId);
    return [share?.memory.decided.status, share?.memory.quiet ?? false];
  };
  expect(await statusOf()).toEqual(["permission_removed", true]);
  const links = { ...deps, ...LINKS, links: { learn: async () => undefined } };
  await openMissingLinks(links, SYSTEM);
  expect(await countOf("reshare_link")).toBe(0);
  await openReshareLink(links, { assetId, rotate: false, by: SYSTEM });
  expect(await countOf("reshare_link")).toBe(1);
  await emulator.act({ action: "partner.assign", waba_id: lostId, silent: true });
  await checkShare(deps, { assetId, by: SYSTEM });
  expect(await statusOf()).toEqual(["live", false]);
});

test("rows may come in parts; once it runs it takes no more", async () => {
  const wish = { connectionId: "default", dryRun: true, mode: null, by: SYSTEM } as const;
  const importId = await openImport(deps, { ...wish, rows: [named(0), named(1)], more: true });
  expect(await advanceImports(deps)).toBeUndefined();
  expect(await openImportRows(deps, { importId, rows: [named(1), named(2)], more: false })).toBe(true);
  expect(await openImportRows(deps, { importId, rows: [], more: false })).toBe(false);
  expect((await finish(importId)).totals).toMatchObject({ imported: 3, invalid: 1 });
});

test("a list that Meta does not give ends the import, with Meta's words; what came before stays", async () => {
  let asked = 0;
  meddle = (path) => ((asked += 1) <= 4 ? null : refusal(path, 10, "Permission denied"));
  const over = await run({});
  expect(over).toMatchObject({ state: "failed", failure: "Permission denied", totals: { imported: 400 } });
  expect(await countOf("share")).toBe(400);
});

function refusal(path: string, code: number, message: string): GraphReply {
  const at = deps.clock.now();
  const fault = {
    code,
    message,
    subcode: null,
    type: null,
    userTitle: null,
    userMessage: null,
    details: null,
  };
  return {
    request: { method: "GET", path, token: US.token },
    ...{ askedAt: at, answeredAt: at, kind: "refusal", status: 400, usage: null },
    fault: { ...fault, traceId: null },
  } as unknown as GraphReply;
}
