import { z } from "zod";
import type { Sql, Tx } from "../database/database.ts";
import { SealError, type Keyring, type Sealed } from "../lib/keyring.ts";
import { ENDPOINT_STATES, DISABLED_WHYS, type Endpoint, type EndpointSecrets } from "./endpoint.ts";
import { endpointContextOf } from "./sealed-endpoint.ts";
import { ALGORITHMS } from "./webhook-signature.ts";

const Row = z.object({
  id: z.string(),
  url: z.string(),
  description: z.string(),
  event_types: z.array(z.string()).nullable(),
  client_ids: z.array(z.string()).nullable(),
  tags: z.array(z.string()).nullable(),
  algorithm: z.enum(ALGORITHMS),
  state: z.enum(ENDPOINT_STATES),
  disabled_why: z.enum(DISABLED_WHYS).nullable(),
  failing_since: z.date().nullable(),
  version: z.number(),
  created_at: z.date(),
  created_by: z.string(),
});

const COLUMNS = Object.keys(Row.shape).join(", ");

const Secrets = z.object({
  current: z.string(),
  previous: z.string().nullable(),
  previousUntil: z.number().nullable(),
  headers: z.record(z.string(), z.string()),
});

export async function insertEndpoint(
  sql: Sql,
  keyring: Keyring,
  endpoint: Endpoint,
  secrets: EndpointSecrets,
): Promise<void> {
  const { dataKeyId, sealed } = keyring.seal(
    endpointContextOf(endpoint.id),
    Buffer.from(JSON.stringify(secrets)),
  );
  await sql.query(
    `insert into webhook_endpoint (id, url, description, event_types, client_ids, tags, algorithm, state,
       data_key_id, sealed, created_at, created_by, begins_after)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,
       (select coalesce(max(seq), 0) from journal))`,
    [
      ...[endpoint.id, endpoint.url, endpoint.description, endpoint.eventTypes, endpoint.clientIds],
      ...[endpoint.tags, endpoint.algorithm, endpoint.state, dataKeyId, sealed],
      ...[new Date(endpoint.createdAt), endpoint.createdBy],
    ],
  );
}

/** Saves what people edit. An endpoint that is enabled again begins without failures. */
export async function saveEndpoint(sql: Sql, endpoint: Endpoint): Promise<void> {
  await sql.query(
    `update webhook_endpoint set url = $2, description = $3, event_types = $4, client_ids = $5, tags = $6,
       disabled_why = case when $7 = 'disabled' then disabled_why end,
       failing_since = case when $7 = 'enabled' and state = 'disabled' then null else failing_since end,
       warned_percent = case when $7 = 'enabled' and state = 'disabled' then 0 else warned_percent end,
       state = $7, version = version + 1
     where id = $1`,
    [
      ...[endpoint.id, endpoint.url, endpoint.description, endpoint.eventTypes, endpoint.clientIds],
      ...[endpoint.tags, endpoint.state],
    ],
  );
}

export async function saveEndpointSecrets(
  sql: Sql,
  keyring: Keyring,
  id: string,
  secrets: EndpointSecrets,
): Promise<void> {
  const { dataKeyId, sealed } = keyring.seal(endpointContextOf(id), Buffer.from(JSON.stringify(secrets)));
  await sql.query(
    "update webhook_endpoint set data_key_id = $2, sealed = $3, version = version + 1 where id = $1",
    [id, dataKeyId, sealed],
  );
}

/** Oldest first. */
export async function readEndpoints(sql: Sql): Promise<Endpoint[]> {
  const rows = await sql.query(`select ${COLUMNS} from webhook_endpoint order by created_at, id`);
  return rows.map(endpointOf);
}

/** How many there are; of the enabled ones, how many are failing. */
export async function countEndpoints(sql: Sql): Promise<Record<Endpoint["state"] | "failing", number>> {
  const rows = await sql.query<{ state: Endpoint["state"] | "failing"; count: number }>(
    `select case when state = 'enabled' and failing_since is not null then 'failing' else state end as state,
       count(*)::int as count from webhook_endpoint group by 1`,
  );
  const none = { enabled: 0, paused: 0, disabled: 0, failing: 0 };
  return { ...none, ...Object.fromEntries(rows.map(({ state, count }) => [state, count])) };
}

/** @param lock keeps others from changing it until the transaction ends */
export async function findEndpoint(
  sql: Sql,
  id: string,
  { lock = false }: { lock?: boolean } = {},
): Promise<Endpoint | undefined> {
  const [row] = await sql.query(
    `select ${COLUMNS} from webhook_endpoint where id = $1 ${lock ? "for update" : ""}`,
    [id],
  );
  return row && endpointOf(row);
}

/** An endpoint with what is sealed of it. */
export interface OpenedEndpoint {
  endpoint: Endpoint;
  /** Null: no key opens them; the row was changed from outside. */
  secrets: EndpointSecrets | null;
}

/** The endpoints of these ids, by id. */
export async function openEndpoints(
  sql: Sql,
  keyring: Keyring,
  ids: readonly string[],
): Promise<Map<string, OpenedEndpoint>> {
  const rows = await sql.query<{ data_key_id: string; sealed: Buffer }>(
    `select ${COLUMNS}, data_key_id, sealed from webhook_endpoint where id = any($1)`,
    [ids],
  );
  const opened = new Map<string, OpenedEndpoint>();
  for (const row of rows) {
    const endpoint = endpointOf(row);
    const sealed = { dataKeyId: row.data_key_id, sealed: row.sealed };
    opened.set(endpoint.id, { endpoint, secrets: await openSecrets(sql, keyring, endpoint.id, sealed) });
  }
  return opened;
}

async function openSecrets(
  sql: Sql,
  keyring: Keyring,
  id: string,
  sealed: Sealed,
): Promise<EndpointSecrets | null> {
  try {
    const plain = await keyring.open(sql, endpointContextOf(id), sealed);
    return Secrets.parse(JSON.parse(plain.toString()));
  } catch (error) {
    if (error instanceof SealError) return null;
    throw error;
  }
}

/** Deletes it with its deliveries. False when it is unknown. */
export async function deleteEndpoint(sql: Sql, id: string): Promise<boolean> {
  const rows = await sql.query("delete from webhook_endpoint where id = $1 returning id", [id]);
  return rows.length > 0;
}

/** How an endpoint fares after some attempts. Instants: ms since the epoch. */
export interface EndpointHealth {
  id: string;
  failingSince: number;
  warnedPercent: number;
}

/** What an attempt must know of its endpoint. */
export interface LockedEndpoint {
  state: Endpoint["state"];
  isFailing: boolean;
}

/** Keeps others from changing these endpoints until the transaction ends. */
export async function lockEndpoints(tx: Tx, ids: readonly string[]): Promise<Map<string, LockedEndpoint>> {
  const rows = await tx.query<{ id: string; state: Endpoint["state"]; is_failing: boolean }>(
    `select id, state, failing_since is not null as is_failing from webhook_endpoint
     where id = any($1) order by id for no key update`,
    [ids],
  );
  return new Map(rows.map(({ id, state, is_failing: isFailing }) => [id, { state, isFailing }]));
}

/** A delivery succeeded: returns the endpoints that had been failing, and no longer do. */
export async function saveRecovered(sql: Sql, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const rows = await sql.query<{ id: string }>(
    `update webhook_endpoint set failing_since = null, warned_percent = 0
     where id = any($1) and failing_since is not null returning id`,
    [ids],
  );
  return rows.map(({ id }) => id);
}

/** Attempts failed at `now` (ms): since when it is so, and how far people were warned. Enabled ones only. */
export async function saveFailing(sql: Sql, ids: readonly string[], now: number): Promise<EndpointHealth[]> {
  if (ids.length === 0) return [];
  const rows = await sql.query<{ id: string; failing_since: Date; warned_percent: number }>(
    `update webhook_endpoint set failing_since = coalesce(failing_since, $2)
     where id = any($1) and state = 'enabled' returning id, failing_since, warned_percent`,
    [ids, new Date(now)],
  );
  return rows.map((row) => ({
    id: row.id,
    failingSince: row.failing_since.getTime(),
    warnedPercent: row.warned_percent,
  }));
}

export async function saveWarned(sql: Sql, id: string, percent: number): Promise<void> {
  await sql.query("update webhook_endpoint set warned_percent = $2 where id = $1", [id, percent]);
}

/** Disables it; what was still to be delivered has failed. False when it was not enabled. */
export async function disableEndpoint(
  sql: Sql,
  id: string,
  why: NonNullable<Endpoint["disabledWhy"]>,
  now: number,
): Promise<boolean> {
  const rows = await sql.query(
    `with disabled as (
       update webhook_endpoint set state = 'disabled', disabled_why = $2, version = version + 1
       where id = $1 and state = 'enabled' returning id
     ),
     ended as (
       update webhook_delivery set state = 'failed', next_attempt_at = null, ended_at = $3
       from disabled where endpoint_id = disabled.id and webhook_delivery.state = 'pending'
     )
     select id from disabled`,
    [id, why, new Date(now)],
  );
  return rows.length > 0;
}

function endpointOf(row: object): Endpoint {
  const known = Row.parse(row);
  return {
    ...{ id: known.id, url: known.url, description: known.description, eventTypes: known.event_types },
    ...{ clientIds: known.client_ids, tags: known.tags, algorithm: known.algorithm, state: known.state },
    disabledWhy: known.disabled_why,
    failingSince: known.failing_since?.getTime() ?? null,
    version: known.version,
    createdAt: known.created_at.getTime(),
    createdBy: known.created_by,
  };
}
