import { auditHashOf, FIRST_HASH, type AuditRow } from "./audit-line.ts";
import type { HashedRow } from "./audit-store.ts";

/** A place in the chain: the id of a line and its hash. */
export interface ChainPoint {
  id: number;
  hash: Buffer;
}

/** Before the first line of all. */
export const CHAIN_BEGIN: ChainPoint = { id: 0, hash: FIRST_HASH };

/** The first line that does not fit, and why; or that all do. `head` is the last line that fits. */
export type AuditVerdict = { count: number; head: ChainPoint } & (
  | { state: "intact" }
  | { state: "broken"; id: number; fault: "changed" | "removed" | "inserted" | "cut_off" | "head_differs" }
);

/**
 * Computes the chain again, line by line, from `begin`.
 *
 * @param known a head that was noted before, such as in the log: the chain must still hold it
 */
export async function verifyAudit(
  lines: AsyncIterable<HashedRow>,
  begin: ChainPoint,
  known: ChainPoint | null = null,
): Promise<AuditVerdict> {
  let head = begin;
  let count = 0;
  for await (const { hash, ...row } of lines) {
    const fault = faultOf(row, hash, head);
    if (fault !== null)
      return { state: "broken", id: fault === "removed" ? head.id + 1 : row.id, fault, count, head };
    head = { id: row.id, hash };
    count += 1;
    if (known?.id === head.id && !known.hash.equals(hash))
      return { state: "broken", id: head.id, fault: "head_differs", count, head };
  }
  if (known !== null && known.id > head.id)
    return { state: "broken", id: head.id + 1, fault: "cut_off", count, head };
  return { state: "intact", count, head };
}

function faultOf(row: AuditRow, hash: Buffer, head: ChainPoint): "changed" | "removed" | "inserted" | null {
  if (row.id > head.id + 1) return "removed";
  if (row.id <= head.id) return "inserted";
  return auditHashOf(head.hash, row).equals(hash) ? null : "changed";
}
