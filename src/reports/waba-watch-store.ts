import type { Sql } from "../database/database.ts";

/** What the schedule and the timeline tell of how one WABA is watched. */
export interface WatchRow {
  nextLookAt: Date | null;
  urgentLookAt: Date | null;
  clientMode: "enforce" | "observe" | null;
  connectionMode: "enforce" | "observe";
  /** When our app was last subscribed to it again, and when that last failed. */
  mendedAt: Date | null;
  mendFailedAt: Date | null;
  holdsOverrideToken: boolean;
}

interface Row {
  next_look_at: Date | null;
  urgent_look_at: Date | null;
  client_mode: WatchRow["clientMode"];
  connection_mode: WatchRow["connectionMode"];
  mended_at: Date | null;
  mend_failed_at: Date | null;
  holds_token: boolean;
}

export async function findWatch(sql: Sql, assetId: string): Promise<WatchRow | undefined> {
  const rows = await sql.query<Row>(
    `select share.next_look_at, share.urgent_look_at, client.mode as client_mode, connection.mode as connection_mode,
       (select max(at) from observation where asset_id = $1 and title = 'subscription.repaired') as mended_at,
       (select max(at) from observation where asset_id = $1 and title = 'subscription.repair_failed') as mend_failed_at,
       exists (select 1 from secret where secret.connection_id = share.connection_id and owner_id = $1 and name = 'override_verify_token') as holds_token
     from share
     join asset on asset.id = share.asset_id
     join client on client.id = asset.client_id
     join connection on connection.id = asset.connection_id
     where share.asset_id = $1`,
    [assetId],
  );
  const [row] = rows;
  return (
    row && {
      nextLookAt: row.next_look_at,
      urgentLookAt: row.urgent_look_at,
      clientMode: row.client_mode,
      connectionMode: row.connection_mode,
      mendedAt: row.mended_at,
      mendFailedAt: row.mend_failed_at,
      holdsOverrideToken: row.holds_token,
    }
  );
}
