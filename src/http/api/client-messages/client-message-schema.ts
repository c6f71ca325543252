import { z } from "@hono/zod-openapi";
import {
  CHANNELS,
  MESSAGE_KINDS,
  MESSAGE_STATES,
  TOPICS,
  WHYS,
} from "../../../client-messages/client-message.ts";
import { LANGUAGES, type Language } from "../../../messages/languages.ts";
import { Instant } from "../wabas/waba-schema.ts";

export const ClientMessageSchema = z
  .object({
    id: z.string().openapi({ example: "cmg_8k2m5v9q3w7x1z4c6b0n" }),
    topic: z.enum(TOPICS),
    kind: z.enum(MESSAGE_KINDS).openapi({
      description: "`first`, `fresh_link` and `manual` of a loss reach people who unsubscribed, too.",
    }),
    cause: z.string().openapi({
      example: "partner_removed",
      description: "The reason of the loss; of a warning, what it warns of.",
    }),
    why: z.enum(WHYS).openapi({ description: "Why it was sent." }),
    channel: z.enum(CHANNELS).openapi({
      description: "`event`: the event `client_message.requested` went out, and you send the message.",
    }),
    to: z.string().nullable().openapi({
      description: "The address. Null: no contact has one, or you send the message.",
    }),
    contact_name: z.string().nullable(),
    language: z.string(),
    created_by: z.string().openapi({ description: "An actor, or `system`." }),
    planned_at: Instant,
    state: z.enum(MESSAGE_STATES).openapi({
      description:
        "`sent`: the mail server took it. `bounced`: it did not arrive, and nothing more is sent to that address until its contact is edited. `failed`: given up after a day. `dropped`: not sent, for the reason in `detail`. `unknown`: Sharekeeper stopped while it was sent, or the mail server was given it and did not say whether it took it; it is not sent again.",
    }),
    attempts: z.int(),
    next_attempt_at: Instant.nullable(),
    ended_at: Instant.nullable(),
    detail: z
      .string()
      .nullable()
      .openapi({ description: "What the mail server said, or why it was not sent." }),
    opened_at: Instant.nullable().openapi({
      description: "When somebody first opened one of its links after it was planned.",
    }),
    wabas: z.array(z.object({ id: z.string(), name: z.string() })),
    link_ids: z.array(z.string()).openapi({ description: "The re-share links that it carried." }),
  })
  .openapi("ClientMessage");

export type ClientMessageJson = z.input<typeof ClientMessageSchema>;

export const REFUSALS = [
  "no_contact",
  "contacts_bounced",
  "mail_not_set_up",
  "nothing_to_tell",
  "recipient_unsubscribed",
  "recently_sent",
] as const;

export const SentSchema = z
  .object({
    message: ClientMessageSchema.nullable().openapi({ description: "What is sent; null for a preview." }),
    subject: z.string(),
    text: z.string(),
    html: z.string().nullable(),
    language: z.string(),
    recipients: z.array(z.object({ name: z.string().nullable(), address: z.string() })),
    refused_by: z
      .enum(REFUSALS)
      .nullable()
      .openapi({ description: "Of a preview: the problem that sending it now would have." }),
    is_example: z.boolean().openapi({
      description: "There is nothing to tell this client now: the words are those of a removed permission.",
    }),
  })
  .openapi("SentClientMessage");

export const Wish = z.strictObject({
  channel: z.literal("email"),
  preview: z.boolean().default(false).openapi({
    description: "Answers with the message and sends nothing. Its link does not count as opened by that.",
  }),
  language: z
    .enum(Object.keys(LANGUAGES) as [Language, ...Language[]])
    .optional()
    .openapi({ description: "In place of the contact's." }),
});
