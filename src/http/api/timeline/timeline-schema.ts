import { z } from "@hono/zod-openapi";
import { Instant } from "../wabas/waba-schema.ts";

export const TimelineEntrySchema = z
  .object({
    id: z.string(),
    at: Instant,
    kind: z.enum(["hint", "probe", "transition", "command"]),
    source: z.string().openapi({ example: "event" }),
    title: z.string(),
    detail: z.string().nullable(),
    actor: z.string(),
    request_id: z.string().nullable(),
    evidence: z.record(z.string(), z.unknown()).nullable().openapi({
      description: "Meta's webhook as sent, the requests and answers of a probe, or the change.",
    }),
  })
  .openapi("TimelineEntry");

export type TimelineEntryJson = z.input<typeof TimelineEntrySchema>;
