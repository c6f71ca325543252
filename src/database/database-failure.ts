import { DatabaseError } from "./database.ts";

/** SQLSTATEs that say "not now" rather than "not this": the server is away, starting, stopping or full. */
const AWAY = /^(08...|57P0[123]|53300)$/;

/**
 * The DatabaseError of whatever the driver threw: its SQLSTATE, or "unavailable" when the database could not
 * be reached.
 */
export function databaseErrorOf(thrown: unknown): DatabaseError {
  if (thrown instanceof DatabaseError) return thrown;
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const state = "code" in error && typeof error.code === "string" ? error.code : "";
  const isSqlState = /^[0-9A-Z]{5}$/.test(state) && !/^E[A-Z]{4}$/.test(state);
  const code = isSqlState && !AWAY.test(state) ? state : "unavailable";
  return new DatabaseError(error.message || state || "the database did not answer", code, { cause: error });
}
