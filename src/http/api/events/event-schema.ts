import { z } from "@hono/zod-openapi";
import type { ClientSignal } from "../../../sharing/model/client-signals.ts";
import { Instant, WabaSchema } from "../wabas/waba-schema.ts";

/** What the client does on its page comes in the same stream; `waba.client_signals` holds it. */
export const CLIENT_EVENTS = {
  "reshare.opened": "the client opened its link: once per loss, and again after 30 minutes",
  "reshare.step_reached": "the client opened Business Suite or the signup window, or left that window",
  "reshare.chose_another": "the client chose another account, number or portfolio in the signup window",
  "reshare.asked_fresh": "the client asked for a new link: the provider must act",
  "reshare.link_sent": "the provider copied the new link to send it",
  "reshare.app_works_again": "the banned app works again",
  "reshare.intended": "the client removed the access on purpose: nobody must act",
  "reshare.resumed": "the client wants to share again after all",
} satisfies Record<`reshare.${ClientSignal["is"]}`, string>;

const TYPES = `What happened. Of the client's page: ${Object.entries(CLIENT_EVENTS)
  .map(([type, words]) => `\`${type}\` (${words})`)
  .join(", ")}.`;

export const EventSchema = z
  .object({
    id: z.string().openapi({ example: "42", description: "Use it as `after` or `Last-Event-ID`." }),
    type: z.string().openapi({ example: "waba.share.lost", description: TYPES }),
    at: Instant,
    waba_id: z.string(),
    number_id: z.string().optional(),
    sequence: z.int().openapi({ description: "Counts per WABA." }),
    data: z.object({
      waba: WabaSchema,
      changed: z.array(z.string()),
      client_message_id: z.string().optional().openapi({
        description:
          "Of `client_message.requested`: the message. Deliveries to webhook endpoints carry its words.",
      }),
    }),
  })
  .openapi("Event");

export type EventJson = z.input<typeof EventSchema>;

export interface EventBatch {
  events: EventJson[];
  /** The id of the last line read, whether or not it became an event. */
  lastId: string;
}
