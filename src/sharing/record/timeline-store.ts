import type { Sql, Tx } from "../../database/database.ts";
import type { JournalData } from "./journal-store.ts";

/**
 * Something seen or done, kept for ever: a hint with Meta's text as sent, a probe that mattered, a command.
 */
export interface NewObservation {
  connectionId: string;
  assetId: string;
  at: number;
  kind: "hint" | "probe" | "command";
  source: string;
  title: string;
  detail: string | null;
  actor: string;
  requestId: string | null;
  evidence: unknown;
}

/** Entries of one WABA or of several, in this order, with one statement. */
export async function appendTimeline(tx: Tx, entries: readonly NewObservation[]): Promise<void> {
  if (entries.length === 0) return;
  const rows = entries.map(({ connectionId, assetId, requestId, at, ...seen }, n) => ({
    ...seen,
    ...{ n, connection_id: connectionId, asset_id: assetId, request_id: requestId },
    at: new Date(at).toISOString(),
  }));
  await tx.query(
    `insert into observation (connection_id, asset_id, at, kind, source, title, detail, actor, request_id,
      evidence)
     select connection_id, asset_id, at, kind, source, title, detail, actor, request_id, evidence
     from jsonb_to_recordset($1::jsonb) as seen
       (n int, connection_id text, asset_id text, at timestamptz, kind text, source text, title text,
         detail text, actor text,
        request_id text, evidence jsonb)
     order by n`,
    [JSON.stringify(rows)],
  );
}

/**
 * Which of these notices are already on the timelines of these WABAs. `since`: no such entry is older, ms
 * since the epoch.
 */
export async function findAnnouncedNotices(
  tx: Tx,
  { assetIds, deliveries, since }: { assetIds: string[]; deliveries: string[]; since: number },
): Promise<Set<string>> {
  const rows = await tx.query<{ delivery: string }>(
    `select evidence ->> 'delivery' as delivery from observation
     where asset_id = any($1) and at >= $2 and kind = 'hint' and evidence ->> 'delivery' = any($3)`,
    [assetIds, new Date(since), deliveries],
  );
  return new Set(rows.map((row) => row.delivery));
}

export interface TimelineEntry {
  id: string;
  /** The order of recording, over observations and transitions. */
  seq: string;
  at: Date;
  kind: "hint" | "probe" | "command" | "transition";
  source: string;
  title: string;
  detail: string | null;
  actor: string;
  requestId: string | null;
  /** Of a transition that concerns one number alone. */
  numberId: string | null;
  evidence: unknown;
}

interface Row {
  id: string;
  seq: string;
  at: Date;
  kind: TimelineEntry["kind"];
  source: string;
  title: string;
  detail: string | null;
  actor: string;
  request_id: string | null;
  number_id: string | null;
  evidence: unknown;
}

/** Lines of the journal whose step has another entry that says the same. */
const TOLD_BY_OTHERS = [
  ...["waba.case.changed", "waba.note.added", "subscription.repaired", "waba.onboarding.completed"],
  ...["waba.repair.link_created", "waba.repair.opened", "waba.repair.failed", "waba.repair.completed"],
  "client_message.requested",
]
  .map((type) => `'${type}'`)
  .join(", ");

/** Where a page ended. */
export type TimelineCursor = Pick<TimelineEntry, "seq" | "id">;

/**
 * Observations, commands and transitions of a WABA, the one recorded last first: a clock that was set back
 * does not change the order. A transition comes above its cause.
 */
export async function readTimeline(
  sql: Sql,
  assetId: string,
  before: TimelineCursor | null,
  limit: number,
): Promise<TimelineEntry[]> {
  const rows = await sql.query<Row>(
    `select * from (
       select 'obs_' || lpad(id::text, 19, '0') as id, seq, at, kind, source, title, detail, actor,
         request_id,
              null as number_id, evidence
         from observation where asset_id = $1
       union all
       select 'seq_' || lpad(seq::text, 19, '0'), seq, at,
              case when type like 'reshare.%' then 'command' else 'transition' end,
              case when type like 'reshare.%' and actor = 'client' then 'client' else 'system' end, type,
                null, actor, request_id, number_id, data
         from journal where asset_id = $1 and type not in (${TOLD_BY_OTHERS})
     ) entry
     where $2::bigint is null or (seq, id) < ($2, $3)
     order by seq desc, id desc limit $4`,
    [assetId, before?.seq ?? null, before?.id ?? "", limit],
  );
  return rows.map(({ request_id, number_id, ...entry }) => ({
    ...entry,
    requestId: request_id,
    numberId: number_id,
  }));
}

export function isTransitionData(evidence: unknown): evidence is JournalData {
  return typeof evidence === "object" && evidence !== null && "state" in evidence && "changed" in evidence;
}
