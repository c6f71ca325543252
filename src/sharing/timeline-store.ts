import type { Sql, Tx } from "../database/database.ts";
import type { JournalData } from "./journal-store.ts";

/** Something seen or done, kept for ever: a hint with Meta's words as sent, a look that mattered, an act. */
export interface NewObservation {
  connectionId: string;
  assetId: string;
  at: number;
  kind: "hint" | "look" | "act";
  source: string;
  title: string;
  detail: string | null;
  actor: string;
  requestId: string | null;
  evidence: unknown;
}

export async function appendObservation(tx: Tx, seen: NewObservation): Promise<void> {
  await tx.query(
    `insert into observation (connection_id, asset_id, at, kind, source, title, detail, actor, request_id, evidence)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      seen.connectionId,
      seen.assetId,
      new Date(seen.at),
      seen.kind,
      seen.source,
      seen.title,
      seen.detail,
      seen.actor,
      seen.requestId,
      seen.evidence === null ? null : JSON.stringify(seen.evidence),
    ],
  );
}

/** The same entry for each of these WABAs, in one statement. */
export async function appendObservations(
  tx: Tx,
  seen: Omit<NewObservation, "assetId">,
  assetIds: readonly string[],
): Promise<void> {
  await tx.query(
    `insert into observation (connection_id, asset_id, at, kind, source, title, detail, actor, request_id, evidence)
     select $1, asset_id, $3, $4, $5, $6, $7, $8, $9, $10::jsonb from unnest($2::text[]) as asset_id`,
    [
      seen.connectionId,
      assetIds,
      new Date(seen.at),
      seen.kind,
      seen.source,
      seen.title,
      seen.detail,
      seen.actor,
      seen.requestId,
      seen.evidence === null ? null : JSON.stringify(seen.evidence),
    ],
  );
}

/** Whether this WABA's timeline has this notice of this delivery already. `since`: no entry of it is older, ms since the epoch. */
export async function findToldNotice(
  tx: Tx,
  { assetId, delivery, since }: { assetId: string; delivery: string; since: number },
): Promise<boolean> {
  const rows = await tx.query(
    "select 1 from observation where asset_id = $1 and at >= $2 and kind = 'hint' and evidence ->> 'delivery' = $3 limit 1",
    [assetId, new Date(since), delivery],
  );
  return rows.length > 0;
}

export interface TimelineEntry {
  id: string;
  at: Date;
  kind: "hint" | "look" | "act" | "transition";
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

/** Where a page ended. */
export interface TimelineCursor {
  at: Date;
  id: string;
}

/** Observations, acts and transitions of a WABA, newest first; of one instant the transition comes above what caused it. */
export async function readTimeline(
  sql: Sql,
  assetId: string,
  before: TimelineCursor | null,
  limit: number,
): Promise<TimelineEntry[]> {
  const rows = await sql.query<Row>(
    `select * from (
       select 'obs_' || lpad(id::text, 19, '0') as id, at, kind, source, title, detail, actor, request_id,
              null as number_id, evidence
         from observation where asset_id = $1
       union all
       select 'seq_' || lpad(seq::text, 19, '0'), at, 'transition', 'system', type, null, actor, request_id, number_id, data
         from journal where asset_id = $1
     ) entry
     where $2::timestamptz is null or (at, id) < ($2, $3)
     order by at desc, id desc limit $4`,
    [assetId, before?.at ?? null, before?.id ?? "", limit],
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
