import type { Sql } from "../database/database.ts";

/** A link that lets somebody in once. The token itself is never kept, only its hash. Instants: ms. */
export interface SignInLink {
  kind: "first_admin" | "invitation";
  /** An invitation: of whom. */
  personId: string | null;
  createdBy: string;
  createdAt: number;
  expiresAt: number;
}

export async function saveSignInLink(sql: Sql, link: SignInLink, hash: Buffer): Promise<void> {
  await sql.query(
    `insert into sign_in_link (hash, kind, person_id, created_by, created_at, expires_at)
     values ($1, $2, $3, $4, $5, $6)`,
    [
      ...[hash, link.kind, link.personId, link.createdBy],
      ...[new Date(link.createdAt), new Date(link.expiresAt)],
    ],
  );
}

/** Ends the unused links of a kind: those of one person, or those of nobody. */
export async function deleteUnusedLinks(
  sql: Sql,
  kind: SignInLink["kind"],
  personId: string | null,
): Promise<void> {
  await sql.query(
    `delete from sign_in_link
     where kind = $1 and used_at is null and person_id is not distinct from $2`,
    [kind, personId],
  );
}

/** The person of the link that may be used at `now`; undefined when it is unknown, used, or has expired. */
export async function findUsableLink(
  sql: Sql,
  kind: SignInLink["kind"],
  hash: Buffer,
  now: number,
): Promise<{ personId: string | null } | undefined> {
  const [row] = await sql.query<{ person_id: string | null }>(
    `select person_id from sign_in_link
     where hash = $1 and kind = $2 and used_at is null and expires_at > $3`,
    [hash, kind, new Date(now)],
  );
  return row && { personId: row.person_id };
}

/** Uses the link up. False when somebody was faster, or it has ended. */
export async function claimLink(
  sql: Sql,
  kind: SignInLink["kind"],
  hash: Buffer,
  now: number,
): Promise<boolean> {
  const rows = await sql.query(
    `update sign_in_link set used_at = $3
     where hash = $1 and kind = $2 and used_at is null and expires_at > $3 returning hash`,
    [hash, kind, new Date(now)],
  );
  return rows.length > 0;
}
