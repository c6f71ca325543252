import { z } from "@hono/zod-openapi";
import { NOTIFICATION_KINDS } from "../../../alerting/alert-message.ts";
import { ALERT_RULES, SEVERITIES, type RuleId } from "../../../alerting/rules.ts";
import { Instant } from "../wabas/waba-schema.ts";

export const RuleName = z.enum(Object.keys(ALERT_RULES) as [RuleId, ...RuleId[]]);

export const SHOWN_STATES = ["firing", "acknowledged", "resolved"] as const;

const NotificationSchema = z.object({
  id: z.string(),
  channel_id: z.string().openapi({ description: "The channel may have been deleted." }),
  to: z.string().openapi({ description: "The channel's name when it was planned." }),
  kind: z.enum(NOTIFICATION_KINDS),
  at: Instant.openapi({ description: "When it was sent, or given up; else when it was planned." }),
  why: z.string().openapi({ example: "Route “On call”, for Share lost" }),
  outcome: z.enum(["pending", "sent", "failed", "dropped"]),
  detail: z.string().nullable().openapi({ description: "What the receiver answered, or why it failed." }),
});

export const AlertSchema = z
  .object({
    id: z.string().openapi({ example: "alr_3k9x1m5t8q2w7z4v6b0n" }),
    rule: RuleName,
    severity: z.enum(SEVERITIES),
    state: z.enum(SHOWN_STATES),
    title: z.string().openapi({ example: "201 clients removed our access in 3 min, usually 3 a day" }),
    lines: z.array(z.string()).openapi({ description: "What it means, and what to do." }),
    cause: z.string().nullable().openapi({ example: "partner_removed" }),
    observed: z.boolean().openapi({
      description: "Its WABAs are in observe mode: nothing was stopped. Its severity is `info`.",
    }),
    started_at: Instant,
    ended_at: Instant.nullable(),
    lasted_s: z.int().openapi({ description: "Until its end, or until now." }),
    wabas: z.array(z.object({ id: z.string(), name: z.string() })).openapi({
      description:
        "At most 10 in a list and 100 of one alert: those that are still affected first, then the newest.",
    }),
    waba_count: z.int(),
    signal_count: z
      .int()
      .openapi({ description: "WABAs, numbers or parts of Sharekeeper that it is about." }),
    holding_count: z.int().openapi({ description: "Of these, the ones that are still affected." }),
    route: z.object({ id: z.string(), name: z.string().nullable() }).nullable().openapi({
      description:
        "The first route that matched; its name is null once it is deleted. Null: no route matched, and only this list shows the alert.",
    }),
    acknowledged_at: Instant.nullable(),
    acknowledged_by: z.object({ id: z.string(), name: z.string() }).nullable(),
    snoozed_until: Instant.nullable(),
    snoozed_until_worse: z.boolean(),
    escalated_at: Instant.nullable(),
    notifications: z.array(NotificationSchema).openapi({
      description: "Every message about it: why it was sent, to whom, and whether it arrived.",
    }),
  })
  .openapi("Alert");
export type AlertJson = z.input<typeof AlertSchema>;
