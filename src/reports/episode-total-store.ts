import type { Sql } from "../database/database.ts";
import type { EpisodeFigures } from "./episode-figures-store.ts";
import { BOUNDS_MS } from "./histogram.ts";

/** All that was measured before `until`, ms since the epoch. Its percentiles have no meaning. */
export interface EpisodeTotal {
  until: number;
  figures: EpisodeFigures;
}

/** The newest one up to an instant, counted by today's bounds. */
export async function findEpisodeTotal(sql: Sql, atMost: number): Promise<EpisodeTotal | undefined> {
  const rows = await sql.query<{ until: Date; figures: EpisodeFigures }>(
    `select until, totals -> 'figures' as figures from episode_total
     where until <= $1 and totals -> 'bounds' = $2::jsonb order by until desc limit 1`,
    [new Date(atMost), JSON.stringify(BOUNDS_MS)],
  );
  return rows[0] && { until: rows[0].until.getTime(), figures: rows[0].figures };
}

/** Every instance counts the same; the last write wins. */
export async function saveEpisodeTotal(sql: Sql, { until, figures }: EpisodeTotal): Promise<void> {
  await sql.query(
    `insert into episode_total (until, totals) values ($1, $2)
     on conflict (until) do update set totals = excluded.totals`,
    [new Date(until), JSON.stringify({ bounds: BOUNDS_MS, figures })],
  );
}

/** After a clock was set back: totals with a future time are counted anew. */
export async function deleteEpisodeTotals(sql: Sql, after: number): Promise<void> {
  await sql.query("delete from episode_total where until > $1", [new Date(after)]);
}
