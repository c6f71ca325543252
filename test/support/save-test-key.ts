import type { Actor } from "../../src/access/actor.ts";
import { actorOf } from "../../src/access/actor.ts";
import { keyHashOf } from "../../src/access/api-key.ts";
import { saveApiKey } from "../../src/access/api-key-store.ts";
import type { Sql } from "../../src/database/database.ts";

/** A key of the Partner API whose text is `key`. Rest of `limits`: as for a key of the role alone. */
export async function saveTestKey(
  sql: Sql,
  key: string,
  limits: Partial<Actor> & { expiresAt?: number | null } = {},
): Promise<Actor> {
  const { expiresAt = null, ...own } = limits;
  const actor = { ...actorOf(`key_${key.replace(/\W/g, "_")}`, key, "viewer"), ...own };
  await saveApiKey(
    sql,
    { ...actor, prefix: `shk_${key}`, createdBy: "test", createdAt: 0, expiresAt },
    keyHashOf(key),
  );
  return actor;
}
