import type { Sql } from "../database/database.ts";

export interface WaitingHosted {
  id: string;
  connectionId: string;
  expectedAssetId: string | null;
  openedAt: number;
}

/** Signups on Meta's hosted page that wait for the share itself to tell that they were finished; a page of them, by id. */
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

/** WABAs that were found since, and are not adopted; with `assetId`, this one alone. */
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
