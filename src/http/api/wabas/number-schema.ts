import { z } from "@hono/zod-openapi";
import { Instant, NumberSchema, Reason, WabaSchema } from "./waba-schema.ts";

export const NumberPageSchema = NumberSchema.extend({
  profile: z
    .record(z.string(), z.unknown())
    .openapi({ description: "The number's profile at Meta, from the last probe that could read it." }),
  profile_read_at: Instant.nullable().openapi({
    description:
      "When a probe last read the profile; later changes at Meta are not included. Null when not known.",
  }),
  waba: WabaSchema.pick({
    id: true,
    name: true,
    client: true,
    kind: true,
    status: true,
    status_label: true,
    status_line: true,
    lamp: true,
    reason: true,
    since: true,
    who_must_act: true,
    summary: true,
    hub_error: true,
  }),
}).openapi("NumberPage");

export const CanSendSchema = z
  .object({
    id: z.string(),
    phone_number_id: z.string(),
    can_send: z.boolean(),
    reason: Reason.nullable().openapi({
      description:
        "Why the number cannot send. For a number that can: what is not known now, or null. The same as in `GET /numbers/{id}`.",
    }),
    since: Instant,
    as_of: Instant.openapi({
      description: "When the deciding fact was last observed, by a probe, an event or a command.",
    }),
    stale: z.boolean().openapi({
      description:
        "True when the answer rests on an old observation: the current state is not known, and `reason` says why.",
    }),
  })
  .openapi("CanSend");

export const CommerceSettingsSchema = z
  .object({
    data: z.array(
      z.object({ id: z.string(), is_cart_enabled: z.boolean(), is_catalog_visible: z.boolean() }),
    ),
  })
  .openapi("CommerceSettings");

export type CanSendJson = z.input<typeof CanSendSchema>;
export type CommerceSettingsJson = z.input<typeof CommerceSettingsSchema>;
export type NumberPageJson = z.input<typeof NumberPageSchema>;
