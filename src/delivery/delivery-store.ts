import { z } from "zod";
import type { Sql } from "../database/database.ts";
import { isFree, type Lease } from "../database/lease.ts";
import { QUIET_TYPES } from "./event-types.ts";
import { OUTCOMES } from "./judge-answer.ts";
import type { Attempt } from "./open-webhook-wire.ts";

export const DELIVERY_STATES = ["pending", "delivered", "failed"] as const;

/** One event for one endpoint. Instants: ms since the epoch. */
export interface Delivery {
  /** The header `webhook-id`. */
  id: string;
  endpointId: string;
  /** The line of the journal that it tells; null: `payload` holds what it tells. */
  journalSeq: string | null;
  payload: unknown;
  type: string;
  createdAt: number;
  state: (typeof DELIVERY_STATES)[number];
  /** Failed attempts since it was last planned. */
  attemptCount: number;
  nextAttemptAt: number | null;
  endedAt: number | null;
}

const Row = z.object({
  id: z.string(),
  endpoint_id: z.string(),
  journal_seq: z.string().nullable(),
  payload: z.unknown(),
  type: z.string(),
  created_at: z.date(),
  state: z.enum(DELIVERY_STATES),
  attempt_count: z.number(),
  next_attempt_at: z.date().nullable(),
  ended_at: z.date().nullable(),
});

const COLUMNS = Object.keys(Row.shape)
  .map((name) => `delivery.${name}`)
  .join(", ");

/** The condition that `endpoint` wants the journal's `line`. */
const WANTS = `(case when endpoint.event_types is null then line.type <> all('{${QUIET_TYPES.join(",")}}')
    else line.type = any(endpoint.event_types) end)
  and (endpoint.client_ids is null or asset.client_id = any(endpoint.client_ids))
  and (endpoint.tags is null or endpoint.tags && (asset.tags || client.tags))`;

/** The same id each time that it is planned, so that no event is planned twice. */
const PLAN = (from: string, next: string): string => `
  insert into webhook_delivery (id, endpoint_id, journal_seq, type, asset_id, created_at, state,
    next_attempt_at)
  select 'msg_' || substr(endpoint.id, 5) || '_' || line.seq, endpoint.id, line.seq, line.type,
    line.asset_id, line.at, 'pending', ${next}
  from ${from}
  join asset on asset.id = line.asset_id
  join client on client.id = asset.client_id
  where ${WANTS}
  on conflict do nothing`;

/**
 * Plans a delivery of each new line of the journal to each endpoint that wants it, and moves the cursor, in
 * one statement. Returns how many lines were read.
 */
export async function planNewDeliveries(sql: Sql, now: number, limit: number): Promise<number> {
  const [row] = await sql.query<{ count: number }>(
    `with cursor as (select journal_seq from webhook_cursor for update),
     line as materialized (
       select journal.seq, journal.type, journal.asset_id, journal.at from journal, cursor
       where journal.seq > cursor.journal_seq order by journal.seq limit $2
     ),
     planned as (
       ${PLAN("line join webhook_endpoint endpoint on endpoint.state <> 'disabled' and line.seq > endpoint.begins_after", "$1")}
       returning 1
     ),
     moved as (
       update webhook_cursor set journal_seq = (select max(seq) from line) where exists (select from line)
     )
     select (select count(*) from line)::int as count, (select count(*) from planned) as planned`,
    [new Date(now), limit],
  );
  return row?.count ?? 0;
}

/** Plans the lines of a time for one endpoint that it has no delivery of. Returns how many. */
export async function planMissingDeliveries(
  sql: Sql,
  endpointId: string,
  { since, until, now, spacingMs }: Recovery,
): Promise<number> {
  const rows = await sql.query(
    `with line as materialized (
       select seq, type, asset_id, at from journal where at >= $2 and at < $3
         and seq <= (select journal_seq from webhook_cursor)
     )
     ${PLAN("line join webhook_endpoint endpoint on endpoint.id = $1", SPACED("line.seq"))} returning id`,
    [endpointId, new Date(since), new Date(until), new Date(now), spacingMs],
  );
  return rows.length;
}

/** Plans the failed deliveries of a time for one endpoint again. Returns how many. */
export async function planFailedDeliveries(
  sql: Sql,
  endpointId: string,
  { since, until, now, spacingMs }: Recovery,
): Promise<number> {
  const rows = await sql.query(
    `update webhook_delivery delivery set state = 'pending', attempt_count = 0, ended_at = null,
       next_attempt_at = failed.next_attempt_at
     from (
       select id, ${SPACED("created_at")} as next_attempt_at from webhook_delivery
       where endpoint_id = $1 and state = 'failed' and created_at >= $2 and created_at < $3
     ) failed
     where delivery.id = failed.id and delivery.state = 'failed' returning delivery.id`,
    [endpointId, new Date(since), new Date(until), new Date(now), spacingMs],
  );
  return rows.length;
}

/** One after the other, so that what was missed for days does not come at once. */
const SPACED = (order: string): string =>
  `$4::timestamptz + (row_number() over (order by ${order}) - 1) * $5::float8 * interval '1 millisecond'`;

export interface Recovery {
  since: number;
  until: number;
  now: number;
  spacingMs: number;
}

/** Plans one delivery again, at once. */
export async function planAgain(sql: Sql, id: string, now: number): Promise<void> {
  await sql.query(
    `update webhook_delivery set state = 'pending', attempt_count = 0, ended_at = null, next_attempt_at = $2
     where id = $1`,
    [id, new Date(now)],
  );
}

/** A delivery whose body is known: it is no line of the journal. */
type NewDelivery = Pick<Delivery, "id" | "endpointId" | "payload" | "type" | "createdAt" | "nextAttemptAt">;

export async function insertDeliveries(sql: Sql, deliveries: readonly NewDelivery[]): Promise<void> {
  if (deliveries.length === 0) return;
  const rows = deliveries.map(({ id, endpointId, payload, type, createdAt, nextAttemptAt }) => ({
    ...{ id, endpoint_id: endpointId, payload, type, created_at: new Date(createdAt).toISOString() },
    next_attempt_at: nextAttemptAt === null ? null : new Date(nextAttemptAt).toISOString(),
  }));
  await sql.query(
    `insert into webhook_delivery (id, endpoint_id, payload, type, created_at, state, next_attempt_at)
     select id, endpoint_id, payload, type, created_at, 'pending', next_attempt_at
     from jsonb_to_recordset($1::jsonb) as row (id text, endpoint_id text, payload jsonb, type text,
       created_at timestamptz, next_attempt_at timestamptz)`,
    [JSON.stringify(rows)],
  );
}

/**
 * Takes due deliveries of enabled endpoints, at most `perEndpoint` of each, and no more than it has free:
 * `busy` counts what is under way here.
 */
export async function claimDeliveries(
  sql: Sql,
  lease: Lease,
  { limit, perEndpoint, busy }: { limit: number; perEndpoint: number; busy: ReadonlyMap<string, number> },
): Promise<Delivery[]> {
  const rows = await sql.query(
    `with due as (
       select picked.id from webhook_endpoint endpoint
       left join jsonb_each_text($6::jsonb) as busy (id, count) on busy.id = endpoint.id
       cross join lateral (
         select id from webhook_delivery delivery
         where endpoint_id = endpoint.id and state = 'pending' and next_attempt_at <= $1
           and ${isFree("leased_until", "$1", "$3")}
         order by next_attempt_at, id
         limit greatest(0, (case when endpoint.failing_since is null then $5 else 1 end)
           - coalesce(busy.count::int, 0))
         for update skip locked
       ) picked
       where endpoint.state = 'enabled'
       limit $4
     )
     update webhook_delivery delivery set leased_until = $2 from due where delivery.id = due.id
     returning ${COLUMNS}`,
    [lease.now, lease.until, lease.latest, limit, perEndpoint, JSON.stringify(Object.fromEntries(busy))],
  );
  return rows.map(deliveryOf);
}

/** When the next delivery after `now` (ms) is due, in ms since the epoch; null: none is planned. */
export async function findNextDue(sql: Sql, now: number): Promise<number | null> {
  const [row] = await sql.query<{ at: Date | null }>(
    `select min(delivery.next_attempt_at) as at from webhook_endpoint endpoint
     cross join lateral (
       select next_attempt_at from webhook_delivery where endpoint_id = endpoint.id and state = 'pending'
         and next_attempt_at > $1 and leased_until is null
       order by next_attempt_at limit 1
     ) delivery
     where endpoint.state = 'enabled'`,
    [new Date(now)],
  );
  return row?.at?.getTime() ?? null;
}

/** What an attempt leaves behind. */
export interface Settled {
  delivery: Delivery;
  attempt: Attempt;
  state: Delivery["state"];
  attemptCount: number;
  nextAttemptAt: number | null;
}

/** Logs attempts and what became of their deliveries, and ends the leases. */
export async function saveAttempts(sql: Sql, settled: readonly Settled[]): Promise<void> {
  const rows = settled.map(({ delivery, attempt, state, attemptCount, nextAttemptAt }) => ({
    ...{ id: delivery.id, state, attempt_count: attemptCount },
    next_attempt_at: nextAttemptAt === null ? null : new Date(nextAttemptAt).toISOString(),
    ended_at: state === "pending" ? null : new Date(attempt.at + attempt.tookMs).toISOString(),
    ...{ at: new Date(attempt.at).toISOString(), took_ms: attempt.tookMs, outcome: attempt.outcome },
    ...{ status: attempt.status, detail: attempt.detail },
    ...{ answer_headers: attempt.answerHeaders, answer_body: attempt.answerBody },
  }));
  await sql.query(
    `with row as (
       select * from jsonb_to_recordset($1::jsonb) as row
         (id text, state text, attempt_count int, next_attempt_at timestamptz, ended_at timestamptz,
          at timestamptz, took_ms int, outcome text, status int, detail text, answer_headers jsonb,
          answer_body text)
     ),
     saved as (
       update webhook_delivery delivery set state = row.state, attempt_count = row.attempt_count,
         next_attempt_at = row.next_attempt_at, ended_at = row.ended_at, leased_until = null
       from row where delivery.id = row.id returning delivery.id
     )
     insert into webhook_attempt (delivery_id, n, at, took_ms, outcome, status, detail, answer_headers,
       answer_body)
     select row.id, coalesce((select max(n) from webhook_attempt where delivery_id = row.id), 0) + 1, row.at,
       row.took_ms, row.outcome, row.status, row.detail, row.answer_headers, row.answer_body
     from row join saved using (id)`,
    [JSON.stringify(rows)],
  );
}

/** What waits for an attempt, by the state of its endpoint. `oldestAt`: when the oldest was planned, ms. */
export async function countPending(
  sql: Sql,
): Promise<{ state: string; count: number; oldestAt: number | null }[]> {
  const rows = await sql.query<{ state: string; count: number; oldest: Date | null }>(
    `select endpoint.state, count(*)::int as count, min(delivery.created_at) as oldest
     from webhook_delivery delivery join webhook_endpoint endpoint on endpoint.id = delivery.endpoint_id
     where delivery.state = 'pending' and delivery.next_attempt_at is not null group by endpoint.state`,
  );
  return rows.map(({ state, count, oldest }) => ({ state, count, oldestAt: oldest?.getTime() ?? null }));
}

export async function findDelivery(sql: Sql, id: string): Promise<Delivery | undefined> {
  const [row] = await sql.query(`select ${COLUMNS} from webhook_delivery delivery where id = $1`, [id]);
  return row && deliveryOf(row);
}

/** A page of an endpoint's deliveries, newest first. @param before the last one of the page before */
export async function readDeliveries(
  sql: Sql,
  endpointId: string,
  page: { limit: number; state: string | null; before: { createdAt: number; id: string } | null },
): Promise<Delivery[]> {
  const { limit, state, before } = page;
  const rows = await sql.query(
    `select ${COLUMNS} from webhook_delivery delivery
     where endpoint_id = $1 and ($2::text is null or state = $2)
       and ($3::timestamptz is null or (created_at, id) < ($3, $4))
     order by created_at desc, id desc limit $5`,
    [endpointId, state, before === null ? null : new Date(before.createdAt), before?.id ?? null, limit],
  );
  return rows.map(deliveryOf);
}

const AttemptRow = z.object({
  n: z.number(),
  at: z.date(),
  took_ms: z.number(),
  outcome: z.enum(OUTCOMES),
  status: z.number().nullable(),
  detail: z.string().nullable(),
  answer_headers: z.record(z.string(), z.string()).nullable(),
  answer_body: z.string().nullable(),
});

export type LoggedAttempt = z.output<typeof AttemptRow>;

/** The attempts of a delivery, oldest first. */
export async function readAttempts(sql: Sql, deliveryId: string): Promise<LoggedAttempt[]> {
  const rows = await sql.query("select * from webhook_attempt where delivery_id = $1 order by n", [
    deliveryId,
  ]);
  return rows.map((row) => AttemptRow.parse(row));
}

/** Deletes what is older than `before` (ms), and no longer pending. */
export async function deleteOldDeliveries(sql: Sql, before: number): Promise<void> {
  await sql.query("delete from webhook_delivery where created_at < $1 and state <> 'pending'", [
    new Date(before),
  ]);
}

function deliveryOf(row: object): Delivery {
  const known = Row.parse(row);
  return {
    ...{ id: known.id, endpointId: known.endpoint_id, journalSeq: known.journal_seq },
    ...{ payload: known.payload, type: known.type, state: known.state, attemptCount: known.attempt_count },
    createdAt: known.created_at.getTime(),
    nextAttemptAt: known.next_attempt_at?.getTime() ?? null,
    endedAt: known.ended_at?.getTime() ?? null,
  };
}
