import type { Sql } from "../database/database.ts";
import { appActivityConditionOf } from "../coexistence/app-activity-store.ts";
import type { Limits } from "../access/actor.ts";
import type { AppActivityState } from "../coexistence/app-activity.ts";
import { EXPLAINS } from "../sharing/incidents/incident-store.ts";
import { STATUS_ROWS } from "../sharing/status/status.ts";
import { numberTermsOf, typoTermsOf } from "./search-terms.ts";
import type { PageCursor } from "./page-cursor.ts";

/** The filters of the list of WABAs. Empty means all. */
export interface WabaFilter {
  /** What the reader may see at all. */
  within?: Limits | undefined;
  /** Free text: a name, an id of ours or Meta's, a phone number in any format. */
  q?: string | undefined;
  statuses?: string[] | undefined;
  reason?: string | undefined;
  kind?: string | undefined;
  clientId?: string | undefined;
  whoMustAct?: string | undefined;
  /** The states of a number's app activity at an instant. */
  appActivity?: { states: AppActivityState[]; now: number } | undefined;
  clientSignals?: string[] | undefined;
  /** Neither live nor offboarded nor removed on purpose by the client. */
  broken?: boolean | undefined;
  /** The WABAs that this open incident explains; "none": those that no open incident explains. */
  incident?: string | undefined;
  /** Who is on it; "none": nobody. */
  ownerId?: string | undefined;
  tags?: string[] | undefined;
  /** Somebody whom a note mentions. */
  mentions?: string | undefined;
  /** Whether it is snoozed at an instant. */
  snoozed?: { is: boolean; now: number } | undefined;
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
  name: [
    { expression: "lower(asset.name)", type: "text", ascending: true },
    { ...byAsset, expression: "asset.id" },
  ],
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

/** One page of assets in the requested order. Instants of a cursor are text, to the microsecond. */
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
     ${query.sort === "name" ? "join asset on asset.id = share.asset_id" : ""}
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

/**
 * All assets that the filter matches, in the requested order: ids only, so that even a large fleet is one
 * small answer.
 */
export async function readWabaIds(
  sql: Sql,
  query: Pick<WabaListQuery, "filter" | "sort" | "descending">,
): Promise<string[]> {
  const values: unknown[] = [];
  const where = conditionsOf(query.filter, (value) => `$${values.push(value)}`);
  const order = SORTS[query.sort].map(
    (key) => `${key.expression} ${key.ascending !== query.descending ? "asc" : "desc"}`,
  );
  const rows = await sql.query<{ asset_id: string }>(
    `select share.asset_id from share join asset on asset.id = share.asset_id
     ${where.length === 0 ? "" : `where ${where.join(" and ")}`} order by ${order.join(", ")}`,
    values,
  );
  return rows.map((row) => row.asset_id);
}

const WELL = new Set<string>(["live", "offboarded"]);
const BROKEN = STATUS_ROWS.map((row) => row.status).filter((status) => !WELL.has(status));

type Put = (value: unknown) => string;

/** Of the WABAs with a case there are few, so that the list of their ids is read first. */
function caseConditionsOf({ ownerId, tags, mentions, snoozed }: WabaFilter, put: Put): string[] {
  const whose = (condition: string): string => `share.asset_id in (select id from asset where ${condition})`;
  const conditions: string[] = [];
  if (ownerId === "none") conditions.push(`not ${whose("owner_id is not null")}`);
  else if (ownerId) conditions.push(whose(`owner_id = ${put(ownerId)}`));
  if (tags?.length) conditions.push(whose(`tags @> ${put(tags)}::text[]`));
  if (mentions)
    conditions.push(
      `share.asset_id in (select asset_id from observation where title = 'case.note'
         and evidence -> 'mentions' @> ${put(JSON.stringify([{ id: mentions }]))}::jsonb)`,
    );
  if (snoozed) {
    const isSnoozed = whose(`snoozed_until > ${put(new Date(snoozed.now))}`);
    conditions.push(snoozed.is ? isSnoozed : `not ${isSnoozed}`);
  }
  return conditions;
}

function conditionsOf(filter: WabaFilter, put: Put): string[] {
  const conditions: string[] = [];
  const { clientId, connectionId } = filter.within ?? {};
  if (clientId)
    conditions.push(`share.asset_id in (select id from asset where client_id = ${put(clientId)})`);
  if (connectionId)
    conditions.push(`share.asset_id in (select id from asset where connection_id = ${put(connectionId)})`);
  if (filter.statuses?.length) conditions.push(`share.status = any(${put(filter.statuses)}::text[])`);
  if (filter.reason) conditions.push(`share.reason = ${put(filter.reason)}`);
  if (filter.kind) conditions.push(`share.kind = ${put(filter.kind)}`);
  if (filter.clientId)
    conditions.push(`share.asset_id in (select id from asset where client_id = ${put(filter.clientId)})`);
  conditions.push(...caseConditionsOf(filter, put));
  if (filter.whoMustAct) conditions.push(`share.who_must_act = ${put(filter.whoMustAct)}`);
  const { appActivity } = filter;
  if (appActivity?.states.length)
    conditions.push(appActivityConditionOf(appActivity.states, appActivity.now, put));
  // A positive list, because an index can answer it, and of a healthy fleet it reads next to nothing.
  if (filter.broken === true)
    conditions.push(
      `share.status = any(${put(BROKEN)}::text[])`,
      "share.client_signal is distinct from 'intended'",
    );
  if (filter.broken === false)
    conditions.push("(share.status in ('live', 'offboarded') or share.client_signal = 'intended')");
  if (filter.clientSignals?.length)
    conditions.push(`share.client_signal = any(${put(filter.clientSignals)}::text[])`);
  if (filter.incident === "none") conditions.push(`not exists (select 1 from incident where ${EXPLAINS})`);
  else if (filter.incident)
    conditions.push(
      `exists (select 1 from incident where incident.id = ${put(filter.incident)} and ${EXPLAINS})`,
    );
  if (filter.q?.trim()) conditions.push(searchOf(filter.q.trim(), put));
  return conditions;
}

/**
 * Names and numbers that contain the text as typed; if there are none at all, the names that contain it with
 * a typo. Other filters and the position in the list do not change that, so every page of a search means the
 * same.
 */
function searchOf(q: string, put: Put): string {
  const exact = exactOf(q, put);
  const terms = typoTermsOf(q).map(({ parts, pattern }) => ({
    parts: parts.map((part) => put(`%${part}%`)),
    pattern: put(pattern),
  }));
  if (terms.length === 0) return `share.asset_id in (${exact})`;
  const holdsParts = (name: string): string =>
    terms.map(({ parts }) => `(${parts.map((part) => `${name} like ${part}`).join(" or ")})`).join(" and ");
  // The parts twice: an index answers the first, and only `case` keeps the regular expressions from all other
  // names.
  const matches = (name: string): string =>
    `not exists (select 1 from exact) and ${holdsParts(name)} and case when ${holdsParts(name)}
      then ${terms.map(({ pattern }) => `${name} ~ ${pattern}`).join(" and ")} else false end`;
  return `share.asset_id in (
    with exact (asset_id) as materialized (${exact})
    select asset_id from exact
    union all select id from asset where ${matches("name_folded")}
    union all select asset.id from asset join client on client.id = asset.client_id
    where ${matches("client.name_folded")}
    union all select asset_id from number where ${matches("verified_name_folded")})`;
}

/**
 * Names contain it, in any case and without accents; ids begin with it; phone numbers contain its digits.
 * Each branch is a lookup of its own in an index. One condition with `or` over joined tables read every row
 * for each of them (docs/benchmarks.md).
 */
function exactOf(q: string, put: Put): string {
  const escaped = q.replace(/[\\%_]/g, "\\$&");
  const contains = `folded(${put(`%${escaped}%`)}::text)`;
  const begins = put(`${escaped}%`);
  const { phones, ids } = numberTermsOf(q);
  const branches = [
    `select id from asset where name_folded like ${contains}`,
    `select asset.id from asset join client on client.id = asset.client_id
      where client.name_folded like ${contains}`,
    `select asset.id from asset join client on client.id = asset.client_id
      where lower(client.external_id) like lower(${begins})`,
    `select owner_id from meta_id where type = 'waba' and meta_id like ${begins}`,
    `select asset.id from asset join meta_id on meta_id.owner_id = asset.client_id
       where meta_id.type = 'business' and meta_id.meta_id like ${begins}`,
    `select number.asset_id from number join meta_id on meta_id.owner_id = number.id
       where meta_id.type = 'phone_number' and meta_id.meta_id like ${begins}`,
    `select asset_id from number where verified_name_folded like ${contains}`,
  ];
  if (q.startsWith("num_")) branches.push(`select asset_id from number where id like ${begins}`);
  for (const digits of phones)
    branches.push(
      `select asset_id from number
        where regexp_replace(display_phone_number, '[^0-9]', '', 'g') like ${put(`%${digits}%`)}`,
    );
  if (ids.length > 0)
    branches.push(
      `select owner_id from meta_id where type = 'waba' and meta_id = any(${put(ids)}::text[])`,
      `select number.asset_id from number join meta_id on meta_id.owner_id = number.id
         where meta_id.type = 'phone_number' and meta_id.meta_id = any(${put(ids)}::text[])`,
    );
  if (ids.length === 1)
    branches.push(
      `select asset.id from asset join meta_id on meta_id.owner_id = asset.client_id
         where meta_id.type = 'business' and meta_id.meta_id = ${put(ids[0])}`,
    );
  return branches.join(" union ");
}

/** Rows after the cursor's: greater in the first key that differs. */
function afterOf(keys: readonly SortKey[], cursor: PageCursor, put: Put): string {
  const values = keys.map((key, index) => `${put(cursor.values[index] ?? null)}::text::${key.type}`);
  const branches = keys.map((key, index) => {
    const equal = keys.slice(0, index).map((earlier, at) => `${earlier.expression} = ${values[at]}`);
    return `(${[...equal, `${key.expression} ${key.ascending ? ">" : "<"} ${values[index]}`].join(" and ")})`;
  });
  // Only the first key limits the range of the index. The branches then decide within it.
  const [first] = keys;
  const from =
    first === undefined ? "true" : `${first.expression} ${first.ascending ? ">=" : "<="} ${values[0]}`;
  return `(${from} and (${branches.join(" or ")}))`;
}
