import type { RequestedMessage } from "../../../client-messages/read-requested.ts";
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
    client_message?: RequestedMessage;
  };
}

/** Renders lines of the journal for deliveries. `contextOf` is asked each time: it holds the time. */
export function renderOutbound(
  db: Database,
  contextOf: () => WabaContext,
  readMessages: ReadMessages,
): RenderEvents {
  return async (seqs) => {
    const events = await renderLines(db, contextOf(), await readJournalLines(db, seqs));
    const messages = await readMessages(events.flatMap(({ data }) => data.client_message_id ?? []));
    return new Map(
      events.map((event) => {
        const { client, message } = { client: event.data.waba.client, message: messageIn(messages, event) };
        return [event.id, { body: outboundOf(event, message), clientId: client.id }];
      }),
    );
  };
}

/** The messages to clients that events ask a receiver to send, by their id. */
export type ReadMessages = (ids: readonly string[]) => Promise<ReadonlyMap<string, RequestedMessage>>;

const messageIn = (messages: ReadonlyMap<string, RequestedMessage>, { data }: EventJson) =>
  messages.get(data.client_message_id ?? "");

function outboundOf(
  { id, type, at, number_id, sequence, data }: EventJson,
  message: RequestedMessage | undefined,
): OutboundEvent {
  const { waba, changed } = data;
  return {
    type,
    timestamp: at,
    data: {
      id,
      sequence,
      waba,
      changed,
      ...(number_id !== undefined && { number_id }),
      ...(message !== undefined && { client_message: message }),
    },
  };
}
