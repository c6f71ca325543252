import type { Sql } from "../database/database.ts";

/** One act of somebody's. `at`: ms since the epoch. `detail` never holds secrets. */
export interface AuditLine {
  at: number;
  connectionId?: string | null;
  /** Actor.id, or the name of a part of ours that acted by itself. */
  actor: string;
  requestId?: string | null;
  /** Noun and verb, such as "channel_key.create". */
  action: string;
  /** The id of what it was done to. */
  target?: string | null;
  detail?: Record<string, unknown>;
}

/** Lines are only ever appended. */
export async function appendAudit(sql: Sql, line: AuditLine): Promise<void> {
  await sql.query(
    `insert into audit (at, connection_id, actor, request_id, action, target, detail)
     values ($1, $2, $3, $4, $5, $6, $7::jsonb)`,
    [
      new Date(line.at),
      line.connectionId ?? null,
      line.actor,
      line.requestId ?? null,
      line.action,
      line.target ?? null,
      JSON.stringify(line.detail ?? {}),
    ],
  );
}

/** What was done to `target`, newest first. */
export async function readAudit(sql: Sql, target: string, limit: number): Promise<AuditLine[]> {
  const rows = await sql.query<{
    at: Date;
    connection_id: string | null;
    actor: string;
    request_id: string | null;
    action: string;
    target: string | null;
    detail: Record<string, unknown>;
  }>(
    `select at, connection_id, actor, request_id, action, target, detail from audit
     where target = $1 order by id desc limit $2`,
    [target, limit],
  );
  return rows.map((row) => ({
    at: row.at.getTime(),
    connectionId: row.connection_id,
    actor: row.actor,
    requestId: row.request_id,
    action: row.action,
    target: row.target,
    detail: row.detail,
  }));
}
