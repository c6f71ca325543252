import type { Sql } from "../database/database.ts";
import { BOUNDS_MS, distributionOf, type Distribution, type MeasuredRow } from "./histogram.ts";

/** How long it took to find and repair losses, within a span of time. */
export interface EpisodeFigures {
  detection: {
    announced: Distribution;
    /** Of the announced ones, from the receipt of Meta's notice: our own part of the time. */
    receipt: Distribution;
    probed: Distribution;
    /** Found by probing, and never proven before, so the duration of the loss is not known. */
    unboundedCount: number;
  };
  resume: { announced: Distribution; probed: Distribution };
  falseCloseCount: number;
}

/** Ms since the epoch; `until` is excluded. */
export interface Span {
  since: number;
  until: number;
}

interface Row extends MeasuredRow {
  kind: string;
  unmeasured: number;
}

/** Figures of the closings and of the endings within the span. Both are read from their index alone. */
export async function readEpisodeFigures(sql: Sql, span: Span): Promise<EpisodeFigures> {
  const closings = await readMeasured(
    sql,
    `select kind, ms from episode,
       lateral (values (how, detection_ms, true),
         ('receipt', receipt_ms, how = 'announced')) as measured (kind, ms, applies)
     where closed_at >= $1 and closed_at < $2 and applies`,
    span,
  );
  const endings = await readMeasured(
    sql,
    `select case outcome when 'reopened' then resume_how else outcome end as kind, resume_ms as ms
     from episode where ended_at >= $1 and ended_at < $2`,
    span,
  );
  const of = (rows: readonly Row[], kind: string): Row[] => rows.filter((row) => row.kind === kind);
  const unmeasured = (rows: readonly Row[], kind: string): number =>
    of(rows, kind).find(({ bucket }) => bucket === null)?.unmeasured ?? 0;
  return {
    detection: {
      announced: distributionOf(of(closings, "announced")),
      receipt: distributionOf(of(closings, "receipt")),
      probed: distributionOf(of(closings, "probed")),
      unboundedCount: unmeasured(closings, "probed"),
    },
    resume: {
      announced: distributionOf(of(endings, "announced")),
      probed: distributionOf(of(endings, "probed")),
    },
    falseCloseCount: unmeasured(endings, "refuted"),
  };
}

/** The total and the buckets of each kind, in one pass. `ms - 1`: a duration equal to a bound is below it. */
function readMeasured(sql: Sql, measured: string, { since, until }: Span): Promise<Row[]> {
  return sql.query<Row>(
    `select kind, bucket, count(ms)::int as count, (count(*) - count(ms))::int as unmeasured,
      sum(ms)::bigint as sum_ms,
       percentile_disc(array[0.5, 0.9, 0.99]) within group (order by ms) as percentiles
     from (select kind, ms, width_bucket(ms - 1, $3::bigint[]) as bucket from (${measured}) as told) as sorted
     group by grouping sets ((kind), (kind, bucket))
     having grouping(bucket) = 1 or bucket is not null`,
    [new Date(since), new Date(until), BOUNDS_MS],
  );
}
