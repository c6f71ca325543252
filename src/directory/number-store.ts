import type { Sql, Tx } from "../database/database.ts";
import { formatPhoneNumber } from "../lib/phone-number.ts";

/** A number of a WABA, with our stable id. */
export interface NumberEntry {
  id: string;
  connectionId: string;
  assetId: string;
  phoneNumberId: string;
  displayPhoneNumber: string | null;
  verifiedName: string | null;
  profile: Record<string, unknown>;
}

export async function insertNumbers(
  tx: Tx,
  numberIds: readonly string[],
  of: { connectionId: string; assetId: string },
): Promise<void> {
  if (numberIds.length === 0) return;
  await tx.query(
    "insert into number (id, connection_id, asset_id) select id, $1, $2 from unnest($3::text[]) as id",
    [of.connectionId, of.assetId, numberIds],
  );
}

/** What Meta shows of each of these numbers, by our id. */
export async function saveNumberProfiles(
  tx: Tx,
  profiles: ReadonlyMap<string, Record<string, unknown>>,
): Promise<void> {
  if (profiles.size === 0) return;
  const text = (value: unknown): string | null => (typeof value === "string" ? value : null);
  const shown = [...profiles].map(([id, profile]) => ({
    id,
    profile,
    display: text(profile.display_phone_number),
    name: text(profile.verified_name),
  }));
  await tx.query(
    `update number set display_phone_number = coalesce(shown.display, display_phone_number),
       verified_name = coalesce(shown.name, verified_name), profile = shown.profile
     from jsonb_to_recordset($1::jsonb) as shown (id text, profile jsonb, display text, name text)
     where number.id = shown.id and number.profile is distinct from shown.profile`,
    [JSON.stringify(shown)],
  );
}

const NUMBER = `
  select number.id, number.connection_id, number.asset_id, phone.meta_id as phone_number_id,
    number.display_phone_number,
    number.verified_name, number.profile
  from number
  join meta_id phone on phone.owner_id = number.id and phone.type = 'phone_number'
    and phone.valid_until is null`;

interface NumberRow {
  id: string;
  connection_id: string;
  asset_id: string;
  phone_number_id: string;
  display_phone_number: string | null;
  verified_name: string | null;
  profile: Record<string, unknown>;
}

const toNumber = (row: NumberRow): NumberEntry => ({
  id: row.id,
  connectionId: row.connection_id,
  assetId: row.asset_id,
  phoneNumberId: row.phone_number_id,
  displayPhoneNumber: row.display_phone_number === null ? null : formatPhoneNumber(row.display_phone_number),
  verifiedName: row.verified_name,
  profile: row.profile,
});

export async function findNumbersOf(sql: Sql, assetIds: readonly string[]): Promise<NumberEntry[]> {
  const rows = await sql.query<NumberRow>(
    `${NUMBER} where number.asset_id = any($1) order by phone.meta_id`,
    [assetIds],
  );
  return rows.map(toNumber);
}

/** By our id (`num_…`) or by Meta's phone number id. */
export async function findNumber(sql: Sql, id: string): Promise<NumberEntry | undefined> {
  const rows = await sql.query<NumberRow>(`${NUMBER} where number.id = $1 or phone.meta_id = $1 limit 1`, [
    id,
  ]);
  return rows[0] && toNumber(rows[0]);
}
