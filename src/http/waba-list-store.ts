import type { Sql } from "../database/database.ts";
import type { PageCursor } from "./page-cursor.ts";

/** What the list of WABAs may be narrowed to. Empty means all. */
export interface WabaFilter {
  /** Free text: a name, an id of ours or Meta's, a phone number in any format. */
  q?: string | undefined;
  statuses?: string[] | undefined;
  reason?: string | undefined;
  kind?: string | undefined;
  clientId?: string | undefined;
  whoMustAct?: string | undefined;
  /** Neither live nor ended on purpose. */
  broken?: boolean | undefined;
}

export type SortName = "attention" | "name" | "since" | "last_proven_at";

interface SortKey {
  expression: string;
  type: "smallint" | "timestamptz" | "text";
  ascending: boolean;
}

const byAsset: SortKey = { expression: "share.asset_id", type: "text", ascending: true };
const SORTS: Record<SortName, readonly SortKey[]> = {
  attention: [
    { expression: "share.severity", type: "smallint", ascending: true },
    { expression: "share.since", type: "timestamptz", ascending: false },
    byAsset,
  ],
  name: [{ expression: "lower(asset.name)", type: "text", ascending: true }, byAsset],
  since: [{ expression: "share.since", type: "timestamptz", ascending: true }, byAsset],
  last_proven_at: [
    { expression: "coalesce(share.last_proven_at, to_timestamp(0))", type: "timestamptz", ascending: true },
    byAsset,
  ],
};

export interface WabaListQuery {
  filter: WabaFilter;
  sort: SortName;
  descending: boolean;
  after: PageCursor | null;
  limit: number;
}

export interface WabaListRow {
  assetId: string;
  /** The sort's values of this row, for a cursor. */
  values: (string | number | null)[];
}

/** How many values a cursor of this sort holds. */
export function sortValueCount(sort: SortName): number {
  return SORTS[sort].length;
}

/** One page of assets in the order asked for. Instants of a cursor travel as text, to the microsecond. */
export async function readWabaPage(sql: Sql, query: WabaListQuery): Promise<WabaListRow[]> {
  const values: unknown[] = [];
  const put = (value: unknown): string => `$${values.push(value)}`;
  const keys = SORTS[query.sort].map((key) => ({ ...key, ascending: key.ascending !== query.descending }));
  const where = [
    ...conditionsOf(query.filter, put),
    ...(query.after ? [afterOf(keys, query.after, put)] : []),
  ];
  const rows = await sql.query<{ asset_id: string } & Record<`v${number}`, string | number | null>>(
    `select share.asset_id, ${keys.map((key, index) => `(${key.expression})::text as v${index}`).join(", ")}
     from share
     join asset on asset.id = share.asset_id
     join client on client.id = asset.client_id
     ${where.length === 0 ? "" : `where ${where.join(" and ")}`}
     order by ${keys.map((key) => `${key.expression} ${key.ascending ? "asc" : "desc"}`).join(", ")}
     limit ${put(query.limit)}`,
    values,
  );
  return rows.map((row) => ({
    assetId: row.asset_id,
    values: keys.map((_key, index) => row[`v${index}`] ?? null),
  }));
}

type Put = (value: unknown) => string;

function conditionsOf(filter: WabaFilter, put: Put): string[] {
  const conditions: string[] = [];
  if (filter.statuses?.length) conditions.push(`share.status = any(${put(filter.statuses)}::text[])`);
  if (filter.reason) conditions.push(`share.reason = ${put(filter.reason)}`);
  if (filter.kind) conditions.push(`share.kind = ${put(filter.kind)}`);
  if (filter.clientId) conditions.push(`client.id = ${put(filter.clientId)}`);
  if (filter.whoMustAct) conditions.push(`share.who_must_act = ${put(filter.whoMustAct)}`);
  if (filter.broken === true) conditions.push("share.status not in ('live', 'offboarded')");
  if (filter.broken === false) conditions.push("share.status in ('live', 'offboarded')");
  if (filter.q?.trim()) conditions.push(searchOf(filter.q.trim(), put));
  return conditions;
}

/** Only digits and what people write between them: a phone number, or one of Meta's ids. */
const PHONE_LIKE = /^[\d\s()+./-]+$/;

/** Names contain it, ids begin with it, phone numbers contain its digits. */
function searchOf(q: string, put: Put): string {
  const contains = put(`%${q.replace(/[\\%_]/g, "\\$&")}%`);
  const begins = put(`${q.replace(/[\\%_]/g, "\\$&")}%`);
  const digits = PHONE_LIKE.test(q) ? q.replace(/\D/g, "").replace(/^00/, "") : "";
  const phone = digits.length >= 3 ? put(`%${digits}%`) : null;
  const digitsOfPhone = "regexp_replace(number.display_phone_number, '[^0-9]', '', 'g')";
  return `(asset.name ilike ${contains} or client.name ilike ${contains} or client.external_id ilike ${begins}
    or exists (select 1 from meta_id where meta_id.owner_id in (asset.id, client.id) and meta_id.meta_id like ${begins})
    or exists (select 1 from number
      left join meta_id phone on phone.owner_id = number.id and phone.type = 'phone_number'
      where number.asset_id = asset.id and (number.id like ${begins} or phone.meta_id like ${begins}
        or number.verified_name ilike ${contains}${phone ? ` or ${digitsOfPhone} like ${phone}` : ""})))`;
}

/** Rows after the cursor's: greater in the first key that differs. */
function afterOf(keys: readonly SortKey[], cursor: PageCursor, put: Put): string {
  const values = keys.map((key, index) => `${put(cursor.values[index] ?? null)}::text::${key.type}`);
  const branches = keys.map((key, index) => {
    const equal = keys.slice(0, index).map((earlier, at) => `${earlier.expression} = ${values[at]}`);
    return `(${[...equal, `${key.expression} ${key.ascending ? ">" : "<"} ${values[index]}`].join(" and ")})`;
  });
  return `(${branches.join(" or ")})`;
}
