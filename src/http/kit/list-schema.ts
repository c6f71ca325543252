import { z } from "@hono/zod-openapi";

/** Every list: one page, and the cursor of the next one. */
export function listOf<Item extends z.ZodType>(
  item: Item,
): z.ZodObject<{ data: z.ZodArray<Item>; has_more: z.ZodBoolean; next_cursor: z.ZodNullable<z.ZodString> }> {
  return z.object({ data: z.array(item), has_more: z.boolean(), next_cursor: z.string().nullable() });
}

export const Limit = z.coerce
  .number()
  .pipe(z.int().min(1).max(100))
  .default(50)
  .openapi({ type: "integer", minimum: 1, maximum: 100, default: 50 });

export const Cursor = z
  .string()
  .max(500)
  .optional()
  .openapi({ description: "`next_cursor` of the previous page." });

/** "a,b" as ["a", "b"]. */
export function commaList<Word extends z.ZodType<string, string>>(
  word: Word,
): z.ZodPipe<z.ZodTransform<string[], string>, z.ZodArray<Word>> {
  return z.pipe(
    z.transform((text: string) => text.split(",").filter((part) => part !== "")),
    z.array(word),
  );
}

/** One page of at most `limit` of the `limit + 1` rows that were read. */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  limit: number,
  cursorOf: (last: Row) => string,
  items: (rows: Row[]) => Item[],
): { data: Item[]; has_more: boolean; next_cursor: string | null } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const hasMore = rows.length > limit && last !== undefined;
  return { data: items(page), has_more: hasMore, next_cursor: hasMore ? cursorOf(last) : null };
}
