import { ADMIN_KEY_ACTOR } from "../access/actor.ts";
import type { Sql, Tx } from "../database/database.ts";

/** The people's side of a WABA: who is on it, how it is sorted, and until when it may wait. */
export interface WabaCase {
  assetId: string;
  /** A person, or a key, that has taken it over; null: nobody. */
  owner: { id: string; name: string } | null;
  tags: readonly string[];
  /** ms since the epoch; null: it is not snoozed. */
  snoozedUntil: number | null;
  /** Raised by each change. */
  version: number;
}

/** What is to change; what is undefined stays. */
export interface CaseChange {
  ownerId?: string | null;
  tags?: readonly string[];
  snoozedUntil?: number | null;
}

interface Row {
  asset_id: string;
  owner_id: string | null;
  owner_name: string | null;
  tags: string[];
  snoozed_until: Date | null;
  case_version: number;
}

const CASES = `
  select asset.id as asset_id, asset.owner_id,
    coalesce(person.name, api_key.name) as owner_name,
    asset.tags, asset.snoozed_until, asset.case_version
  from asset
  left join person on person.id = asset.owner_id
  left join api_key on api_key.id = asset.owner_id
  where asset.id = any($1::text[])`;

/** In no order; an id without a WABA has none. */
export async function readCases(sql: Sql, assetIds: readonly string[]): Promise<WabaCase[]> {
  return (await sql.query<Row>(CASES, [assetIds])).map(caseOf);
}

/** The WABAs that this person or key is on. Nobody else can change their cases until the transaction ends. */
export async function lockCasesOf(tx: Tx, ownerId: string): Promise<WabaCase[]> {
  const owned = await tx.query<{ id: string }>(
    "select id from asset where owner_id = $1 order by id for update",
    [ownerId],
  );
  return readCases(
    tx,
    owned.map(({ id }) => id),
  );
}

/** The case, which nobody else can change until the transaction ends. */
export async function lockCase(tx: Tx, assetId: string): Promise<WabaCase | undefined> {
  const [row] = await tx.query<Row>(`${CASES} for update of asset`, [[assetId]]);
  return row && caseOf(row);
}

export async function saveCase(tx: Tx, { assetId, owner, tags, snoozedUntil }: WabaCase): Promise<void> {
  await tx.query(
    `update asset set owner_id = $2, tags = $3, snoozed_until = $4, case_version = case_version + 1
     where id = $1`,
    [assetId, owner?.id ?? null, tags, snoozedUntil === null ? null : new Date(snoozedUntil)],
  );
}

/** What changed its status needs a person again, however long somebody wanted to wait. */
export async function endSnoozes(tx: Tx, assetIds: readonly string[]): Promise<void> {
  await tx.query(
    `update asset set snoozed_until = null, case_version = case_version + 1
     where id = any($1::text[]) and snoozed_until is not null`,
    [assetIds],
  );
}

/** Who was deleted meanwhile is known by the id alone. */
const nameOf = (id: string, name: string | null): string =>
  name ?? (id === ADMIN_KEY_ACTOR.id ? ADMIN_KEY_ACTOR.name : id);

function caseOf(row: Row): WabaCase {
  return {
    assetId: row.asset_id,
    owner: row.owner_id === null ? null : { id: row.owner_id, name: nameOf(row.owner_id, row.owner_name) },
    tags: row.tags,
    snoozedUntil: row.snoozed_until?.getTime() ?? null,
    version: row.case_version,
  };
}
