import type { HashedRow } from "../../../access/audit-store.ts";
import type { AuditLineJson } from "./audit-schema.ts";

/** `parseAuditLine` in src/access/verify-audit.ts reads it back. */
export function renderAuditLine(row: HashedRow): AuditLineJson {
  const { target_type: type, target_id: id, waba_id: wabaId } = row;
  const rest = {
    actor_name: row.actor_name,
    target: type === null || id === null ? null : { type, id, ...(wabaId !== null && { waba_id: wabaId }) },
    connection_id: row.connection_id,
    problem: row.problem,
    before: row.before,
    after: row.after,
    address: row.address,
    request_id: row.request_id,
  };
  return {
    ...{ id: String(row.id), at: row.at, actor: row.actor, action: row.action, outcome: row.outcome },
    ...(Object.fromEntries(
      Object.entries(rest).filter(([, value]) => value !== null),
    ) as Partial<AuditLineJson>),
    ...{ detail: row.detail, hash: row.hash.toString("hex") },
  };
}
