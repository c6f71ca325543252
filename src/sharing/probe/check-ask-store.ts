import type { Sql } from "../../database/database.ts";

/**
 * Records a check of this WABA at `now`, unless `most` were recorded since `since`. One statement: instances
 * that ask at once wait for each other at the row. Instants after `now` come from a clock that was set back,
 * and do not count.
 *
 * @returns null when recorded, else when the oldest check that counts was recorded, in ms since the epoch
 */
export async function saveCheckAsked(
  sql: Sql,
  ask: { assetId: string; now: number; since: number; most: number },
): Promise<number | null> {
  const values = [ask.assetId, new Date(ask.now), new Date(ask.since), ask.most];
  const noted = await sql.query(
    `insert into person_check as known (asset_id, asked_at) values ($1, array[$2::timestamptz])
     on conflict (asset_id) do update
       set asked_at = array(select at from unnest(known.asked_at) at where at > $3 and at <= $2
       order by at) || $2::timestamptz
       where (select count(*) from unnest(known.asked_at) at where at > $3 and at <= $2) < $4
     returning asset_id`,
    values,
  );
  if (noted.length > 0) return null;
  const [oldest] = await sql.query<{ at: Date | null }>(
    `select min(at) as at from person_check, unnest(asked_at) at
      where asset_id = $1 and at > $2 and at <= $3`,
    [ask.assetId, new Date(ask.since), new Date(ask.now)],
  );
  return oldest?.at?.getTime() ?? ask.now;
}
