import { systemClock } from "../lib/clock.ts";
import type { Clock } from "../lib/clock.ts";
import type { Database } from "./database.ts";
import { openEmbeddedDatabase } from "./embedded-database.ts";
import { openPostgresDatabase } from "./postgres-database.ts";

export interface DatabaseOptions {
  /** A PostgreSQL server; without it the embedded database in `dataDir`. */
  databaseUrl?: string | undefined;
  /** Where the embedded database lives; "memory://" leaves nothing behind. */
  dataDir: string;
  /** Wall-clock time for upkeep and reconnection, never the time of a sandbox's world. */
  clock?: Clock;
}

/**
 * Opens the database that the settings name. Throws StartError. The schema is not touched: see migrate.ts.
 */
export function openDatabase({
  databaseUrl,
  dataDir,
  clock = systemClock,
}: DatabaseOptions): Promise<Database> {
  return databaseUrl ? openPostgresDatabase(databaseUrl, clock) : openEmbeddedDatabase({ dataDir, clock });
}
