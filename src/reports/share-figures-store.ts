import type { Sql } from "../database/database.ts";
import { BOUNDS_MS, distributionOf, type Distribution, type MeasuredRow } from "./histogram.ts";

/**
 * The oldest proof among the live WABAs, ms since the epoch: the first entry of an index, however many there
 * are.
 */
export async function findOldestLiveProof(sql: Sql): Promise<number | null> {
  const rows = await sql.query<{ oldest: Date | null }>(
    "select min(last_proven_at) as oldest from share where status = 'live'",
  );
  return rows[0]?.oldest?.getTime() ?? null;
}

/** Up to twice as many WABAs are read one by one; of more, about this many are sampled. */
const SAMPLE_COUNT = 20_000;

/**
 * How long ago live WABAs were proven. Of a large fleet a sample of the table's pages is read, so that the
 * cost does not grow with it.
 *
 * @param shareCount how many shares there are, live or not
 */
export async function readProofAges(
  sql: Sql,
  { now, shareCount }: { now: number; shareCount: number },
): Promise<Distribution> {
  const percent = (100 * SAMPLE_COUNT) / Math.max(1, shareCount);
  const sample = percent >= 50 ? "" : ` tablesample system (${percent})`;
  const rows = await sql.query<MeasuredRow>(
    `select bucket, count(*)::int as count, sum(ms)::bigint as sum_ms,
       percentile_disc(array[0.5, 0.9, 0.99]) within group (order by ms) as percentiles
     from (
       select ms, width_bucket(ms - 1, $2::bigint[]) as bucket from (
         select greatest(0, floor(extract(epoch from $1::timestamptz - last_proven_at) * 1000))::bigint as ms
         from share${sample} where status = 'live' and last_proven_at is not null
       ) as aged
     ) as sorted
     group by grouping sets ((), (bucket))
     having grouping(bucket) = 1 or bucket is not null`,
    [new Date(now), BOUNDS_MS],
  );
  return distributionOf(rows);
}
