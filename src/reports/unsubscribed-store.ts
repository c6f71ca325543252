import type { Sql } from "../database/database.ts";

/** Live WABAs whose webhooks are not sent to our app: how many, and the first of them. */
export interface Unsubscribed {
  count: number;
  wabas: { id: string; name: string }[];
}

const FIRST = 5;
/** The partial index `share_unsubscribed` holds exactly these. */
const UNSUBSCRIBED =
  "share.status = 'live' and share.record #>> '{facts,WebhookSubscribed,status}' = 'False'";

export async function readUnsubscribed(sql: Sql, connectionId: string): Promise<Unsubscribed> {
  const [counted] = await sql.query<{ count: string }>(
    `select count(*) as count from share where connection_id = $1 and ${UNSUBSCRIBED}`,
    [connectionId],
  );
  const wabas = await sql.query<{ id: string; name: string }>(
    `select waba.meta_id as id, asset.name from share
     join asset on asset.id = share.asset_id
     join meta_id waba on waba.owner_id = asset.id and waba.type = 'waba' and waba.valid_until is null
     where share.connection_id = $1 and ${UNSUBSCRIBED} order by share.asset_id limit $2`,
    [connectionId, FIRST],
  );
  return { count: Number(counted?.count ?? 0), wabas };
}
