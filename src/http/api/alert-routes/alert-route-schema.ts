import { z } from "@hono/zod-openapi";
import { isTimeZone } from "../../../alerting/quiet-hours.ts";
import { SEVERITIES } from "../../../alerting/rules.ts";
import { RuleName } from "../alerts/alert-schema.ts";
import { Instant } from "../wabas/waba-schema.ts";

const DAY_S = 86_400;
const Id = z.string().min(1).max(64);

const Match = z
  .strictObject({
    rule: RuleName.optional(),
    severity: z.enum(SEVERITIES).optional(),
    client_id: Id.optional(),
    tag: z.string().trim().min(1).max(100).optional().openapi({ description: "Of the WABA or its client." }),
    owner_id: Id.optional().openapi({ description: "Who is on the WABA, or looks after its client." }),
  })
  .openapi("AlertRouteMatch", {
    description: "Which alerts the route takes. All that is given must match; `{}` matches every alert.",
  });

const Time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "use a time of day from 00:00 to 23:59");

const QuietHoursSchema = z
  .strictObject({
    from: Time.openapi({ example: "22:00" }),
    to: Time.openapi({ example: "07:00" }),
    time_zone: z
      .string()
      .max(64)
      .refine(isTimeZone, "use a name of the IANA time zone database, such as Europe/Berlin")
      .openapi({ example: "Europe/Berlin" }),
  })
  .refine(({ from, to }) => from !== to, "`from` and `to` must differ")
  .openapi("QuietHours", {
    description:
      "Messages about warnings and infos wait until they end, and are not sent if the alert is over by then. Critical ones are sent at once.",
  });

const Channels = z.array(Id).max(20);
const Name = z.string().trim().min(1).max(100);
const Pending = z.int().min(0).max(DAY_S).nullable();
const KeepFiring = z.int().min(0).max(DAY_S).nullable();
const Repeat = z
  .int()
  .min(300)
  .max(30 * DAY_S)
  .nullable();
const Escalate = z
  .int()
  .min(60)
  .max(7 * DAY_S)
  .nullable();
const Position = z.int().min(1).max(10_000);

export const NewRoute = z.strictObject({
  name: Name,
  position: Position.optional().openapi({ description: "From 1. Left out: last." }),
  match: Match.default({}),
  channel_ids: Channels.default([]),
  pending_s: Pending.default(null),
  keep_firing_s: KeepFiring.default(null),
  repeat_s: Repeat.default(null),
  quiet_hours: QuietHoursSchema.nullable().default(null),
  escalate_after_s: Escalate.default(null),
  escalate_to: Channels.default([]),
});

export const RouteChange = z.strictObject({
  name: Name.optional(),
  position: Position.optional(),
  match: Match.optional(),
  channel_ids: Channels.optional(),
  pending_s: Pending.optional(),
  keep_firing_s: KeepFiring.optional(),
  repeat_s: Repeat.optional(),
  quiet_hours: QuietHoursSchema.nullable().optional(),
  escalate_after_s: Escalate.optional(),
  escalate_to: Channels.optional(),
});

export const AlertRouteSchema = z
  .object({
    id: z.string().openapi({ example: "rte_3k9x1m5t8q2w7z4v6b0n" }),
    name: z.string(),
    position: z.int().openapi({ description: "From 1. The first route that matches decides." }),
    match: Match,
    channel_ids: z.array(z.string()).openapi({
      description: "Empty: its alerts are shown in the Hub and sent nowhere.",
    }),
    pending_s: Pending.openapi({
      description: "How long it must hold before it is told. Null: as the rule says.",
    }),
    keep_firing_s: KeepFiring.openapi({
      description: "How long it must be over before it is resolved. Null: as the rule says.",
    }),
    repeat_s: Repeat.openapi({
      description: "How often it is told again while nobody acknowledges it. Null: it is told once.",
    }),
    quiet_hours: QuietHoursSchema.nullable(),
    escalate_after_s: Escalate.openapi({
      description: "After how long `escalate_to` is told, if nobody acknowledges it.",
    }),
    escalate_to: z.array(z.string()).openapi({ description: "Channels." }),
    created_at: Instant,
    created_by: z.string(),
  })
  .openapi("AlertRoute");
