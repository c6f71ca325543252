import { leaseFrom } from "../../database/lease.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApp, type TestApp } from "../../../test/support/create-test-app.ts";
import { until } from "../../../test/support/until.ts";
import { findOwnerId } from "../../directory/meta-id-store.ts";
import {
  claimDueShares,
  findNextProbeAt,
  hastenShares,
  postponeProbe,
  releaseShare,
} from "../record/share-store.ts";
import { createSweeper } from "./sweep-shares.ts";

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app?.stop());

const now = (): number => app.deps.clock.now();

/** Every share is overdue by this time; none is urgent. */
async function overdueBy(ms: number): Promise<string[]> {
  const rows = await app.database.db.query<{ asset_id: string }>(
    "update share set next_probe_at = $1, urgent_probe_at = null, probing_until = null returning asset_id",
    [new Date(now() - ms)],
  );
  return rows.map((row) => row.asset_id);
}

test("the urgent queue holds the probes that a rule asked for, and none of the sweep", async () => {
  const { db } = app.database;
  const [first = "", second = "", third = ""] = await overdueBy(60_000);
  expect(await findNextProbeAt(db, "urgent")).toBeNull();
  const at = now();
  const lease = leaseFrom(at, 30_000);
  const claim = { lease, limit: 10 };
  expect(await claimDueShares(db, "urgent", claim)).toEqual([]);
  await hastenShares(db, [
    { assetId: first, at: at - 1 },
    { assetId: second, at: at + 60_000 },
  ]);
  expect(await findNextProbeAt(db, "urgent")).toBe(at - 1);
  expect(await claimDueShares(db, "urgent", claim)).toEqual([first]);
  // It is leased: neither queue returns it again, nor calls it due.
  expect(await claimDueShares(db, "urgent", claim)).toEqual([]);
  expect(await findNextProbeAt(db, "urgent")).toBe(at + 60_000);
  expect(await claimDueShares(db, "sweep", { ...claim, limit: 100 })).not.toContain(first);
  await releaseShare(db, first, lease);
  expect(await claimDueShares(db, "urgent", { ...claim, limit: 0 })).toEqual([]);
  await postponeProbe(db, third, { nextAt: at + 5, urgentAt: null });
  await overdueBy(0);
});

test("an urgent probe begins at once, although overdue sweeps that hang take all the room they may", async () => {
  const { db } = app.database;
  const waba = "100000000000001";
  const assetId = (await findOwnerId(db, "default", "waba", waba)) ?? "";
  const all = await overdueBy(3_600_000);
  expect(all.length).toBeGreaterThan(12);
  for (let count = 2; count <= all.length + 1; count += 1) {
    const wabaId = `1000000000000${String(count).padStart(2, "0")}`;
    await fetch(`${app.emulator.url}/_emulator/faults`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ match: { waba_id: wabaId }, respond: "hang" }),
    });
  }
  // The one that is urgent is the least overdue of all.
  await db.query("update share set next_probe_at = $2, urgent_probe_at = null where asset_id = $1", [
    assetId,
    new Date(now() + 60_000),
  ]);
  let ended = 0;
  const sweeper = createSweeper(app.deps, {
    finished: () => (ended += 1),
    failed: (_id, error) => {
      throw error;
    },
  });
  await sweeper.begin();
  await sweeper.begin();
  const leased = await db.query("select 1 from share where probing_until > $1", [new Date(now())]);
  expect(leased).toHaveLength(12);
  await hastenShares(db, [{ assetId, at: now() }]);
  await sweeper.begin();
  await until("the urgent probe", () => (ended === 1 ? true : undefined), 2_400);
  const isFree = await db.query("select 1 from share where asset_id = $1 and probing_until is null", [
    assetId,
  ]);
  expect(isFree).toHaveLength(1);
  const hanging = await db.query("select 1 from share where probing_until > $1", [new Date(now())]);
  expect(hanging).toHaveLength(12);
  await fetch(`${app.emulator.url}/_emulator/faults`, { method: "DELETE" });
  await sweeper.drain();
});
