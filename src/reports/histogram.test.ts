import { expect, test } from "vitest";
import { BOUNDS_MS, distributionOf, NOTHING_MEASURED, renderHistogram } from "./histogram.ts";

test("rows become percentiles and buckets; without a measurement the result is null, not zero", () => {
  expect(distributionOf([])).toBe(NOTHING_MEASURED);
  expect(distributionOf([{ bucket: null, count: 0, sum_ms: null, percentiles: null }]).p50Ms).toBeNull();
  const reported = distributionOf([
    { bucket: null, count: 3, sum_ms: "3200", percentiles: ["900", "1200", "1200"] },
    { bucket: 2, count: 1, sum_ms: "900", percentiles: ["900", "900", "900"] },
    { bucket: 3, count: 2, sum_ms: "2300", percentiles: ["1100", "1200", "1200"] },
  ]);
  expect(reported).toMatchObject({ count: 3, p50Ms: 900, p90Ms: 1200, p99Ms: 1200, sumMs: 3200 });
  expect(reported.buckets.slice(0, 5)).toEqual([0, 0, 1, 2, 0]);
  expect(reported.buckets).toHaveLength(BOUNDS_MS.length + 1);
});

test("Prometheus reads cumulative buckets, in seconds", () => {
  const buckets = NOTHING_MEASURED.buckets.map((_, index) =>
    index < 2 || index === BOUNDS_MS.length ? 1 : 0,
  );
  const distribution = { ...NOTHING_MEASURED, count: 3, sumMs: 700_000_500, buckets };
  const lines = renderHistogram("x_seconds", "Help.", [{ labels: 'how="probed"', distribution }]).split("\n");
  expect(lines.slice(0, 5)).toEqual([
    "# HELP x_seconds Help.",
    "# TYPE x_seconds histogram",
    'x_seconds_bucket{le="0.25",how="probed"} 1',
    'x_seconds_bucket{le="0.5",how="probed"} 2',
    'x_seconds_bucket{le="1",how="probed"} 2',
  ]);
  expect(lines.slice(-4)).toEqual([
    'x_seconds_bucket{le="+Inf",how="probed"} 3',
    'x_seconds_sum{how="probed"} 700000.5',
    'x_seconds_count{how="probed"} 3',
    "",
  ]);
});
