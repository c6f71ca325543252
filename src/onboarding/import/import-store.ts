import { endLease, isFree, type Lease } from "../../database/lease.ts";
import type { Database, Sql, Tx } from "../../database/database.ts";
import type {
  GivenRow,
  ImportResult,
  ImportTotals,
  ImportWhy,
  KnownWaba,
  RowOutcome,
} from "./import-plan.ts";

/** An import of Meta's list and its progress. Instants are ms since the epoch. */
export interface WabaImport {
  id: string;
  connectionId: string;
  dryRun: boolean;
  mode: "enforce" | "observe" | null;
  /** `open`: more rows follow. */
  state: "open" | "running" | "done" | "failed";
  /** Rows that were given; null: everything that Meta lists is taken in. */
  rowCount: number | null;
  after: string | null;
  totals: ImportTotals;
  /** Meta's last answer instead of its list. */
  failure: string | null;
  /** Requests in a row that Meta did not answer with its list. */
  failureCount: number;
  createdBy: string;
  requestId: string | null;
  createdAt: number;
  endedAt: number | null;
}

interface Row {
  id: string;
  connection_id: string;
  dry_run: boolean;
  mode: WabaImport["mode"];
  state: WabaImport["state"];
  row_count: number | null;
  after: string | null;
  totals: ImportTotals;
  failure: string | null;
  failure_count: number;
  created_by: string;
  request_id: string | null;
  created_at: Date;
  ended_at: Date | null;
}

const COLUMNS = `id, connection_id, dry_run, mode, state, row_count, after, totals, failure, failure_count,
  created_by, request_id,
  created_at, ended_at`;

const toImport = (row: Row): WabaImport => ({
  id: row.id,
  connectionId: row.connection_id,
  dryRun: row.dry_run,
  mode: row.mode,
  state: row.state,
  rowCount: row.row_count,
  after: row.after,
  totals: row.totals,
  failure: row.failure,
  failureCount: row.failure_count,
  createdBy: row.created_by,
  requestId: row.request_id,
  createdAt: row.created_at.getTime(),
  endedAt: row.ended_at?.getTime() ?? null,
});

const at = (ms: number | null): Date | null => (ms === null ? null : new Date(ms));

export async function insertImport(tx: Tx, run: WabaImport): Promise<void> {
  await tx.query(
    `insert into waba_import (${COLUMNS})
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
    [
      run.id,
      run.connectionId,
      run.dryRun,
      run.mode,
      run.state,
      run.rowCount,
      run.after,
      JSON.stringify(run.totals),
      run.failure,
      run.failureCount,
      run.createdBy,
      run.requestId,
      at(run.createdAt),
      at(run.endedAt),
    ],
  );
}

export async function findImport(sql: Sql, id: string): Promise<WabaImport | undefined> {
  const rows = await sql.query<Row>(`select ${COLUMNS} from waba_import where id = $1`, [id]);
  return rows[0] && toImport(rows[0]);
}

export async function lockImport(tx: Tx, id: string): Promise<WabaImport | undefined> {
  const rows = await tx.query<Row>(`select ${COLUMNS} from waba_import where id = $1 for update`, [id]);
  return rows[0] && toImport(rows[0]);
}

/** Saves how far it is. `nextStepAt` null: there is nothing more to do. */
export async function saveImport(sql: Sql, run: WabaImport, nextStepAt: number | null): Promise<void> {
  await sql.query(
    `update waba_import set state = $2, row_count = $3, after = $4, totals = $5, failure = $6,
      failure_count = $7, ended_at = $8,
       next_step_at = $9
     where id = $1`,
    [
      run.id,
      run.state,
      run.rowCount,
      run.after,
      JSON.stringify(run.totals),
      run.failure,
      run.failureCount,
      at(run.endedAt),
      at(nextStepAt),
    ],
  );
  if (nextStepAt !== null) await sql.query("select pg_notify($1, '')", [IMPORT_NOTICE]);
}

/** The NOTIFY channel for imports that can continue. */
export const IMPORT_NOTICE = "imports";

const LEASED = { table: "waba_import", key: "id", column: "leased_until" };

/** Takes the import that waits longest, for this instance. */
export async function claimImport(db: Database, lease: Lease): Promise<WabaImport | undefined> {
  const rows = await db.query<Row>(
    `update waba_import set leased_until = $2 where id = (
       select id from waba_import
       where next_step_at <= $1 and ${isFree("leased_until", "$1", "$3")}
       order by next_step_at limit 1 for update skip locked)
     returning ${COLUMNS}`,
    [lease.now, lease.until, lease.latest],
  );
  return rows[0] && toImport(rows[0]);
}

export function releaseImport(db: Database, id: string, lease: Lease): Promise<void> {
  return endLease(db, LEASED, id, lease);
}

/** When the next import continues. */
export async function findNextImportAt(db: Database): Promise<number | null> {
  const rows = await db.query<{ at: Date | null }>(
    "select min(next_step_at) as at from waba_import where next_step_at is not null",
  );
  return rows[0]?.at?.getTime() ?? null;
}

// Rows
// ----------------------------------------------------------------------------------------------------

interface ImportRow {
  n: number;
  waba_id: string;
  external_id: string | null;
  client_name: string | null;
  contact: GivenRow["contact"];
  name: string | null;
  client: string | null;
  result: ImportResult | null;
  why: ImportWhy | null;
}

/** A given row and its result, if known. */
export type KnownRow = GivenRow & { result: ImportResult | null; why: ImportWhy | null };

const toGiven = (row: ImportRow): KnownRow => ({
  n: row.n,
  wabaId: row.waba_id,
  externalId: row.external_id,
  clientName: row.client_name,
  contact: row.contact,
  result: row.result,
  why: row.why,
});

export async function insertRows(
  tx: Tx,
  importId: string,
  rows: readonly GivenRow[],
  faults: ReadonlyMap<number, ImportWhy>,
): Promise<void> {
  await tx.query(
    `insert into waba_import_row (import_id, n, waba_id, external_id, client_name, contact, result, why)
     select $1, n, waba_id, external_id, client_name, case when why is null then contact::jsonb end,
       case when why is null then null else 'invalid' end, why
     from unnest($2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[]) as new (n, waba_id,
       external_id, client_name, contact, why)`,
    [
      importId,
      rows.map((row) => row.n),
      rows.map((row) => row.wabaId),
      rows.map((row) => row.externalId),
      rows.map((row) => row.clientName),
      rows.map((row) => (row.contact === null ? null : JSON.stringify(row.contact))),
      rows.map((row) => faults.get(row.n) ?? null),
    ],
  );
}

/** People's addresses are kept with their client alone. */
export async function forgetContacts(tx: Tx, importId: string, ns: readonly number[]): Promise<void> {
  await tx.query("update waba_import_row set contact = null where import_id = $1 and n = any($2::int[])", [
    importId,
    ns,
  ]);
}

/** Which of these WABAs were given already. */
export async function findGiven(tx: Tx, importId: string, wabaIds: readonly string[]): Promise<Set<string>> {
  const rows = await tx.query<{ waba_id: string }>(
    "select distinct waba_id from waba_import_row where import_id = $1 and waba_id = any($2)",
    [importId, wabaIds],
  );
  return new Set(rows.map((row) => row.waba_id));
}

/** The rows that name these WABAs, by WABA; faulty rows are left out. */
export async function findNamed(
  sql: Sql,
  importId: string,
  wabaIds: readonly string[],
): Promise<Map<string, KnownRow>> {
  const rows = await sql.query<ImportRow>(
    `select * from waba_import_row where import_id = $1 and waba_id = any($2) and result is distinct
      from 'invalid'`,
    [importId, wabaIds],
  );
  return new Map(rows.map((row) => [row.waba_id, toGiven(row)]));
}

/** Given rows of which nothing is known yet, in their order. */
export async function readWaitingRows(sql: Sql, importId: string, limit: number): Promise<KnownRow[]> {
  const rows = await sql.query<ImportRow>(
    "select * from waba_import_row where import_id = $1 and result is null order by n limit $2",
    [importId, limit],
  );
  return rows.map(toGiven);
}

export async function saveOutcomes(tx: Tx, importId: string, outcomes: readonly RowOutcome[]): Promise<void> {
  const named = outcomes.filter((outcome) => outcome.n !== null);
  await tx.query(
    `update waba_import_row set name = new.name, client = new.client, result = new.result, why = new.why
     from unnest($2::int[], $3::text[], $4::text[], $5::text[], $6::text[]) as new (n, name, client, result,
       why)
     where import_id = $1 and waba_import_row.n = new.n`,
    [
      importId,
      named.map((each) => each.n),
      named.map((each) => each.name),
      named.map((each) => each.client),
      named.map((each) => each.result),
      named.map((each) => each.why),
    ],
  );
}

/** Rows that are kept of an import to which none were given: the first ones, as an example of what it did. */
export async function insertOutcomes(
  tx: Tx,
  importId: string,
  outcomes: readonly RowOutcome[],
  firstN: number,
): Promise<void> {
  if (outcomes.length === 0) return;
  await tx.query(
    `insert into waba_import_row (import_id, n, waba_id, name, client, result, why)
     select $1, n, waba_id, name, client, result, why
     from unnest($2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[]) as new (n, waba_id,
       name, client, result, why)
     on conflict do nothing`,
    [
      importId,
      outcomes.map((_each, index) => firstN + index),
      outcomes.map((each) => each.wabaId),
      outcomes.map((each) => each.name),
      outcomes.map((each) => each.client),
      outcomes.map((each) => each.result),
      outcomes.map((each) => each.why),
    ],
  );
}

/** What became of the rows, in their order; `results` narrows them. */
export async function readOutcomes(
  sql: Sql,
  importId: string,
  results: readonly ImportResult[] | null,
  limit: number,
): Promise<RowOutcome[]> {
  const rows = await sql.query<ImportRow & { result: ImportResult }>(
    `select * from waba_import_row
     where import_id = $1 and result is not null and ($2::text[] is null or result = any($2)) order by n
     limit $3`,
    [importId, results, limit],
  );
  return rows.map(({ n, waba_id, name, client, result, why }) => ({
    n,
    wabaId: waba_id,
    name,
    client,
    result,
    why,
  }));
}

// WABAs
// ----------------------------------------------------------------------------------------------------

/** What is known of these WABAs, by Meta's id. */
export async function findKnownWabas(
  sql: Sql,
  connectionId: string,
  wabaIds: readonly string[],
): Promise<Map<string, KnownWaba>> {
  const rows = await sql.query<{
    meta_id: string;
    asset_id: string;
    adoption: KnownWaba["adoption"];
    import_id: string | null;
    name: string;
    client_id: string;
    client_name: string;
  }>(
    `select waba.meta_id, asset.id as asset_id, share.record ->> 'adoption' as adoption, asset.import_id,
      asset.name, asset.client_id,
       client.name as client_name
     from meta_id waba
     join asset on asset.id = waba.owner_id
     join client on client.id = asset.client_id
     join share on share.asset_id = asset.id
     where waba.connection_id = $1 and waba.type = 'waba' and waba.meta_id = any($2)
       and waba.valid_until is null`,
    [connectionId, wabaIds],
  );
  return new Map(
    rows.map((row) => [
      row.meta_id,
      {
        assetId: row.asset_id,
        adoption: row.adoption,
        importId: row.import_id,
        name: row.name,
        clientId: row.client_id,
        clientName: row.client_name,
      },
    ]),
  );
}

/** In the transaction that adopts WABAs which an import names. */
export async function saveAdopted(tx: Tx, assetIds: readonly string[], run: WabaImport): Promise<void> {
  await tx.query("update asset set import_id = $2, mode = coalesce($3, mode) where id = any($1)", [
    assetIds,
    run.id,
    run.mode,
  ]);
}
