import type { Sql } from "../../database/database.ts";
import { isFree, type Lease } from "../../database/lease.ts";

/** The place in the journal of one EVENT_STREAM_NAME. */
export interface StreamPlace {
  id: string;
  /** The broker has confirmed the lines up to this one. */
  journalSeq: string;
}

/** The row of a new stream, at the end of the journal or before its first line. One that is there stays. */
export async function ensureStream(
  sql: Sql,
  { name, id, from, at }: { name: string; id: string; from: "end" | "beginning"; at: number },
): Promise<void> {
  await sql.query(
    `insert into event_stream (name, id, journal_seq, created_at)
     select $1, $2, case when $3 = 'end' then coalesce((select max(seq) from journal), 0) else 0 end, $4
     where not exists (select from event_stream where name = $1)
     on conflict do nothing`,
    [name, id, from, new Date(at)],
  );
}

/** Takes the stream for one instance. Undefined: another has it. */
export async function takeStream(sql: Sql, name: string, lease: Lease): Promise<StreamPlace | undefined> {
  const [row] = await sql.query<{ id: string; journal_seq: string }>(
    `update event_stream set leased_until = $3
     where name = $1 and ${isFree("leased_until", "$2", "$4")} returning id, journal_seq`,
    [name, lease.now, lease.until, lease.latest],
  );
  return row && { id: row.id, journalSeq: row.journal_seq };
}

/** Moves the place, and lengthens the lease. False: the lease ran out, and another instance took it. */
export async function moveStream(
  sql: Sql,
  name: string,
  journalSeq: string,
  { held, next }: { held: Lease; next: Lease },
): Promise<boolean> {
  const rows = await sql.query(
    `update event_stream set journal_seq = $2, leased_until = $4
     where name = $1 and leased_until = $3 returning name`,
    [name, journalSeq, held.until, next.until],
  );
  return rows.length > 0;
}

/** A line of the journal that is published. */
export interface StreamLine {
  seq: string;
  type: string;
  sequence: number;
  at: Date;
}

/** Lines after `seq`, in order. */
export async function readStreamLines(sql: Sql, afterSeq: string, limit: number): Promise<StreamLine[]> {
  const rows = await sql.query<{ seq: string; type: string; sequence: string; at: Date }>(
    "select seq, type, sequence, at from journal where seq > $1 order by seq limit $2",
    [afterSeq, limit],
  );
  return rows.map((row) => ({ ...row, sequence: Number(row.sequence) }));
}

const MOST_COUNTED = 100_000;

/** How much of the journal is not published, counted up to 100,000, and since when. */
export async function readBacklog(sql: Sql, name: string): Promise<{ count: number; oldestAt: Date | null }> {
  const [row] = await sql.query<{ count: number; oldest_at: Date | null }>(
    `with line as (
       select journal.seq, journal.at from event_stream
       join journal on journal.seq > event_stream.journal_seq
       where name = $1 order by journal.seq limit ${MOST_COUNTED}
     )
     select count(*)::int as count, (select at from line order by seq limit 1) as oldest_at from line`,
    [name],
  );
  return { count: row?.count ?? 0, oldestAt: row?.oldest_at ?? null };
}
