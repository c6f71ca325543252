import type { Sql } from "../../database/database.ts";

/**
 * Messages of a WABA that passed while its gate would have been closed since `closedAt` (ms since the epoch).
 */
export interface ObservedCount {
  assetId: string;
  closedAt: number;
  accepted: number;
  refused: number;
}

/** Adds to the stored counts: several instances count the same closure. */
export async function saveObservedCounts(sql: Sql, counts: readonly ObservedCount[]): Promise<void> {
  if (counts.length === 0) return;
  await sql.query(
    `insert into observed_message (asset_id, closed_at, accepted, refused)
     select * from unnest($1::text[], $2::timestamptz[], $3::bigint[], $4::bigint[])
     on conflict (asset_id, closed_at) do update
       set accepted = observed_message.accepted + excluded.accepted,
         refused = observed_message.refused + excluded.refused`,
    [
      counts.map((count) => count.assetId),
      counts.map((count) => new Date(count.closedAt)),
      counts.map((count) => count.accepted),
      counts.map((count) => count.refused),
    ],
  );
}
