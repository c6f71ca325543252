import { Problem } from "../problems.ts";

/** Where a page ended: the sort it belongs to, and the sort's values of its last row. Opaque to callers. */
export interface PageCursor {
  sort: string;
  values: (string | number | null)[];
}

export function renderCursor(cursor: PageCursor): string {
  return Buffer.from(JSON.stringify([cursor.sort, ...cursor.values])).toString("base64url");
}

/**
 * The cursor that a caller sent, or null at the beginning. One of another sort is refused, because it would
 * skip or repeat rows.
 */
export function parseCursor(text: string | undefined, sort: string, valueCount: number): PageCursor | null {
  if (text === undefined || text === "") return null;
  const read = parseJson(Buffer.from(text, "base64url").toString());
  if (!Array.isArray(read) || read[0] !== sort || read.length !== valueCount + 1)
    throw new Problem("invalid_cursor");
  const values: unknown[] = read.slice(1);
  if (!values.every(isPlain)) throw new Problem("invalid_cursor");
  return { sort, values };
}

function isPlain(value: unknown): value is string | number | null {
  return value === null || typeof value === "string" || typeof value === "number";
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
