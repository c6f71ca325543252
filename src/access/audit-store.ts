import { lockNames } from "../database/lock-names.ts";
import type { Sql, Tx } from "../database/database.ts";
import { auditHashOf, auditRowOf, FIRST_HASH, type AuditLine, type AuditRow } from "./audit-line.ts";

/** Held by whoever appends or drops lines, until the end of its transaction. */
export const AUDIT_LOCK = "sharekeeper.audit";

/**
 * Appends one line to the chain, in the transaction of its act. One transaction at a time appends, until its
 * commit: call it last, after the journal, so that two transactions never wait for each other.
 */
export async function appendAudit(tx: Tx, line: AuditLine): Promise<void> {
  await lockNames(tx, AUDIT_LOCK);
  const last = await findAuditHead(tx);
  const row = auditRowOf((last?.id ?? 0) + 1, line);
  const hash = auditHashOf(last?.hash ?? FIRST_HASH, row);
  await tx.query(
    `insert into audit (id, at, connection_id, actor, actor_name, action, target_type, target_id, waba_id,
       outcome, problem, before, after, detail, address, request_id, hash)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::jsonb, $13::jsonb, $14::jsonb, $15, $16,
       $17)`,
    [
      ...[row.id, new Date(line.at), row.connection_id, row.actor, row.actor_name, row.action],
      ...[row.target_type, row.target_id, row.waba_id, row.outcome, row.problem],
      ...[jsonOf(row.before), jsonOf(row.after), jsonOf(row.detail), row.address, row.request_id, hash],
    ],
  );
}

const jsonOf = (value: object | null): string | null => (value === null ? null : JSON.stringify(value));

/** The newest line, also when it was dropped as old; undefined before the first one. */
export async function findAuditHead(sql: Sql): Promise<{ id: number; hash: Buffer } | undefined> {
  const [last] = await sql.query<{ id: string; hash: Buffer }>(
    `select id, hash from (
       (select id, hash from audit order by id desc limit 1)
       union all (select id, hash from audit_anchor order by id desc limit 1)
     ) as ends order by id desc limit 1`,
  );
  return last && { id: Number(last.id), hash: last.hash };
}

/** The last line that was dropped as old; undefined when none was. */
export async function findAuditAnchor(sql: Sql): Promise<{ id: number; hash: Buffer } | undefined> {
  const [last] = await sql.query<{ id: string; hash: Buffer }>(
    "select id, hash from audit_anchor order by id desc limit 1",
  );
  return last && { id: Number(last.id), hash: last.hash };
}

/** A line as it is kept. */
export type HashedRow = AuditRow & { hash: Buffer };

/** Which lines; null: all. Instants: ms since the epoch. */
export interface AuditFilter {
  actor: string | null;
  action: string | null;
  wabaId: string | null;
  targetId: string | null;
  outcome: string | null;
  from: number | null;
  /** Not included. */
  until: number | null;
}

export const EVERY_LINE: AuditFilter = {
  ...{ actor: null, action: null, wabaId: null, targetId: null, outcome: null, from: null, until: null },
};

/** The lines before (newest first) or after (oldest first) the id `from`, which is not included. */
export async function readAudit(
  sql: Sql,
  filter: AuditFilter,
  page: { order: "newest" | "oldest"; from: number | null; limit: number },
): Promise<HashedRow[]> {
  const isNewest = page.order === "newest";
  const rows = await sql.query<Omit<HashedRow, "id" | "at"> & { id: string; at: Date }>(
    `select id, at, connection_id, actor, actor_name, action, target_type, target_id, waba_id, outcome,
       problem, before, after, detail, address, request_id, hash
     from audit
     where ($1::text is null or actor = $1) and ($2::text is null or action = $2)
       and ($3::text is null or waba_id = $3) and ($4::text is null or target_id = $4)
       and ($5::text is null or outcome = $5) and ($6::timestamptz is null or at >= $6)
       and ($7::timestamptz is null or at < $7)
       and ($8::bigint is null or id ${isNewest ? "<" : ">"} $8)
     order by id ${isNewest ? "desc" : "asc"} limit $9`,
    [
      ...[filter.actor, filter.action, filter.wabaId, filter.targetId, filter.outcome],
      ...[dateOf(filter.from), dateOf(filter.until), page.from, page.limit],
    ],
  );
  return rows.map((row) => ({ ...row, id: Number(row.id), at: row.at.toISOString() }));
}

const dateOf = (at: number | null): Date | null => (at === null ? null : new Date(at));
