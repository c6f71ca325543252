import { createHash } from "node:crypto";
import { StartError } from "../lib/start-error.ts";

/** One numbered file of migrations/. `hash`: SHA-256 of its text with Unix line ends, in hex. */
export interface Migration {
  number: number;
  name: string;
  sql: string;
  hash: string;
}

/** A row of the table `migration`. */
export type AppliedMigration = Pick<Migration, "number" | "name" | "hash">;

/** Parses a file such as "0001-first-release.sql". Undefined when the name is not that of a migration. */
export function parseMigration(fileName: string, text: string): Migration | undefined {
  const [, number, name] = /^(\d{4})-(.+)\.sql$/.exec(fileName) ?? [];
  if (!number || !name) return undefined;
  const sql = text.replaceAll("\r\n", "\n");
  return { number: Number(number), name, sql, hash: createHash("sha256").update(sql).digest("hex") };
}

/** The pending migrations in order. Throws StartError when the database is newer, or a file was edited. */
export function planMigrations(
  known: readonly Migration[],
  applied: readonly AppliedMigration[],
): Migration[] {
  const byNumber = new Map(known.map((migration) => [migration.number, migration]));
  const newest = Math.max(0, ...byNumber.keys());
  for (const past of applied) {
    const file = byNumber.get(past.number);
    if (!file) {
      throw new StartError(
        `The database is from a newer Sharekeeper ` +
          `(it has migration ${past.number}, this version knows ${newest}). ` +
          `Start that version or a newer one, or restore the backup from before the upgrade.`,
      );
    }
    if (file.hash !== past.hash) {
      throw new StartError(
        `Migration ${past.number} (${past.name}) was changed after it was applied to this database. ` +
          `Put the released file back; changes belong in a new migration.`,
      );
    }
  }
  const done = new Set(applied.map((past) => past.number));
  return known.filter(({ number }) => !done.has(number)).sort((a, b) => a.number - b.number);
}
