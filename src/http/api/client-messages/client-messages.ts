import { z } from "@hono/zod-openapi";
import type { ClientMessage } from "../../../client-messages/client-message.ts";
import { readMessages } from "../../../client-messages/message-store.ts";
import { readDraft, sendByHand, type Draft, type Refusal } from "../../../client-messages/send-by-hand.ts";
import { findClients } from "../../../directory/client-store.ts";
import { english } from "../../../messages/english.ts";
import { laterProblem, Problem } from "../../../problems.ts";
import { Cursor, Limit, listOf, pageOf } from "../../kit/list-schema.ts";
import { defineRoute, type Route } from "../../kit/route.ts";
import { getAssetId } from "../wabas/get-waba.ts";
import { WabaId } from "../wabas/wabas.ts";
import { ClientMessageSchema, SentSchema, Wish, type REFUSALS } from "./client-message-schema.ts";
import { renderClientMessages } from "./render-client-message.ts";

const list = defineRoute({
  method: "GET",
  path: "/api/v1/clients/{id}/messages",
  who: "viewer",
  name: "listClientMessages",
  group: "Directory",
  summary: "What was sent to a client, why, and whether it arrived, newest first",
  params: z.object({ id: z.string().max(100) }),
  query: z.strictObject({ limit: Limit, cursor: Cursor }),
  answer: {
    status: 200,
    description: "One page.",
    schema: listOf(ClientMessageSchema).openapi("ClientMessageList"),
  },
  problems: ["client_not_found", "invalid_cursor"],
  audit: null,
  async handle({ deps: { db }, params: { id }, query: { limit, cursor } }) {
    if ((await findClients(db, [id])).length === 0) throw new Problem("client_not_found", { id });
    const before = cursor === undefined ? null : parseCursor(cursor);
    const rows = await readMessages(db, id, { limit: limit + 1, before });
    const rendered = await renderClientMessages(db, rows.slice(0, limit));
    return { ...pageOf(rows, limit, cursorOf, () => []), data: rendered };
  },
});

const cursorOf = ({ plannedAt, id }: ClientMessage): string => `${plannedAt}.${id}`;

function parseCursor(text: string): { plannedAt: number; id: string } {
  const [, at, id = ""] = /^(\d{1,15})\.(cmg_\w{1,40})$/.exec(text) ?? [];
  if (at === undefined) throw new Problem("invalid_cursor");
  return { plannedAt: Number(at), id };
}

const send = defineRoute({
  method: "POST",
  path: "/api/v1/wabas/{waba_id}/client-messages",
  who: "support",
  scope: "reshare",
  name: "sendClientMessage",
  group: "WABAs",
  summary: "Write to the client of a WABA, or see what would be written",
  description:
    "The message goes to the first contact whose mail arrives, with the re-share link of the WABA. It counts as the first message of its loss: what Sharekeeper sends by itself follows after the usual gap.",
  params: WabaId,
  body: Wish,
  answer: { status: 200, description: "The message.", schema: SentSchema },
  problems: [
    ...(["waba_not_found", "no_contact", "contacts_bounced", "mail_not_set_up", "nothing_to_tell"] as const),
    ...(["recipient_unsubscribed", "recently_sent", "foreign_origin"] as const),
  ],
  audit: "client_message.sent",
  async handle({ deps, params, body, by, act }) {
    act.note({ detail: { preview: body.preview } });
    const assetId = await getAssetId(deps.db, params.waba_id);
    const wish = { assetId, language: body.language ?? null, actor: by.actor };
    const own = { ...deps, ...deps.messenger.sending };
    const drafted = await readDraft(own, wish);
    if (drafted === undefined) throw new Problem("waba_not_found", { id: params.waba_id });
    if (body.preview) return renderDraft(drafted, null);
    const sent = await sendByHand(own, wish);
    if (sent === undefined) throw new Problem("waba_not_found", { id: params.waba_id });
    if ("refusal" in sent) throw problemOf(sent.refusal);
    act.note({ detail: { preview: false, message_id: sent.message.id } });
    deps.messenger.wake();
    const [message] = await renderClientMessages(deps.db, [sent.message]);
    return renderDraft({ ...drafted, refusal: null }, message ?? null);
  },
});

function renderDraft(
  { words, message: { recipient, contactName }, refusal, isExample }: Draft,
  message: z.input<typeof ClientMessageSchema> | null,
): z.input<typeof SentSchema> {
  const { subject, text, html, language } = words;
  return {
    ...{ message, subject, text, html, language },
    recipients: recipient === null ? [] : [{ name: contactName, address: recipient }],
    refused_by: refusal === null ? null : CODES[refusal.is],
    is_example: isExample,
  };
}

const CODES: Record<Refusal["is"], (typeof REFUSALS)[number]> = {
  no_contact: "no_contact",
  all_bounced: "contacts_bounced",
  mail_not_set_up: "mail_not_set_up",
  nothing_to_tell: "nothing_to_tell",
  recipient_unsubscribed: "recipient_unsubscribed",
  recently_sent: "recently_sent",
};

function problemOf(refusal: Refusal): Problem {
  if (refusal.is === "recently_sent") return laterProblem("recently_sent", refusal.waitMs);
  if (refusal.is === "nothing_to_tell")
    return new Problem("nothing_to_tell", { why: english(`client_message_detail.${refusal.why}`) });
  return new Problem(CODES[refusal.is]);
}

export const clientMessageRoutes: Route[] = [list, send];
