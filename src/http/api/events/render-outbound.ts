import type { Database } from "../../../database/database.ts";
import type { RenderEvents } from "../../../delivery/deliver-webhooks.ts";
import { readJournalLines } from "../../../sharing/record/journal-store.ts";
import type { WabaContext } from "../wabas/render-waba.ts";
import type { EventJson } from "./event-schema.ts";
import { renderLines } from "./read-events.ts";

/** What is delivered: the type, when it happened, and all that was known of the WABA at that time. */
interface OutboundEvent {
  type: string;
  timestamp: string;
  data: {
    id: string;
    sequence: number;
    waba: EventJson["data"]["waba"];
    changed: string[];
    number_id?: string;
  };
}

/** Renders lines of the journal for deliveries. `contextOf` is asked each time: it holds the time. */
export function renderOutbound(db: Database, contextOf: () => WabaContext): RenderEvents {
  return async (seqs) => {
    const events = await renderLines(db, contextOf(), await readJournalLines(db, seqs));
    return new Map(
      events.map((event) => [event.id, { body: outboundOf(event), clientId: event.data.waba.client.id }]),
    );
  };
}

function outboundOf({ id, type, at, number_id, sequence, data }: EventJson): OutboundEvent {
  const { waba, changed } = data;
  return {
    type,
    timestamp: at,
    data: { id, sequence, waba, changed, ...(number_id !== undefined && { number_id }) },
  };
}
