import { z } from "@hono/zod-openapi";
import { Instant, WabaSchema } from "./waba-schema.ts";

export const EventSchema = z
  .object({
    id: z.string().openapi({ example: "42", description: "What `after` and `Last-Event-ID` take." }),
    type: z.string().openapi({ example: "waba.share.lost" }),
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
