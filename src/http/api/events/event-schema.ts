import { z } from "@hono/zod-openapi";
import type { ClientSignal } from "../../../sharing/model/client-signals.ts";
import { Instant, WabaSchema } from "../wabas/waba-schema.ts";

/** What the client says on its page comes with the same stream; `waba.client_signals` holds it. */
const CLIENT_EVENTS = {
  "reshare.opened": "the client opened its link: once a loss, and again after half an hour",
  "reshare.step_reached": "it opened Business Suite or the signup window, or left that window",
  "reshare.chose_another": "it chose another account, number or portfolio in the signup window",
  "reshare.asked_fresh": "it asked for a new link, so that the provider must act",
  "reshare.link_sent": "somebody took the link that it asked for",
  "reshare.app_works_again": "the banned app works again",
  "reshare.intended": "it took the access away on purpose, so that nobody must act",
  "reshare.resumed": "it wants the access back after all",
} satisfies Record<`reshare.${ClientSignal["is"]}`, string>;

const TYPES = `What happened. Of the client's page: ${Object.entries(CLIENT_EVENTS)
  .map(([type, words]) => `\`${type}\` (${words})`)
  .join(", ")}.`;

export const EventSchema = z
  .object({
    id: z.string().openapi({ example: "42", description: "What `after` and `Last-Event-ID` take." }),
    type: z.string().openapi({ example: "waba.share.lost", description: TYPES }),
    at: Instant,
    waba_id: z.string(),
    number_id: z.string().optional(),
    sequence: z.int().openapi({ description: "Counts per WABA." }),
    data: z.object({ waba: WabaSchema, changed: z.array(z.string()) }),
  })
  .openapi("Event");

export type EventJson = z.input<typeof EventSchema>;

export interface EventBatch {
  events: EventJson[];
  /** The id of the last line read, whether or not it could be told. */
  lastId: string;
}
