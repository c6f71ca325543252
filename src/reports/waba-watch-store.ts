import type { Sql } from "../database/database.ts";

/** What the schedule and the timeline show about the probes of one WABA. */
export interface WatchRow {
  nextProbeAt: Date | null;
  urgentProbeAt: Date | null;
  clientMode: "enforce" | "observe" | null;
  connectionMode: "enforce" | "observe";
  /** When our app was last subscribed to it again, and when that last failed. */
  repairedAt: Date | null;
  repairFailedAt: Date | null;
  holdsOverrideToken: boolean;
}

interface Row {
  next_probe_at: Date | null;
  urgent_probe_at: Date | null;
  client_mode: WatchRow["clientMode"];
  connection_mode: WatchRow["connectionMode"];
  repaired_at: Date | null;
  repair_failed_at: Date | null;
  holds_token: boolean;
}

export async function findWatch(sql: Sql, assetId: string): Promise<WatchRow | undefined> {
  const rows = await sql.query<Row>(
    `select share.next_probe_at, share.urgent_probe_at, client.mode as client_mode,
      connection.mode as connection_mode,
       (select max(at) from observation
       where asset_id = $1 and title = 'subscription.repaired') as repaired_at,
       (select max(at) from observation
       where asset_id = $1 and title = 'subscription.repair_failed') as repair_failed_at,
       exists (select 1 from secret where secret.connection_id = share.connection_id and owner_id = $1
         and name = 'override_verify_token') as holds_token
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
      nextProbeAt: row.next_probe_at,
      urgentProbeAt: row.urgent_probe_at,
      clientMode: row.client_mode,
      connectionMode: row.connection_mode,
      repairedAt: row.repaired_at,
      repairFailedAt: row.repair_failed_at,
      holdsOverrideToken: row.holds_token,
    }
  );
}
