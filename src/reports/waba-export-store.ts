import type { Sql } from "../database/database.ts";

/** One line of an export. */
export interface WabaExportRow {
  assetId: string;
  wabaId: string;
  name: string;
  client: string;
  businessId: string | null;
  externalId: string | null;
  status: string;
  reason: string | null;
  kind: string;
  since: Date;
  whoMustAct: string;
  lastProvenAt: Date | null;
  /** As Meta shows them, with the id where it shows none. */
  phones: string[];
}

/** The columns that an export contains of these assets, in no order, without the share records. */
export async function readWabaExport(sql: Sql, assetIds: readonly string[]): Promise<WabaExportRow[]> {
  return sql.query<WabaExportRow & Record<string, unknown>>(
    `select share.asset_id as "assetId", waba.meta_id as "wabaId", asset.name, client.name as client,
       (select meta_id from meta_id where owner_id = client.id and type = 'business' and valid_until is null
       limit 1) as "businessId",
       client.external_id as "externalId", share.status, share.reason, share.kind, share.since,
       share.who_must_act as "whoMustAct", share.last_proven_at as "lastProvenAt",
       array(select coalesce(number.display_phone_number, own.meta_id) from number
         join meta_id own on own.owner_id = number.id and own.type = 'phone_number'
           and own.valid_until is null
         where number.asset_id = asset.id order by own.meta_id) as phones
     from share
     join asset on asset.id = share.asset_id
     join client on client.id = asset.client_id
     join meta_id waba on waba.owner_id = asset.id and waba.type = 'waba' and waba.valid_until is null
     where share.asset_id = any($1::text[])`,
    [assetIds],
  );
}
