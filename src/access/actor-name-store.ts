import type { Sql } from "../database/database.ts";
import { ADMIN_KEY_ACTOR } from "./actor.ts";

/** The names of people and keys that exist, by id. */
export async function readActorNames(sql: Sql, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await sql.query<{ id: string; name: string }>(
    `select id, name from person where id = any($1)
     union all select id, name from api_key where id = any($1)`,
    [ids],
  );
  return new Map([
    ...rows.map(({ id, name }): [string, string] => [id, name]),
    [ADMIN_KEY_ACTOR.id, ADMIN_KEY_ACTOR.name],
  ]);
}
