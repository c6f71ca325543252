import type { Sql, Tx } from "../database/database.ts";

/** The NOTIFY channel that announces new rows to readers, once per flush. */
export const INBOX_CHANNEL = "inbox";
/** After so many attempts that failed, a row is set aside with the outcome `failed`. */
export const MAX_ATTEMPTS = 20;

/** A webhook as it is kept: the exact signed bytes, sealed. `receivedAt`: ms since the epoch. */
export interface NewInboxRow {
  connectionId: string;
  receivedAt: number;
  dataKeyId: string;
  sealed: Buffer;
}

/** Which row: the partition key is part of it. */
export interface InboxKey {
  id: string;
  receivedAt: number;
}

export interface InboxRow extends NewInboxRow, InboxKey {
  /** Attempts that failed. */
  attempts: number;
}

/** What became of a row. `not_understood`: correctly signed, but not in a shape we know. */
export type InboxOutcome = "understood" | "not_understood" | "failed";

/**
 * Keeps all of them with one statement, one commit and one NOTIFY. The bodies travel as one binary value and
 * are cut apart by the database: an array of bytea would travel as text, at twice the size.
 */
export async function saveInboxRows(sql: Sql, rows: readonly NewInboxRow[]): Promise<void> {
  let next = 1;
  const starts = rows.map(({ sealed }) => (next += sealed.length) - sealed.length);
  await sql.query(
    `with kept as (
       insert into inbox (connection_id, received_at, data_key_id, sealed)
       select row.connection_id, row.received_at, row.data_key_id, substr($4::bytea, row.start, row.length)
       from unnest($1::text[], $2::timestamptz[], $3::text[], $5::int[], $6::int[])
         with ordinality as row (connection_id, received_at, data_key_id, start, length, place)
       order by row.place
     )
     select pg_notify($7, '')`,
    [
      rows.map((row) => row.connectionId),
      rows.map((row) => new Date(row.receivedAt).toISOString()),
      rows.map((row) => row.dataKeyId),
      Buffer.concat(rows.map((row) => row.sealed)),
      starts,
      rows.map((row) => row.sealed.length),
      INBOX_CHANNEL,
    ],
  );
}

/** Up to `limit` rows that wait, in the order they came; those that failed before come after all others. */
export async function readWaitingRows(sql: Sql, limit: number): Promise<InboxRow[]> {
  const rows = await sql.query<{
    id: string;
    connection_id: string;
    received_at: Date;
    data_key_id: string;
    sealed: Buffer;
    attempts: number;
  }>(
    `select id, connection_id, received_at, data_key_id, sealed, attempts from inbox
     where processed_at is null order by attempts, id limit $1`,
    [limit],
  );
  return rows.map((row) => ({
    id: row.id,
    connectionId: row.connection_id,
    receivedAt: row.received_at.getTime(),
    dataKeyId: row.data_key_id,
    sealed: row.sealed,
    attempts: row.attempts,
  }));
}

/**
 * Takes these rows for this transaction, without waiting. What is done in the same transaction as
 * completeInboxRows is then done once.
 *
 * @returns the ids of those that are not done and that nobody else has
 */
export async function lockInboxRows(tx: Tx, keys: readonly InboxKey[]): Promise<Set<string>> {
  const rows = await tx.query<{ id: string }>(
    `select id from inbox where (id, received_at) in (select * from unnest($1::bigint[], $2::timestamptz[]))
       and processed_at is null for update skip locked`,
    [keys.map((key) => key.id), keys.map((key) => new Date(key.receivedAt))],
  );
  return new Set(rows.map((row) => row.id));
}

/**
 * The row is done. `fields`: the webhook fields it held; how long it is kept depends on them. `at`: ms since
 * the epoch.
 */
export async function completeInbox(
  sql: Sql,
  { id, receivedAt }: InboxKey,
  outcome: InboxOutcome,
  fields: readonly string[],
  at: number,
): Promise<void> {
  await sql.query(
    `update inbox set processed_at = $3, outcome = $4, fields = $5
     where id = $1 and received_at = $2 and processed_at is null`,
    [id, new Date(receivedAt), new Date(at), outcome, [...fields]],
  );
}

/** A row that is done, and what became of it. */
export interface DoneInboxRow extends InboxKey {
  outcome: InboxOutcome;
  fields: readonly string[];
}

/** Many rows are done, with one statement and one commit. `at`: ms since the epoch. */
export async function completeInboxRows(sql: Sql, rows: readonly DoneInboxRow[], at: number): Promise<void> {
  if (rows.length === 0) return;
  const done = rows.map(({ id, receivedAt, outcome, fields }) => ({
    ...{ id, outcome, fields },
    received_at: new Date(receivedAt).toISOString(),
  }));
  await sql.query(
    `update inbox set processed_at = $2, outcome = done.outcome, fields = done.fields
     from jsonb_to_recordset($1::jsonb) as done (id bigint, received_at timestamptz, outcome text,
       fields text[])
     where inbox.id = done.id and inbox.received_at = done.received_at and inbox.processed_at is null`,
    [JSON.stringify(done), new Date(at)],
  );
}

/**
 * One more attempt failed; the last one (MAX_ATTEMPTS) sets the row aside as `failed`. `at`: ms since the
 * epoch.
 */
export async function failInbox(sql: Sql, { id, receivedAt }: InboxKey, at: number): Promise<void> {
  await sql.query(
    `update inbox set attempts = attempts + 1,
       processed_at = case when attempts + 1 >= $3::int then $4::timestamptz end,
       outcome = case when attempts + 1 >= $3::int then 'failed' end
     where id = $1 and received_at = $2 and processed_at is null`,
    [id, new Date(receivedAt), MAX_ATTEMPTS, new Date(at)],
  );
}

/** How many rows wait, and since when the oldest does (ms since the epoch): for metrics and health. */
export async function readInboxBacklog(
  sql: Sql,
): Promise<{ waitingCount: number; oldestAt: number | undefined }> {
  const [row] = await sql.query<{ count: string; oldest: Date | null }>(
    "select count(*) as count, min(received_at) as oldest from inbox where processed_at is null",
  );
  return { waitingCount: Number(row?.count ?? 0), oldestAt: row?.oldest?.getTime() };
}
