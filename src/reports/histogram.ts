/** Durations for people and for Prometheus: a few percentiles, and how many lie between which bounds. */
export interface Distribution {
  count: number;
  /** Null while nothing was measured. */
  p50Ms: number | null;
  p90Ms: number | null;
  p99Ms: number | null;
  sumMs: number;
  /**
   * One for each bound of BOUNDS_MS, then one for all longer durations. A duration equal to a bound is below
   * it.
   */
  buckets: number[];
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** From "at once" over sweeps of seconds, minutes or hours and the daily write, to a week. */
export const BOUNDS_MS: readonly number[] = [
  ...[SECOND / 4, SECOND / 2, SECOND, 2 * SECOND, 5 * SECOND, 10 * SECOND, 15 * SECOND, 30 * SECOND],
  ...[MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, DAY, 7 * DAY],
];

export const NOTHING_MEASURED: Distribution = {
  count: 0,
  p50Ms: null,
  p90Ms: null,
  p99Ms: null,
  sumMs: 0,
  buckets: Array.from({ length: BOUNDS_MS.length + 1 }, () => 0),
};

/** A row of the stores: of all that was measured (`bucket` null), or of one bucket. */
export interface MeasuredRow {
  bucket: number | null;
  count: number;
  sum_ms: string | number | null;
  percentiles: (string | number)[] | null;
}

export function distributionOf(rows: readonly MeasuredRow[]): Distribution {
  const all = rows.find((row) => row.bucket === null);
  if (all === undefined || all.count === 0) return NOTHING_MEASURED;
  const [p50Ms = null, p90Ms = null, p99Ms = null] = (all.percentiles ?? []).map(Number);
  const buckets = NOTHING_MEASURED.buckets.map(
    (_, index) => rows.find(({ bucket }) => bucket === index)?.count ?? 0,
  );
  return { count: all.count, p50Ms, p90Ms, p99Ms, sumMs: Number(all.sum_ms ?? 0), buckets };
}

/** The sum of both. The single durations are no longer known, so it has no percentiles. */
export function addDistributions(a: Distribution, b: Distribution): Distribution {
  return {
    ...NOTHING_MEASURED,
    count: a.count + b.count,
    sumMs: a.sumMs + b.sumMs,
    buckets: a.buckets.map((count, index) => count + (b.buckets[index] ?? 0)),
  };
}

/**
 * The text format of Prometheus 0.0.4: buckets add up, times are seconds. One series for each value of the
 * label.
 */
export function renderHistogram(
  name: string,
  help: string,
  series: readonly { labels: string; distribution: Distribution }[],
): string {
  const lines = series.flatMap(({ labels, distribution }) => {
    const withLe = (le: string): string => (labels === "" ? `le="${le}"` : `le="${le}",${labels}`);
    let total = 0;
    const buckets = distribution.buckets.map((count, index) => {
      total += count;
      const bound = BOUNDS_MS[index];
      return `${name}_bucket{${withLe(bound === undefined ? "+Inf" : String(bound / SECOND))}} ${total}`;
    });
    const own = labels === "" ? "" : `{${labels}}`;
    return [...buckets, `${name}_sum${own} ${distribution.sumMs / SECOND}`, `${name}_count${own} ${total}`];
  });
  return [`# HELP ${name} ${help}`, `# TYPE ${name} histogram`, ...lines, ""].join("\n");
}
