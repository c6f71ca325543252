import type { Sql } from "../database/database.ts";

/** A link that lets a client into its portal once. Only its hash is kept. Instants: ms since the epoch. */
export interface PortalLink {
  hash: Buffer;
  clientId: string;
  createdBy: string;
  createdAt: number;
  expiresAt: number;
}

export async function insertPortalLink(sql: Sql, link: PortalLink): Promise<void> {
  await sql.query(
    `insert into sign_in_link (hash, kind, client_id, created_by, created_at, expires_at)
     values ($1, 'portal', $2, $3, $4, $5)`,
    [link.hash, link.clientId, link.createdBy, new Date(link.createdAt), new Date(link.expiresAt)],
  );
}

/** The client of this link, which counts once; else why it lets nobody in. */
export async function takePortalLink(
  sql: Sql,
  hash: Buffer,
  now: number,
): Promise<{ clientId: string } | { refused: "used" | "expired" | "invalid" }> {
  const [taken] = await sql.query<{ client_id: string }>(
    `update sign_in_link set used_at = $2
     where hash = $1 and kind = 'portal' and used_at is null and expires_at > $2 returning client_id`,
    [hash, new Date(now)],
  );
  if (taken !== undefined) return { clientId: taken.client_id };
  const [known] = await sql.query<{ is_used: boolean }>(
    "select used_at is not null as is_used from sign_in_link where hash = $1 and kind = 'portal'",
    [hash],
  );
  if (known === undefined) return { refused: "invalid" };
  return { refused: known.is_used ? "used" : "expired" };
}
