import type { Sql } from "../../database/database.ts";
import type { Asset } from "../../directory/asset-store.ts";
import type { ShareRecord } from "../model/share-record.ts";

/** The parts of a gate beside a share's state: whose WABA it is, in which mode, with whose token it sends. */
export interface GateTerms extends Pick<Asset, "connectionId" | "wabaId" | "mode" | "sendsWith"> {
  assetId: string;
  clientName: string;
}

interface TermsRow {
  asset_id: string;
  connection_id: string;
  waba_id: string;
  mode: Asset["mode"];
  sends_with: Asset["sendsWith"];
  client_name: string;
}

const TERMS = `asset.id as asset_id, asset.connection_id, waba.meta_id as waba_id, asset.sends_with,
  client.name as client_name,
  coalesce(asset.mode, client.mode, connection.mode) as mode`;
const FROM_ASSET = `asset
  join client on client.id = asset.client_id
  join connection on connection.id = asset.connection_id
  join meta_id waba on waba.owner_id = asset.id and waba.type = 'waba' and waba.valid_until is null`;

const toTerms = (row: TermsRow): GateTerms => ({
  assetId: row.asset_id,
  connectionId: row.connection_id,
  wabaId: row.waba_id,
  mode: row.mode,
  // One shared string for all rows, because a million are kept.
  sendsWith: row.sends_with === "client" ? "client" : "system_user",
  clientName: row.client_name,
});

export async function findGateTerms(sql: Sql, assetIds: readonly string[]): Promise<GateTerms[]> {
  if (assetIds.length === 0) return [];
  const rows = await sql.query<TermsRow>(`select ${TERMS} from ${FROM_ASSET} where asset.id = any($1)`, [
    assetIds,
  ]);
  return rows.map(toTerms);
}

/**
 * Every share with its terms, in pages of asset ids. Each related row is a lookup of its own. Left to choose,
 * PostgreSQL joined the tables from the start of the page, with a million of them by several processes for
 * each page, in twice the time.
 */
export async function readGatedShares(
  sql: Sql,
  afterAssetId: string,
  limit: number,
): Promise<(GateTerms & { record: ShareRecord })[]> {
  const rows = await sql.query<TermsRow & { record: ShareRecord }>(
    `select ${TERMS}, page.record
     from (select asset_id, record from share where asset_id > $1 order by asset_id limit $2) as page
     cross join lateral (select * from asset where id = page.asset_id limit 1) as asset
     cross join lateral (select * from client where id = asset.client_id limit 1) as client
     join connection on connection.id = asset.connection_id
     cross join lateral (
       select meta_id from meta_id where owner_id = asset.id and type = 'waba' and valid_until is null
       limit 1) as waba
     order by page.asset_id`,
    [afterAssetId, limit],
  );
  return rows.map((row) => ({ ...toTerms(row), record: row.record }));
}
