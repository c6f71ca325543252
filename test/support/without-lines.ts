import type { Sql } from "../../src/database/database.ts";

/** Runs `work` while the audit takes no line of this action, as if the disk were full. */
export async function withoutLines(db: Sql, action: string, work: () => Promise<void>): Promise<void> {
  await db.query(`create function take_no_line() returns trigger language plpgsql as $$
    begin raise exception 'no line is taken'; end $$`);
  await db.query(`create trigger take_no_line before insert on audit for each row
    when (new.action = '${action}') execute function take_no_line()`);
  try {
    await work();
  } finally {
    await db.query("drop trigger take_no_line on audit");
    await db.query("drop function take_no_line()");
  }
}
