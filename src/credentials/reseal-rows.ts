/**
 * Seals every row of the listed columns with the current data key, in small batches beside the writers.
 *
 * 1. Each batch is a transaction of its own, so that an end at any point loses nothing. How far it is stands
 *    in the rows themselves: each names its data key.
 * 2. A batch locks its rows, and skips those that somebody else has locked. So it never overwrites a value
 *    that changed meanwhile, and never waits for a writer while it holds rows that the writer wants.
 * 3. The next pass finds what was skipped, and what a transaction that ended late sealed with the old key.
 */
import type { Database, Sql, Tx } from "../database/database.ts";
import type { SealedColumn, SealedColumns } from "../database/sealed-column.ts";
import { SealError, type Sealed } from "../lib/keyring.ts";
import type { OpenKeyring } from "./open-keyring.ts";

/** Webhook bodies have up to 3 MB; most rows have a few hundred bytes. */
const BATCH_COUNT = 200;
const BATCH_BYTES = 4 * 1024 * 1024;

export interface ResealDeps {
  db: Database;
  keyring: OpenKeyring;
  columns: SealedColumns;
}

export interface ResealCounts {
  resealedCount: number;
  /** Rows that no key opens: they were changed from outside, and stay as they are. */
  unreadableCount: number;
}

/** One pass over all columns. Ends early once `stopping` is aborted. `onBatch` has the counts so far. */
export async function resealRows(
  deps: ResealDeps,
  stopping: AbortSignal,
  onBatch: (counts: ResealCounts) => void,
): Promise<ResealCounts> {
  const counts = { resealedCount: 0, unreadableCount: 0 };
  for (const column of deps.columns.lasting) {
    let after: string[] | null = null;
    while (!stopping.aborted) {
      const keys: string[][] = await readOldKeys(deps, column, after);
      if (keys.length === 0) break;
      const batch = await deps.db.transaction((tx) => resealBatch(tx, deps, column, keys));
      counts.resealedCount += batch.resealedCount;
      counts.unreadableCount += batch.unreadableCount;
      onBatch({ ...counts });
      after = keys.at(-1) ?? null;
    }
  }
  return counts;
}

/** The primary keys of the next rows that another data key sealed, as texts. */
async function readOldKeys(
  { db, keyring }: Pick<ResealDeps, "db" | "keyring">,
  { table, key, dataKeyId, sealed }: SealedColumn,
  after: readonly string[] | null,
): Promise<string[][]> {
  const names = key.map(({ name }) => name).join(", ");
  const bounds = key.map(({ type }, at) => `$${at + 2}::${type}`).join(", ");
  const rows = await db.query<{ key: string[]; length: number }>(
    `select array[${key.map(({ name }) => `${name}::text`).join(", ")}] as key, length(${sealed}) as length
     from ${table} where ${sealed} is not null and ${dataKeyId} <> $1
       ${after === null ? "" : `and (${names}) > (${bounds})`}
     order by ${names} limit ${BATCH_COUNT}`,
    [keyring.state().sealsWith, ...(after ?? [])],
  );
  let bytes = 0;
  const fitting = rows.filter(({ length }) => (bytes += length) <= BATCH_BYTES);
  return (fitting.length > 0 ? fitting : rows.slice(0, 1)).map((row) => row.key);
}

type Resealed = Sealed & { key: string[] };

async function resealBatch(
  tx: Tx,
  { keyring }: Pick<ResealDeps, "keyring">,
  column: SealedColumn,
  keys: readonly string[][],
): Promise<ResealCounts> {
  const resealed: Resealed[] = [];
  const rows = await lockRows(tx, column, keys, keyring.state().sealsWith);
  for (const row of rows) {
    const context = column.contextOf(row.place);
    const plain = await openOrSkip(tx, keyring, context, row);
    if (plain !== null) resealed.push({ key: row.key, ...keyring.seal(context, plain) });
  }
  if (resealed.length > 0) await saveResealed(tx, column, resealed);
  return { resealedCount: resealed.length, unreadableCount: rows.length - resealed.length };
}

async function openOrSkip(
  sql: Sql,
  keyring: OpenKeyring,
  context: string,
  of: Sealed,
): Promise<Buffer | null> {
  try {
    return await keyring.open(sql, context, of);
  } catch (error) {
    if (error instanceof SealError) return null;
    throw error;
  }
}

/** `given`: one array of texts for each column of the key, from parameter `$first` on. */
function matchOf({ key }: SealedColumn, first: number): { given: string; isSame: string } {
  const arrays = key.map((_, at) => `$${at + first}::text[]`).join(", ");
  const names = key.map((_, at) => `key_${at}`);
  return {
    given: `unnest(${arrays}) with ordinality as given (${[...names, "place"].join(", ")})`,
    isSame: key.map(({ name, type }, at) => `target.${name} = given.key_${at}::${type}`).join(" and "),
  };
}

const keyColumnsOf = ({ key }: SealedColumn, keys: readonly string[][]): string[][] =>
  key.map((_, at) => keys.map((values) => values[at] ?? ""));

async function lockRows(
  tx: Tx,
  column: SealedColumn,
  keys: readonly string[][],
  sealsWith: string,
): Promise<(Resealed & { place: string[] })[]> {
  const { table, key, dataKeyId, sealed, place } = column;
  const { given, isSame } = matchOf(column, 2);
  const textsOf = (names: readonly string[]): string =>
    `array[${names.map((name) => `target.${name}::text`).join(", ")}]`;
  const rows = await tx.query<{ key: string[]; place: string[]; data_key_id: string; sealed: Buffer }>(
    `select ${textsOf(key.map(({ name }) => name))} as key, ${textsOf(place)} as place,
       target.${dataKeyId} as data_key_id, target.${sealed} as sealed
     from ${table} as target join ${given} on ${isSame}
     where target.${sealed} is not null and target.${dataKeyId} <> $1
     for update of target skip locked`,
    [sealsWith, ...keyColumnsOf(column, keys)],
  );
  return rows.map(({ data_key_id, ...row }) => ({ ...row, dataKeyId: data_key_id }));
}

/** The bytes travel as one binary value, and the database cuts them apart. */
async function saveResealed(tx: Tx, column: SealedColumn, rows: readonly Resealed[]): Promise<void> {
  const { table, dataKeyId, sealed } = column;
  const { given, isSame } = matchOf(column, 5);
  let next = 1;
  const starts = rows.map((row) => (next += row.sealed.length) - row.sealed.length);
  await tx.query(
    `update ${table} as target
     set ${dataKeyId} = ($1::text[])[given.place],
       ${sealed} = substr($2::bytea, ($3::int[])[given.place], ($4::int[])[given.place])
     from ${given} where ${isSame}`,
    [
      rows.map((row) => row.dataKeyId),
      Buffer.concat(rows.map((row) => row.sealed)),
      starts,
      rows.map((row) => row.sealed.length),
      ...keyColumnsOf(
        column,
        rows.map((row) => row.key),
      ),
    ],
  );
}

/** How many rows each data key sealed, by table. */
export async function readSealedCounts(
  sql: Sql,
  columns: readonly Pick<SealedColumn, "table" | "dataKeyId" | "sealed">[],
): Promise<Map<string, Record<string, number>>> {
  const counts = new Map<string, Record<string, number>>();
  for (const { table, dataKeyId, sealed } of columns) {
    const rows = await sql.query<{ id: string; count: string }>(
      `select ${dataKeyId} as id, count(*) as count from ${table} where ${sealed} is not null
       group by ${dataKeyId}`,
    );
    for (const { id, count } of rows) {
      const byTable = counts.get(id) ?? {};
      counts.set(id, { ...byTable, [table]: (byTable[table] ?? 0) + Number(count) });
    }
  }
  return counts;
}
