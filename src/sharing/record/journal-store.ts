import type { Sql, Tx } from "../../database/database.ts";
import type { ShareState } from "../status/share-state.ts";

/** One change of what is derived. `seq` orders all lines; `sequence` counts per WABA. */
export interface JournalLine {
  seq: string;
  connectionId: string;
  assetId: string;
  numberId: string | null;
  type: string;
  at: Date;
  sequence: number;
  actor: string;
  requestId: string | null;
  data: JournalData;
}

export interface JournalData {
  /** What changed, e.g. `status`, `reason`, `Shared`, `gate`. */
  changed: string[];
  before: { status: string; gate: string; reason: string | null } | null;
  state: ShareState;
  /** Whether it was enforced. Absent in older lines. */
  mode?: "enforce" | "observe";
  /** Of `client_message.requested`: the message to the client, whose words are made at the delivery. */
  clientMessageId?: string;
}

export type NewLine = Pick<
  JournalLine,
  "connectionId" | "assetId" | "numberId" | "type" | "at" | "actor" | "requestId" | "data"
>;

/**
 * Readers' cursors follow `seq`. One writer at a time assigns numbers, so that no line becomes visible before
 * a lower one.
 */
const JOURNAL_LOCK = 7_301_001;

export async function appendJournal(tx: Tx, lines: readonly NewLine[]): Promise<void> {
  if (lines.length === 0) return;
  const states = distinctStatesOf(lines);
  await tx.query("select pg_advisory_xact_lock($1)", [JOURNAL_LOCK]);
  // `sequence` continues from the newest line of each WABA. The lock above prevents other writers meanwhile.
  await tx.query(
    `with written as (
       insert into journal (seq, connection_id, asset_id, number_id, type, at, sequence, actor, request_id,
         data)
       select nextval('journal_seq'), connection_id, asset_id, number_id, type, at,
         coalesce((select sequence from journal where journal.asset_id = line.asset_id order by seq desc
         limit 1), 0)
           + row_number() over (partition by asset_id order by n),
         actor, request_id, data || jsonb_build_object('state', $2::jsonb -> state)
       from jsonb_to_recordset($1::jsonb) as line
         (n int, connection_id text, asset_id text, number_id text, type text, at timestamptz, actor text,
           request_id text, data jsonb, state int)
       order by n
     )
     select pg_notify('journal', '')`,
    [JSON.stringify(lines.map((line, n) => toRecord(line, n, states))), JSON.stringify([...states.keys()])],
  );
}

/** Each state with its place. Shares that begin together have one, which is then sent and parsed once. */
function distinctStatesOf(lines: readonly NewLine[]): Map<ShareState, number> {
  const states = [...new Set(lines.map(({ data }) => data.state))];
  return new Map(states.map((state, nth) => [state, nth]));
}

function toRecord(
  line: NewLine,
  n: number,
  states: ReadonlyMap<ShareState, number>,
): Record<string, unknown> {
  const { state, ...data } = line.data;
  return {
    n,
    connection_id: line.connectionId,
    asset_id: line.assetId,
    number_id: line.numberId,
    type: line.type,
    at: line.at.toISOString(),
    actor: line.actor,
    request_id: line.requestId,
    data,
    state: states.get(state),
  };
}

interface Row {
  seq: string;
  connection_id: string;
  asset_id: string;
  number_id: string | null;
  type: string;
  at: Date;
  sequence: string;
  actor: string;
  request_id: string | null;
  data: JournalData;
}

/** Lines after `seq`, in order; with `within`, only those of the WABAs of one client or connection. */
export async function readJournal(
  sql: Sql,
  afterSeq: string,
  limit: number,
  within: { clientId: string | null; connectionId: string | null } = { clientId: null, connectionId: null },
): Promise<JournalLine[]> {
  const rows = await sql.query<Row>(
    `select * from journal where seq > $1
       and ($3::text is null or asset_id in (select id from asset where client_id = $3))
       and ($4::text is null or connection_id = $4)
     order by seq limit $2`,
    [afterSeq, limit, within.clientId, within.connectionId],
  );
  return rows.map(toLine);
}

/** The lines of these `seq`, in order. */
export async function readJournalLines(sql: Sql, seqs: readonly string[]): Promise<JournalLine[]> {
  if (seqs.length === 0) return [];
  const rows = await sql.query<Row>("select * from journal where seq = any($1::bigint[]) order by seq", [
    seqs,
  ]);
  return rows.map(toLine);
}

/** The newest `seq`, "0" when nothing has happened yet. */
export async function findNewestSeq(sql: Sql): Promise<string> {
  const rows = await sql.query<{ seq: string }>("select coalesce(max(seq), 0)::text as seq from journal");
  return rows[0]?.seq ?? "0";
}

function toLine(row: Row): JournalLine {
  return {
    seq: row.seq,
    connectionId: row.connection_id,
    assetId: row.asset_id,
    numberId: row.number_id,
    type: row.type,
    at: row.at,
    sequence: Number(row.sequence),
    actor: row.actor,
    requestId: row.request_id,
    data: row.data,
  };
}
