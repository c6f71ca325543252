import { StartError } from "../lib/start-error.ts";
import type { Examination } from "./check.ts";

/**
 * When the newest webhook was kept, ms since the epoch; null when none was, or when the database cannot be
 * read now.
 */
export async function readLastWebhookAt({ database }: Examination): Promise<number | null> {
  try {
    const db = await database();
    const [table] =
      (await db?.query<{ name: string | null }>("select to_regclass('inbox')::text as name")) ?? [];
    if (db === null || table?.name == null) return null;
    const [row] = await db.query<{ at: Date | null }>("select max(received_at) as at from inbox");
    return row?.at?.getTime() ?? null;
  } catch (error) {
    if (error instanceof StartError) return null;
    throw error;
  }
}
