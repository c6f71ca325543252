import { z } from "zod";
import type { Sql, Tx } from "../database/database.ts";
import { DAY } from "../sharing/model/timings.ts";
import { TOPICS } from "./client-message.ts";
import { LONGEST_GAP_MS, STOPPED_WHYS, type Notice } from "./notice.ts";

const Row = z.object({
  asset_id: z.string(),
  topic: z.enum(TOPICS),
  client_id: z.string(),
  cause: z.string(),
  began_at: z.date(),
  sent_count: z.number(),
  last_sent_at: z.date().nullable(),
  waits_for_address: z.boolean(),
  next_at: z.date().nullable(),
  stopped_why: z.enum(STOPPED_WHYS).nullable(),
});

const COLUMNS = Object.keys(Row.shape).join(", ");

function noticeOf(row: object): Notice {
  const known = Row.parse(row);
  return {
    ...{ assetId: known.asset_id, topic: known.topic, clientId: known.client_id, cause: known.cause },
    ...{ sentCount: known.sent_count, waitsForAddress: known.waits_for_address },
    beganAt: known.began_at.getTime(),
    lastSentAt: known.last_sent_at?.getTime() ?? null,
    nextAt: known.next_at?.getTime() ?? null,
    stoppedWhy: known.stopped_why,
  };
}

export async function readNotices(sql: Sql, assetIds: readonly string[]): Promise<Notice[]> {
  const rows = await sql.query(`select ${COLUMNS} from client_notice where asset_id = any($1::text[])`, [
    assetIds,
  ]);
  return rows.map(noticeOf);
}

/** One that is due later than any can be was planned before the clock was set back. */
const DUE = "(next_at <= $1 or next_at > $2)";
const latest = (now: number): Date => new Date(now + LONGEST_GAP_MS + DAY);

/** The WABAs of the clients that have a due notice: all whose client is or will be told of them. */
export async function readDueWabas(sql: Sql, now: number, clientLimit: number): Promise<string[]> {
  const rows = await sql.query<{ asset_id: string }>(
    `select distinct asset_id from client_notice where next_at is not null and client_id in (
       select client_id from client_notice where next_at is not null and ${DUE}
       group by client_id order by min(next_at) limit $3)`,
    [new Date(now), latest(now), clientLimit],
  );
  return rows.map((row) => row.asset_id);
}

/** When the next notice is due; null: none is. */
export async function findNextNoticeAt(sql: Sql): Promise<number | null> {
  const [row] = await sql.query<{ at: Date | null }>("select min(next_at) as at from client_notice");
  return row?.at?.getTime() ?? null;
}

export async function saveNotices(tx: Tx, notices: readonly Notice[]): Promise<void> {
  if (notices.length === 0) return;
  const isoOf = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());
  const rows = notices.map((notice) => ({
    ...{ asset_id: notice.assetId, topic: notice.topic, client_id: notice.clientId, cause: notice.cause },
    ...{ sent_count: notice.sentCount, waits_for_address: notice.waitsForAddress },
    ...{ began_at: isoOf(notice.beganAt), last_sent_at: isoOf(notice.lastSentAt) },
    ...{ next_at: isoOf(notice.nextAt), stopped_why: notice.stoppedWhy },
  }));
  await tx.query(
    `insert into client_notice (${COLUMNS})
     select ${COLUMNS} from jsonb_populate_recordset(null::client_notice, $1::jsonb)
     on conflict (asset_id, topic) do update set client_id = excluded.client_id, cause = excluded.cause,
       began_at = excluded.began_at, sent_count = excluded.sent_count, last_sent_at = excluded.last_sent_at,
       waits_for_address = excluded.waits_for_address, next_at = excluded.next_at,
       stopped_why = excluded.stopped_why`,
    [JSON.stringify(rows)],
  );
}

/** A contact may have an address now. */
export async function hastenWaiting(sql: Sql, clientId: string, now: number): Promise<void> {
  await sql.query(
    `update client_notice set next_at = $2
     where client_id = $1 and waits_for_address and next_at is not null`,
    [clientId, new Date(now)],
  );
}

/** Nothing is said any more, to any client. */
export async function stopNotices(tx: Tx): Promise<void> {
  await tx.query(
    "update client_notice set next_at = null, stopped_why = 'switched_off' where stopped_why is null",
  );
}

/**
 * The line of the journal up to which clients were told. Locked until the transaction ends, so that one
 * instance plans at a time.
 */
export async function lockCursor(tx: Tx): Promise<string> {
  const [row] = await tx.query<{ journal_seq: string }>(
    "select journal_seq from client_message_cursor for update",
  );
  return row?.journal_seq ?? "0";
}

export async function saveCursor(tx: Tx, seq: string): Promise<void> {
  await tx.query("update client_message_cursor set journal_seq = $1", [seq]);
}

/** The WABAs of the next lines, and the last of the lines; null: there is no further line. */
export async function readChanged(
  sql: Sql,
  afterSeq: string,
  limit: number,
): Promise<{ assetIds: string[]; lastSeq: string } | null> {
  const rows = await sql.query<{ seq: string; asset_id: string }>(
    "select seq, asset_id from journal where seq > $1 order by seq limit $2",
    [afterSeq, limit],
  );
  const last = rows.at(-1);
  if (last === undefined) return null;
  return { assetIds: [...new Set(rows.map((row) => row.asset_id))], lastSeq: last.seq };
}
