import type { Tx } from "../database/database.ts";
import { appendTimeline } from "../sharing/record/timeline-store.ts";
import type { ClientMessage } from "./client-message.ts";

interface OfConnection {
  asset: { connectionId: string };
}

/**
 * An entry on the timeline of each WABA of a message. The timeline is kept for ever, so that it names the
 * message and not the person.
 */
export async function appendTold(
  tx: Tx,
  message: Pick<ClientMessage, "id" | "assetIds" | "kind" | "state" | "createdBy">,
  subjects: ReadonlyMap<string, OfConnection>,
  at: number,
): Promise<void> {
  const { id, kind, createdBy } = message;
  const title = `client_message.${message.state}`;
  await appendTimeline(
    tx,
    message.assetIds.flatMap((assetId) => {
      const connectionId = subjects.get(assetId)?.asset.connectionId;
      if (connectionId === undefined) return [];
      const entry = { kind: "command", source: "system", title, detail: null } as const;
      const by = { actor: createdBy, requestId: null, evidence: { message_id: id, kind } };
      return [{ ...entry, ...by, connectionId, assetId, at }];
    }),
  );
}

/** What could not be sent at all is on the timeline from its decision on. */
export async function appendDropped(
  tx: Tx,
  messages: readonly ClientMessage[],
  subjects: ReadonlyMap<string, OfConnection>,
  at: number,
): Promise<void> {
  for (const message of messages)
    if (message.state === "dropped") await appendTold(tx, message, subjects, at);
}
