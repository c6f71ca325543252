import { DatabaseError } from "../../database/database.ts";
import { Problem } from "../../problems.ts";
import { ClientGone } from "./read-input.ts";

/** SQLSTATE character_not_in_repertoire. What we store is text, so only the character NUL can cause it. */
const NOT_TEXT = "22021";

/** What is answered for any error. An unexpected one is answered without its details. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof DatabaseError && error.code === NOT_TEXT)
    return new Problem("invalid_request", { faults: "a text holds the character NUL" }, { cause: error });
  if (error instanceof ClientGone) return new Problem("malformed_body", {}, { cause: error });
  const gone = error instanceof DatabaseError && error.code === "unavailable";
  return new Problem(gone ? "unavailable" : "internal", {}, { cause: error });
}
