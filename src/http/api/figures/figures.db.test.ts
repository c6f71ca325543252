/** Time from a loss to the closed gate and from its repair to the open one, in the API and in `/metrics`. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestApp, type TestApp } from "../../../../test/support/create-test-app.ts";
import { findOwnerId } from "../../../directory/meta-id-store.ts";
import type { Ending, Loss } from "../../../sharing/episodes/episode.ts";
import { findOpenEpisodes, insertEpisodes, saveEnding } from "../../../sharing/episodes/episode-store.ts";
import { createEpisodeTotals } from "../../../reports/create-episode-totals.ts";
import { BOUNDS_MS } from "../../../reports/histogram.ts";
import { readProofAges } from "../../../reports/share-figures-store.ts";

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app?.stop());

const LONG_AGO = Date.UTC(2020, 0, 1);
const MINUTE = 60_000;
const unknown = { lostAt: null, announcedAt: null, lostAfter: null, detectionMs: null, receiptMs: null };

const announced = (detectionMs: number, receiptMs = 40): Loss => ({
  ...{ condition: "Shared", reason: "partner_removed", how: "announced" },
  ...{ ...unknown, detectionMs, receiptMs },
});
const probed = (detectionMs: number | null): Loss => ({
  ...{ condition: "Shared", reason: "unspecified", how: "probed" },
  ...{ ...unknown, detectionMs },
});
const reopened = (resumeHow: "announced" | "probed", resumeMs: number): Ending => ({
  outcome: "reopened",
  sign: null,
  resumeHow,
  resumeMs,
});
const over = (outcome: "refuted" | "set_aside"): Ending => ({
  outcome,
  sign: null,
  resumeHow: null,
  resumeMs: null,
});

/** Losses of the same WABA, one minute apart, from `at` on. */
async function lose(at: number, losses: [Loss, Ending | null][], wabaId = "100000000000001"): Promise<void> {
  const { db } = app.deps;
  const assetId = (await findOwnerId(db, "default", "waba", wabaId)) ?? "";
  for (const [index, [loss, ending]] of losses.entries()) {
    const closedAt = at + index * MINUTE;
    await db.transaction(async (tx) => {
      await insertEpisodes(tx, [{ share: { assetId, connectionId: "default" }, loss, closedAt }]);
      const open = (await findOpenEpisodes(tx, [assetId])).get(assetId);
      if (ending !== null) await saveEnding(tx, open?.id ?? "", ending, closedAt + 1000);
    });
  }
}

const bucketsOf = (distribution: { buckets: { up_to_ms: number | null; count: number }[] }) =>
  Object.fromEntries(
    distribution.buckets.filter(({ count }) => count > 0).map(({ up_to_ms, count }) => [up_to_ms, count]),
  );
const span = (fromMinutes: number, toMinutes: number): string => {
  const iso = (minutes: number): string => new Date(LONG_AGO + minutes * MINUTE).toISOString();
  return `?since=${iso(fromMinutes)}&until=${iso(toMinutes)}`;
};

describe("GET /api/v1/figures", () => {
  test("without a loss: empty figures, and the age of the proofs", async () => {
    const { status, body } = await app.ask("GET", "/api/v1/figures");
    expect(status).toBe(200);
    expect(Date.parse(body.until) - Date.parse(body.since)).toBe(30 * 24 * 60 * MINUTE);
    expect(body.detection.announced).toMatchObject({ count: 0, p50_ms: null, p99_ms: null });
    expect(body.detection.announced.buckets).toHaveLength(BOUNDS_MS.length + 1);
    expect(body.detection.announced.buckets.at(-1)).toEqual({ up_to_ms: null, count: 0 });
    const overview = (await app.ask("GET", "/api/v1/overview")).body;
    expect(body.proof_age.count).toBe(overview.counts.live);
    expect(body.oldest_proof_age_s).toBeGreaterThanOrEqual(body.proof_age.p99_ms / 1000);
    expect(body.oldest_proof_age_s).toBeLessThan(120);
  });

  test("separates announced from probed losses, within the span only", async () => {
    await lose(LONG_AGO, [
      [announced(400), reopened("announced", 1500)],
      [announced(1000), reopened("announced", 2500)],
      [announced(1001), reopened("probed", 16_000)],
      [announced(90_000, 90), over("refuted")],
      [probed(15_000), over("set_aside")],
      [probed(null), null],
    ]);
    const { body } = await app.ask("GET", `/api/v1/figures${span(0, 60)}`);
    expect(body.detection.announced).toMatchObject({
      count: 4,
      p50_ms: 1000,
      p90_ms: 90_000,
      p99_ms: 90_000,
    });
    expect(bucketsOf(body.detection.announced)).toEqual({ 500: 1, 1000: 1, 2000: 1, 300000: 1 });
    expect(body.detection.after_receipt).toMatchObject({ count: 4, p50_ms: 40, p99_ms: 90 });
    expect(body.detection.probed).toMatchObject({ count: 1, p50_ms: 15_000 });
    expect(body.detection.probed_without_bound).toBe(1);
    expect(body.resume.announced).toMatchObject({ count: 2, p50_ms: 1500, p90_ms: 2500 });
    expect(body.resume.probed).toMatchObject({ count: 1, p50_ms: 16_000 });
    expect(body.false_closes).toBe(1);

    const first = (await app.ask("GET", `/api/v1/figures${span(0, 1)}`)).body;
    expect([first.detection.announced.count, first.resume.announced.count, first.false_closes]).toEqual([
      1, 1, 0,
    ]);
    expect((await app.ask("GET", "/api/v1/figures")).body.detection.announced.count).toBe(0);
  });

  test("a span that ends before it begins, or is not an instant, is refused", async () => {
    expect((await app.ask("GET", `/api/v1/figures${span(2, 1)}`)).body).toMatchObject({
      status: 400,
      code: "invalid_request",
      detail: expect.stringContaining("since is later than until"),
    });
    expect((await app.ask("GET", "/api/v1/figures?since=yesterday")).status).toBe(400);
  });

  test("a loss and its repair at Meta are measured end to end", async () => {
    const wabaId = "100000000000004";
    const check = () => app.ask("POST", `/api/v1/wabas/${wabaId}/check`);
    // Only a WABA that was proven before has a last proof to count from.
    expect((await check()).body.status).toBe("live");
    await app.emulator.act({ action: "partner.remove", waba_id: wabaId, silent: true });
    expect((await check()).body.status).toBe("permission_removed");
    const closed = (await app.ask("GET", "/api/v1/figures")).body;
    expect(closed.detection).toMatchObject({ probed: { count: 1 }, probed_without_bound: 0 });
    expect(closed.detection.probed.p50_ms).toBeGreaterThan(0);
    await app.emulator.act({ action: "partner.assign", waba_id: wabaId, silent: true });
    expect((await check()).body.status).toBe("live");
    const { body } = await app.ask("GET", "/api/v1/figures");
    expect(body.resume.probed.count).toBe(1);
    expect([body.resume.announced.count, body.false_closes]).toEqual([0, 0]);
  });
});

test("/metrics shows the same as histograms, with one counter of false closures", async () => {
  const { body } = await app.ask("GET", "/metrics");
  const text = String(body);
  expect(text).toContain('sharekeeper_detection_seconds_bucket{le="1",how="announced"} 2\n');
  expect(text).toContain('sharekeeper_detection_seconds_bucket{le="+Inf",how="announced"} 4\n');
  expect(text).toContain('sharekeeper_detection_seconds_count{how="probed"} 2\n');
  expect(text).toContain('sharekeeper_closing_seconds_bucket{le="0.25"} 4\n');
  expect(text).toContain('sharekeeper_resume_seconds_bucket{le="2",how="announced"} 1\n');
  expect(text).toMatch(/^sharekeeper_false_closes_total 1$/m);
  expect(text).toMatch(/^sharekeeper_proof_age_seconds\{quantile="0.99"\} [0-9.]+$/m);
  expect(text).toMatch(/^sharekeeper_oldest_proof_age_seconds [0-9.]+$/m);
  const live = (await app.ask("GET", "/api/v1/overview")).body.counts.live;
  expect(text).toContain(`sharekeeper_wabas{status="live"} ${live}\n`);
});

test("settled days are read once, and the figures stay the same when the clock is set back", async () => {
  const { db } = app.deps;
  const totals = createEpisodeTotals(db);
  const now = app.deps.clock.now();
  const first = await totals(now);
  expect(first.detection.announced.count).toBe(4);
  expect(first.falseCloseCount).toBe(1);
  await lose(now, [[announced(700), over("refuted")]], "100000000000002");
  for (const at of [now + 1000, now + 2 * 60 * MINUTE, now + 3 * 60 * MINUTE, now - 60 * MINUTE]) {
    const later = await totals(at);
    expect([later.detection.announced.count, later.detection.announced.sumMs]).toEqual([5, 93_101]);
    expect([later.falseCloseCount, later.detection.unboundedCount]).toEqual([2, 1]);
  }
});

test("a settled day is stored: a later instance counts only the rest and gets the same figures", async () => {
  const { db } = app.deps;
  const now = app.deps.clock.now() + 24 * 60 * MINUTE;
  const first = await createEpisodeTotals(db)(now);
  const kept = async (): Promise<number[]> => {
    const rows = await db.query<{ until: Date }>("select until from episode_total order by until");
    return rows.map(({ until }) => until.getTime());
  };
  const midnight = (await kept()).at(-1) ?? 0;
  expect(midnight % (24 * 60 * MINUTE)).toBe(0);
  expect(now - midnight).toBeLessThan(26 * 60 * MINUTE);
  expect(await createEpisodeTotals(db)(now)).toEqual(first);

  // The stored figures are the ones shown.
  await db.query(
    "update episode_total set totals = jsonb_set(totals, '{figures,falseCloseCount}', '77') where until = $1",
    [new Date(midnight)],
  );
  expect((await createEpisodeTotals(db)(now)).falseCloseCount).toBeGreaterThanOrEqual(77);
  // For a time before the stored days, everything is counted again.
  expect((await createEpisodeTotals(db)(midnight)).falseCloseCount).toBe(first.falseCloseCount);
  expect((await kept()).every((until) => until < midnight)).toBe(true);
});

test("the counts always match the database", async () => {
  await app.emulator.act({ action: "waba.disable", waba_id: "100000000000005", silent: true });
  await app.ask("POST", "/api/v1/wabas/100000000000005/check");
  const counted = await app.deps.db.query<{ status: string; count: number }>(
    "select status, count(*)::int as count from share group by status",
  );
  const { by_status } = (await app.ask("GET", "/api/v1/overview")).body;
  const reported = by_status.map(({ status, count }: { status: string; count: number }) => ({
    status,
    count,
  }));
  expect(reported).toEqual(expect.arrayContaining(counted));
  expect(reported).toHaveLength(counted.length);
  expect(counted.length).toBeGreaterThan(1);
});

test("for a large fleet a sample is read", async () => {
  const { db, clock } = app.deps;
  // A thousandth of the pages of a table with one or two pages: any sample must be no error and hold at most
  // all rows.
  const drawn = await readProofAges(db, { now: clock.now(), shareCount: 20_000_000 });
  const all = await readProofAges(db, { now: clock.now(), shareCount: 20 });
  expect(all.count).toBeGreaterThan(0);
  expect(drawn.count).toBeLessThanOrEqual(all.count);
  expect(drawn.buckets).toHaveLength(all.buckets.length);
});
