import { isLimited, type Limits } from "../../../access/actor.ts";
import type { Database, Sql } from "../../../database/database.ts";
import { Problem } from "../../../problems.ts";
import { findNewestSeq, readJournal, type JournalLine } from "../../../sharing/record/journal-store.ts";
import type { EventBatch, EventJson } from "./event-schema.ts";
import { readViewsOf } from "../wabas/read-wabas.ts";
import { renderWaba, type WabaContext, type WabaView } from "../wabas/render-waba.ts";

/**
 * Up to `limit` events after an id, each with its WABA as derived at that time: of the WABAs that the reader
 * may see.
 */
export async function readEvents(
  db: Database,
  context: WabaContext,
  afterId: string,
  limit: number,
  within: Limits,
): Promise<EventBatch> {
  // Read before the lines, so that a reader of few WABAs may go on from there and misses none.
  const newest = isLimited(within) ? await findNewestSeq(db) : "0";
  const lines = await readJournal(db, afterId, limit, within);
  const events = await renderLines(db, context, lines);
  const last = lines.at(-1)?.seq ?? afterId;
  const isAtEnd = lines.length < limit && BigInt(newest) > BigInt(last);
  return { events, lastId: isAtEnd ? newest : last };
}

/** The lines as events, without those of WABAs that are no longer known. */
export async function renderLines(
  db: Sql,
  context: WabaContext,
  lines: readonly JournalLine[],
): Promise<EventJson[]> {
  const stated = lines.map((line) => ({ assetId: line.assetId, state: line.data.state }));
  const views = new Map((await readViewsOf(db, stated)).map((view) => [view.state, view]));
  return lines.flatMap((line) => {
    const view = views.get(line.data.state);
    return view === undefined ? [] : [renderEvent(line, view, context)];
  });
}

function renderEvent(line: JournalLine, view: WabaView, context: WabaContext): EventJson {
  return {
    id: line.seq,
    type: line.type,
    at: line.at.toISOString(),
    waba_id: view.asset.wabaId,
    ...(line.numberId !== null && { number_id: line.numberId }),
    sequence: line.sequence,
    data: {
      waba: renderWaba(view, context),
      changed: line.data.changed,
      ...(line.data.clientMessageId !== undefined && { client_message_id: line.data.clientMessageId }),
    },
  };
}

/** An event's id, or a problem that says what to send. 18 digits fit into the database's bigint. */
export function parseEventId(text: string): string {
  if (!/^\d{1,18}$/.test(text)) throw new Problem("invalid_cursor");
  return text;
}
