import { lockNames } from "../database/lock-names.ts";
import type { Tx } from "../database/database.ts";
import { auditHashOf, auditRowOf, FIRST_HASH, type AuditLine } from "./audit-line.ts";

/**
 * Appends one line to the chain, in the transaction of its act. One transaction at a time appends, until its
 * commit: call it last, after the journal, so that two transactions never wait for each other.
 */
export async function appendAudit(tx: Tx, line: AuditLine): Promise<void> {
  await lockNames(tx, "sharekeeper.audit");
  const [last] = await tx.query<{ id: string; hash: Buffer }>(
    `select id, hash from (
       (select id, hash from audit order by id desc limit 1)
       union all (select id, hash from audit_anchor order by id desc limit 1)
     ) as ends order by id desc limit 1`,
  );
  const row = auditRowOf(Number(last?.id ?? 0) + 1, line);
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
