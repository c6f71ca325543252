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
  return {
    id,
    at: new Date(line.at).toISOString(),
    connection_id: textOf(line.connectionId),
    actor: textOf(line.actor) ?? "",
    actor_name: textOf(line.actorName),
    action: textOf(line.action) ?? "",
    target_type: textOf(line.target?.type),
    target_id: textOf(line.target?.id),
    waba_id: textOf(line.target?.wabaId),
    outcome: line.outcome ?? "done",
    problem: textOf(line.problem),
    before: jsonOf(line.before ?? null),
    after: jsonOf(line.after ?? null),
    detail: jsonOf(line.detail ?? {}),
    address: textOf(line.address),
    request_id: textOf(line.requestId),
  };
}

const LONGEST_TEXT = 300;

/** As the database can keep it: well-formed, without NUL. A path may hold anything. */
const textOf = (text: string | null | undefined): string | null =>
  storable(text)?.slice(0, LONGEST_TEXT) ?? null;

const storable = (text: string | null | undefined): string | undefined =>
  text?.toWellFormed().replaceAll("\0", "\uFFFD");

/** The database keeps JSON, which has no `undefined`, and of texts only those that are storable. */
function jsonOf<Value>(value: Value): Value {
  const text = JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "string" ? storable(inner) : inner,
  );
  return JSON.parse(text) as Value;
}

type Fields = Record<string, unknown>;

/** The fields that differ between two states. Null: there was nothing, or nothing is left. */
export function changesOf(
  before: Fields | null | undefined,
  after: Fields | null | undefined,
): Pick<AuditLine, "before" | "after"> {
  if (before === undefined && after === undefined) return {};
  const names = Object.keys({ ...before, ...after }).filter(
    (name) => canonicalize(before?.[name] ?? null) !== canonicalize(after?.[name] ?? null),
  );
  const pick = (state: Fields | null | undefined): Fields | null =>
    state ? Object.fromEntries(names.map((name) => [name, state[name] ?? null])) : null;
  return { before: pick(before), after: pick(after) };
}

/** The hash before the first line. */
export const FIRST_HASH = Buffer.alloc(32);

/** SHA-256 of the hash before and of the row as canonical JSON (RFC 8785). 32 bytes. */
export function auditHashOf(before: Buffer, row: AuditRow): Buffer {
  const text = canonicalize(row) ?? "";
  return createHash("sha256").update(before).update(text).digest();
}
