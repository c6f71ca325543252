/** Two instances probe one fleet. Together they must decide like one instance that saw everything. */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createTestApp, type TestApp } from "../../../test/support/create-test-app.ts";
import { systemRandom } from "../../lib/random.ts";
import type { Incident } from "../rules/incident.ts";
import { readIncidents } from "./incident-store.ts";
import type { Answer, ProbeResult } from "../model/probe-result.ts";
import { SECOND } from "../model/timings.ts";
import { findShares, type ShareRow } from "../record/share-store.ts";
import { watchTrouble, type TroubleWatch } from "./watch-trouble.ts";

const BAD: Answer = { verdict: "bad", reason: "unspecified", metaMessage: null };
const GOOD: Answer = { verdict: "true" };

let app: TestApp;
let shares: ShareRow[];
let now: number;
let reported: string[];

beforeAll(async () => {
  app = await createTestApp();
  const rows = await app.deps.db.query<{ asset_id: string }>("select asset_id from share");
  const assetIds = rows.map((row) => row.asset_id);
  now = app.deps.clock.now();
  shares = await findShares(app.deps.db, assetIds);
});
afterAll(() => app?.stop());
beforeEach(async () => {
  // Each test begins long after the last one, so no proof of another test is recent.
  now += 600 * SECOND;
  reported = [];
  for (const table of ["incident", "probe_window"]) await app.deps.db.query(`delete from ${table}`);
});

function instance(name: string): TroubleWatch {
  const clock = { ...app.deps.clock, now: () => now };
  const tell = (what: string) => (incident: Incident) => void reported.push(`${name} ${what} ${incident.id}`);
  return watchTrouble(
    { db: app.deps.db, clock, random: systemRandom, sweepPeriodMs: 15 * SECOND },
    {
      troubled: () => undefined,
      witnessesCalled: () => undefined,
      opened: tell("opened"),
      ended: tell("ended"),
    },
  );
}

/**
 * One probe of this instance, and its record. `firstBadMsAgo`: any instance had a first bad probe of the WABA
 * so long ago.
 */
async function probe(
  watch: TroubleWatch,
  index: number,
  answer: Answer,
  firstBadMsAgo: number | null = null,
): Promise<ProbeResult> {
  const share = shares[index];
  if (share === undefined) throw new Error("The seeded world has no such WABA");
  const record = structuredClone(share.record);
  record.facts.Shared.badAt = firstBadMsAgo === null ? null : now - firstBadMsAgo;
  const seen: ProbeResult = {
    askedAt: now,
    trigger: "sweep",
    waited: false,
    answers: { Shared: answer },
    numbers: {},
    numbersComplete: false,
    kind: null,
    write: "none",
  };
  await app.deps.db.query(
    `update share set record = jsonb_set(record, '{probedAt}', to_jsonb($2::bigint)),
       last_proven_at = case when $3 then $4::timestamptz else last_proven_at end where asset_id = $1`,
    [share.assetId, now, answer.verdict === "true", new Date(now)],
  );
  return watch.weigh(seen, { ...share, record });
}

/**
 * Runs of all, as on machines of their own: a second apart, each without the rows that the others write
 * meanwhile.
 */
async function turns(watches: readonly TroubleWatch[], count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) {
    await Promise.all(watches.map((watch) => watch.turn()));
    now += SECOND;
  }
}

const incidents = (): Promise<Incident[]> => readIncidents(app.deps.db, null, 10);

test("failures that are split over two instances are one incident, opened once and ended once", async () => {
  const [one, other] = [instance("one"), instance("other")];
  for (const index of [0, 1, 2]) await probe(one, index, BAD);
  for (const index of [3, 4, 5]) await probe(other, index, BAD);
  await turns([one, other], 4);
  expect(await incidents()).toMatchObject([{ troubled: 6, endedAt: null }]);
  expect(reported).toEqual([expect.stringMatching(/ opened /)]);
  expect(await probe(one, 6, BAD)).toMatchObject({ distrusted: true });
  expect(await probe(other, 7, BAD)).toMatchObject({ distrusted: true });

  now += 5 * SECOND;
  // The other instance probes each of them again.
  for (const index of [0, 1, 2, 6]) await probe(other, index, GOOD);
  for (const index of [3, 4, 5, 7]) await probe(one, index, GOOD);
  await turns([one, other], 3);
  expect(await incidents()).toMatchObject([{ endedWhy: "recovered" }]);
  expect(reported).toEqual([expect.stringMatching(/ opened /), expect.stringMatching(/ ended /)]);
});

test("a WABA that both have probed is counted once, by its newest probe", async () => {
  const [one, other] = [instance("one"), instance("other")];
  for (const index of [0, 1, 2, 3]) await probe(one, index, BAD);
  await one.turn();
  now += SECOND;
  for (const index of [0, 1, 2, 3]) await probe(other, index, BAD);
  await other.turn();
  await turns([one, other], 3);
  expect(await incidents()).toEqual([]);
});

test("the rows of an instance that died do not count for ever beside those that took over", async () => {
  const [dead, alive] = [instance("dead"), instance("alive")];
  for (const index of [0, 1, 2]) await probe(dead, index, BAD);
  await dead.turn();
  now += 36 * SECOND;
  for (const index of [0, 1, 2]) await probe(alive, index, BAD);
  await alive.turn();
  expect(await incidents()).toEqual([]);
});

test("a second bad probe waits until another WABA is seen intact, by any instance", async () => {
  const [one, other] = [instance("one"), instance("other")];
  expect((await probe(one, 0, BAD)).held).toBeUndefined();
  await one.turn();
  now += SECOND;
  expect(await probe(one, 0, BAD, SECOND)).toMatchObject({ held: true });
  await probe(other, 1, GOOD);
  await one.turn();
  expect((await probe(one, 0, BAD, SECOND)).held).toBeUndefined();
});

test("a second bad probe waits while others turn bad, and 5 s at the most", async () => {
  const one = instance("one");
  await probe(one, 0, BAD);
  for (const index of [1, 2, 3]) await probe(one, index, GOOD);
  await probe(one, 4, BAD);
  expect(await probe(one, 0, BAD, 0)).toMatchObject({ held: true });
  expect((await probe(one, 0, BAD, 5 * SECOND)).held).toBeUndefined();
});

test("the probe does not wait where no other WABA is left", async () => {
  const one = instance("one");
  const { db } = app.deps;
  await db.query("update share set status = 'permission_removed' where asset_id <> $1", [shares[0]?.assetId]);
  await probe(one, 0, BAD);
  await one.turn();
  now += SECOND;
  expect((await probe(one, 0, BAD, SECOND)).held).toBeUndefined();
  await db.query("update share set status = 'live'");
});
