import type { Sql } from "../database/database.ts";

/** An instance reports twice a minute: one that was silent for so long is gone. */
const GONE_AFTER = "interval '2 minutes'";

/** What an instance knows of the data keys. */
export interface KeyringInstance {
  id: string;
  /** The ids of the keys that it can open with. */
  known: readonly string[];
  sealsWith: string;
}

/** The instance is there, and forgets those that are gone. */
export async function saveKeyringInstance(
  sql: Sql,
  { id, known, sealsWith }: KeyringInstance,
): Promise<void> {
  await sql.query(
    `insert into keyring_instance (id, known, seals_with, seen_at) values ($1, $2, $3, now())
     on conflict (id) do update
       set known = excluded.known, seals_with = excluded.seals_with, seen_at = excluded.seen_at`,
    [id, known, sealsWith],
  );
  await sql.query(`delete from keyring_instance where seen_at < now() - ${GONE_AFTER}`);
}

/** The instances that run. */
export async function readKeyringInstances(sql: Sql): Promise<KeyringInstance[]> {
  const rows = await sql.query<{ id: string; known: string[]; seals_with: string }>(
    `select id, known, seals_with from keyring_instance where seen_at >= now() - ${GONE_AFTER} order by id`,
  );
  return rows.map(({ id, known, seals_with: sealsWith }) => ({ id, known, sealsWith }));
}

/** No instance runs: this process holds the embedded database alone. */
export async function forgetKeyringInstances(sql: Sql): Promise<void> {
  await sql.query("delete from keyring_instance");
}

export async function deleteKeyringInstance(sql: Sql, id: string): Promise<void> {
  await sql.query("delete from keyring_instance where id = $1", [id]);
}
