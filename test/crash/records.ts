import type { Sql } from "../../src/database/database.ts";

/**
 * Where the journal is inconsistent: a missing or repeated sequence number, a line that does not begin where
 * the step before it ended, or a line that is repeated in its step. A step may have several lines, each with
 * the state before and after it.
 */
export async function readBrokenChains(db: Sql): Promise<unknown[]> {
  return db.query(
    `select asset_id, sequence::int, type from (
       select asset_id, sequence, type, before, after, number_id, row_number() over story as place,
         lag(before) over story as last_before, lag(after) over story as last_after,
         lag(type || coalesce(number_id, '')) over story as last_told
       from (select *, (data -> 'before' ->> 'status', data -> 'before' ->> 'gate') as before,
               (data -> 'state' ->> 'status', data -> 'state' ->> 'gate') as after from journal) line
       window story as (partition by asset_id order by seq)) line
     where sequence <> place
       or (last_after is not null and before is distinct from last_after
         and not (before is not distinct from last_before and after = last_after
           and type || coalesce(number_id, '') <> last_told))`,
  );
}

/** Losses and those of them that are open, by Meta's id of the WABA. */
export async function readEpisodes(db: Sql): Promise<Record<string, { count: number; open: number }>> {
  const rows = await db.query<{ waba: string; count: number; open: number }>(
    `select meta_id as waba, count(*)::int as count, (count(*) filter (where ended_at is null))::int as open
     from episode join meta_id on owner_id = asset_id and type = 'waba' group by meta_id`,
  );
  return Object.fromEntries(rows.map(({ waba, count, open }) => [waba, { count, open }]));
}
