import { createHash } from "node:crypto";
import canonicalize from "canonicalize";

/** What an act was done to. */
export interface AuditTarget {
  /** waba, number, client, person, api_key, … */
  type: string;
  id: string;
  /** Meta's id of the WABA that it is about, if it is about one. */
  wabaId?: string | null;
}

/** One act of somebody's. `at`: ms since the epoch. `before`, `after` and `detail` never hold a secret. */
export interface AuditLine {
  at: number;
  connectionId?: string | null;
  /** Actor.id, or the name of a part of ours that acted by itself. */
  actor: string;
  actorName?: string | null;
  /** Noun and verb, such as "channel_key.created". */
  action: string;
  target?: AuditTarget | null;
  /** refused: the caller may not, or the input does not allow it; failed: we could not. Default: done. */
  outcome?: "done" | "refused" | "failed";
  /** The code of the problem that was answered, for what was not done. */
  problem?: string | null;
  before?: Record<string, unknown> | null;
  after?: Record<string, unknown> | null;
  detail?: Record<string, unknown>;
  /** From where. */
  address?: string | null;
  requestId?: string | null;
}

/** A line in the form in which it is kept, read back and hashed; `id` counts without gaps. */
export type AuditRow = {
  id: number;
  at: string;
  connection_id: string | null;
  actor: string;
  actor_name: string | null;
  action: string;
  target_type: string | null;
  target_id: string | null;
  waba_id: string | null;
  outcome: "done" | "refused" | "failed";
  problem: string | null;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  detail: Record<string, unknown>;
  address: string | null;
  request_id: string | null;
};

export function auditRowOf(id: number, line: AuditLine): AuditRow {
  // The database keeps JSON, which has no `undefined`.
  const json = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value)) as Value;
  return {
    id,
    at: new Date(line.at).toISOString(),
    connection_id: line.connectionId ?? null,
    actor: line.actor,
    actor_name: line.actorName ?? null,
    action: line.action,
    target_type: line.target?.type ?? null,
    target_id: line.target?.id ?? null,
    waba_id: line.target?.wabaId ?? null,
    outcome: line.outcome ?? "done",
    problem: line.problem ?? null,
    before: json(line.before ?? null),
    after: json(line.after ?? null),
    detail: json(line.detail ?? {}),
    address: line.address ?? null,
    request_id: line.requestId ?? null,
  };
}

/** The hash before the first line. */
export const FIRST_HASH = Buffer.alloc(32);

/** SHA-256 of the hash before and of the row as canonical JSON (RFC 8785). 32 bytes. */
export function auditHashOf(before: Buffer, row: AuditRow): Buffer {
  const text = canonicalize(row) ?? "";
  return createHash("sha256").update(before).update(text).digest();
}
