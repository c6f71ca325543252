import { z } from "@hono/zod-openapi";
import { Instant } from "../wabas/waba-schema.ts";

export const OUTCOMES = ["done", "refused", "failed"] as const;

const State = z.record(z.string(), z.unknown());

/** Fields that do not apply are left out. */
export const AuditLineSchema = z
  .object({
    id: z.string().openapi({ description: "Counts without gaps.", example: "4711" }),
    at: Instant,
    actor: z.string().openapi({
      description: "A person, a key, `client` (the holder of a link), `anyone`, or `system`.",
      example: "key_8k2m5v9q3w7x1z4c6b0n",
    }),
    actor_name: z.string().optional(),
    action: z.string().openapi({ example: "channel_key.created" }),
    target: z
      .object({
        type: z.string().openapi({ example: "channel_key" }),
        id: z.string(),
        waba_id: z.string().optional().openapi({ description: "Meta's id of the WABA that it is about." }),
      })
      .optional(),
    connection_id: z.string().optional(),
    outcome: z.enum(OUTCOMES).openapi({
      description: "refused: the caller may not, or its input does not allow it; failed: we could not.",
    }),
    problem: z.string().optional().openapi({ description: "The code of the problem that was answered." }),
    before: State.optional().openapi({ description: "What was changed, before." }),
    after: State.optional().openapi({ description: "The same, afterwards." }),
    detail: State,
    address: z.string().optional().openapi({ description: "From where." }),
    request_id: z.string().optional(),
    hash: z.string().openapi({
      description: "SHA-256 of the hash of the line before and of this line as canonical JSON, in hex.",
    }),
  })
  .openapi("AuditLine");

export type AuditLineJson = z.output<typeof AuditLineSchema>;
