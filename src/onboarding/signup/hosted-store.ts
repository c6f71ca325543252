import type { Sql } from "../../database/database.ts";
import { FINISHED_WITHOUT_CODE } from "./exit-reason.ts";

export interface WaitingHosted {
  id: string;
  connectionId: string;
  expectedAssetId: string | null;
  openedAt: number;
}

/**
 * Signups on Meta's hosted page that wait for the share to show that they were finished; a page of them, by
 * id.
 */
export async function readWaitingHosted(sql: Sql, afterId: string, limit: number): Promise<WaitingHosted[]> {
  const rows = await sql.query<{
    id: string;
    connection_id: string;
    expected_asset_id: string | null;
    opened_at: Date;
  }>(
    `select id, connection_id, expected_asset_id, opened_at from signup
     where flow = 'hosted' and state = 'opened' and asset_id is null and id > $1 order by id limit $2`,
    [afterId, limit],
  );
  return rows.map((row) => ({
    id: row.id,
    connectionId: row.connection_id,
    expectedAssetId: row.expected_asset_id,
    openedAt: row.opened_at.getTime(),
  }));
}

/** WABAs that were discovered since, and are not adopted; with `assetId`, only this one. */
export async function readFoundSince(
  sql: Sql,
  connectionId: string,
  since: number,
  assetId: string | null = null,
): Promise<string[]> {
  const rows = await sql.query<{ asset_id: string }>(
    `select share.asset_id from share join asset on asset.id = share.asset_id
     where share.status = 'discovered' and share.connection_id = $1 and asset.created_at >= $2
       and ($3::text is null or asset.id = $3)
     limit 2`,
    [connectionId, new Date(since), assetId],
  );
  return rows.map((row) => row.asset_id);
}

/** Whether another signup waits for a new client's WABA too: then a discovered WABA may belong to either. */
export async function hasRival(
  sql: Sql,
  { id, connectionId }: { id: string; connectionId: string },
): Promise<boolean> {
  const rows = await sql.query(
    `select 1 from signup
     where connection_id = $1 and id <> $2 and state = 'opened' and expected_asset_id is null
       and asset_id is null
       and (flow = 'hosted' or exists (select 1 from signup_attempt attempt
         where attempt.signup_id = signup.id and (attempt.outcome is null or attempt.outcome = $3)))
     limit 1`,
    [connectionId, id, FINISHED_WITHOUT_CODE],
  );
  return rows.length > 0;
}

/** A WABA that was imported since, or is gone, can no longer be confirmed: its signup searches again. */
export async function withdrawOffers(sql: Sql, now: number): Promise<void> {
  await sql.query(
    `update signup set offered = null, next_step_at = $1
     where state = 'opened' and offered @> '{"isToConfirm": true}'
       and not exists (select 1 from meta_id join share on share.asset_id = meta_id.owner_id
         where meta_id.connection_id = signup.connection_id and meta_id.type = 'waba'
           and meta_id.valid_until is null
           and meta_id.meta_id = signup.offered ->> 'wabaId' and share.status = 'discovered')`,
    [new Date(now)],
  );
}
