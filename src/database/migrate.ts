import { readdirSync, readFileSync } from "node:fs";
import type { Clock } from "../lib/clock.ts";
import { StartError } from "../lib/start-error.ts";
import type { Database, Tx } from "./database.ts";
import { parseMigration, planMigrations } from "./migration-plan.ts";
import type { AppliedMigration, Migration } from "./migration-plan.ts";

const FOLDER = new URL("./migrations/", import.meta.url);
/** Instances that start together migrate one after the other. Nothing else locks this number. */
const MIGRATION_LOCK = 7_344_432;

export interface PendingCounts {
  appliedCount: number;
  pendingCount: number;
}

/**
 * Applies the pending files, each in its own transaction. Returns how many were applied. Throws StartError.
 */
export async function migrate(db: Database, clock: Clock, known = readMigrations()): Promise<number> {
  let count = 0;
  while (await db.transaction((tx) => applyNext(tx, clock, known))) count += 1;
  return count;
}

/**
 * Counts the migrations without applying any. Throws StartError when the database is newer, or a file was
 * edited.
 */
export async function readPending(db: Database, known = readMigrations()): Promise<PendingCounts> {
  const [table] = await db.query<{ name: string | null }>("select to_regclass('migration')::text as name");
  if (table?.name == null) return { appliedCount: 0, pendingCount: known.length };
  const applied = await db.query<AppliedMigration>(
    "select number, name, hash from migration order by number",
  );
  return { appliedCount: applied.length, pendingCount: planMigrations(known, applied).length };
}

/** Every migration of this version. */
export function readMigrations(folder: URL = FOLDER): Migration[] {
  return readdirSync(folder)
    .map((name) => parseMigration(name, readFileSync(new URL(name, folder), "utf8")))
    .filter((migration) => migration !== undefined);
}

/** Applies the first pending migration. Returns false when none is left. */
async function applyNext(tx: Tx, clock: Clock, known: readonly Migration[]): Promise<boolean> {
  await tx.query("select pg_advisory_xact_lock($1)", [MIGRATION_LOCK]);
  const [next] = planMigrations(known, await readApplied(tx));
  if (!next) return false;
  try {
    await tx.query(next.sql);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StartError(
      `Migration ${next.number} (${next.name}) failed and was rolled back: ${why}. ` +
        `The database is unchanged. Start the previous version, and report this.`,
      { cause: error },
    );
  }
  await tx.query("insert into migration (number, name, hash, applied_at) values ($1, $2, $3, $4)", [
    next.number,
    next.name,
    next.hash,
    new Date(clock.now()),
  ]);
  return true;
}

async function readApplied(tx: Tx): Promise<AppliedMigration[]> {
  await tx.query(
    `create table if not exists migration (
       number integer primary key, name text not null, hash text not null, applied_at timestamptz not null)`,
  );
  return tx.query<AppliedMigration>("select number, name, hash from migration order by number");
}
