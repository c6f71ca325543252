import type { Database } from "../../database/database.ts";
import type { Asset } from "../../directory/asset-store.ts";

/**
 * Rule 7: another WABA of the same connection on which the write of MANAGE should pass, so that a failed
 * write is about the client and not about us. It is the one whose full control was proven last. Nothing is
 * written on a WABA in observe mode, nor where the model may prove full control without MANAGE.
 */
export async function findControlWaba(db: Database, asset: Asset, now: number): Promise<string | null> {
  const rows = await db.query<{ meta_id: string }>(
    `select waba.meta_id from share
       join meta_id waba on waba.owner_id = share.asset_id and waba.type = 'waba' and waba.valid_until is null
       join asset on asset.id = share.asset_id
       join client on client.id = asset.client_id
       join connection on connection.id = asset.connection_id
     where coalesce(asset.mode, client.mode, connection.mode) = 'enforce'
       and asset.partner_model in ('portfolio_share', 'owned') and share.connection_id = $1
         and share.asset_id <> $2 and share.status = 'live' and share.last_proven_at <= $3
     order by share.last_proven_at desc limit 1`,
    [asset.connectionId, asset.id, new Date(now)],
  );
  return rows[0]?.meta_id ?? null;
}
