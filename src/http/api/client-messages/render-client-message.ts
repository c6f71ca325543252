import type { ClientMessage } from "../../../client-messages/client-message.ts";
import { readOpened } from "../../../client-messages/message-store.ts";
import type { Sql } from "../../../database/database.ts";
import { findAssets } from "../../../directory/asset-store.ts";
import { english } from "../../../messages/english.ts";
import { isoOf, isoOrNull } from "../wabas/render-waba.ts";
import type { ClientMessageJson } from "./client-message-schema.ts";

/** Messages as the API shows them. */
export async function renderClientMessages(
  sql: Sql,
  messages: readonly ClientMessage[],
): Promise<ClientMessageJson[]> {
  const assets = await findAssets(sql, [...new Set(messages.flatMap(({ assetIds }) => assetIds))]);
  const wabas = new Map(assets.map(({ id, wabaId, name }) => [id, { id: wabaId, name }]));
  const opened = await readOpened(
    sql,
    messages.map(({ id }) => id),
  );
  return messages.map((message) => ({
    ...{ id: message.id, topic: message.topic, kind: message.kind, cause: message.cause, why: message.why },
    ...{ channel: message.channel, to: message.recipient, contact_name: message.contactName },
    ...{ language: message.language, created_by: message.createdBy, state: message.state },
    planned_at: isoOf(message.plannedAt),
    attempts: message.attemptCount,
    next_attempt_at: isoOrNull(message.nextAttemptAt),
    ended_at: isoOrNull(message.endedAt),
    detail: detailOf(message.detail),
    opened_at: isoOrNull(opened.get(message.id) ?? null),
    wabas: message.assetIds.flatMap((assetId) => wabas.get(assetId) ?? []),
    link_ids: [...message.linkIds],
  }));
}

/** A word of ours as a sentence, else what the mail server said. */
function detailOf(detail: string | null): string | null {
  const key = `client_message_detail.${detail ?? ""}`;
  return english.has(key) ? english(key) : detail;
}
