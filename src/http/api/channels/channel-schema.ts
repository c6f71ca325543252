import { z } from "@hono/zod-openapi";
import { CHANNEL_SETTINGS, CHANNEL_STATES, CHANNEL_TYPES } from "../../../alerting/channels/alert-channel.ts";
import { CHANNEL_OUTCOMES } from "../../../alerting/alert-message.ts";
import { Instant } from "../wabas/waba-schema.ts";

const ChannelName = z.string().trim().min(1).max(100);

const of = <Type extends keyof typeof CHANNEL_SETTINGS>(type: Type) =>
  z.strictObject({ name: ChannelName, type: z.literal(type), settings: CHANNEL_SETTINGS[type] });

/** A new channel: the settings are those of its type. */
export const NewChannelSchema = z
  .discriminatedUnion("type", [
    ...([of("email"), of("slack"), of("teams"), of("discord")] as const),
    ...([of("webhook"), of("pagerduty"), of("alertmanager")] as const),
  ])
  .openapi("NewAlertChannel");

export const ChannelChangeSchema = z
  .strictObject({
    name: ChannelName.optional(),
    settings: z
      .record(z.string(), z.unknown())
      .optional()
      .openapi({ description: "Those of its type, as a whole: secrets are entered again." }),
    state: z
      .enum(CHANNEL_STATES)
      .optional()
      .openapi({ description: "`paused`: messages for it are dropped, as their log says." }),
  })
  .openapi("AlertChannelChange");

export const ChannelSchema = z
  .object({
    id: z.string().openapi({ example: "chn_3k9x1m5t8q2w7z4v6b0n" }),
    name: z.string(),
    type: z.enum(CHANNEL_TYPES),
    address: z.string().nullable().openapi({
      description:
        "Where it goes, for people. Of an address that is itself a secret: its host and its last characters. Null: no key opens the settings.",
      example: "hooks.slack.com, …4fQz",
    }),
    secrets: z.array(z.string()).openapi({ description: "Names of the settings that are kept secret." }),
    state: z.enum(CHANNEL_STATES),
    failing_since: Instant.nullable().openapi({ description: "The first failure since the last success." }),
    last_failure: z.string().nullable(),
    created_at: Instant,
    created_by: z.string(),
  })
  .openapi("AlertChannel");

export const ChannelTestSchema = z
  .object({
    outcome: z.enum(CHANNEL_OUTCOMES).openapi({
      description:
        "`later`: an alert would be tried again. `refused`: it would not, until somebody changes something.",
    }),
    detail: z.string().openapi({ description: "What the receiver said, or why it could not be asked." }),
    took_ms: z.int(),
  })
  .openapi("AlertChannelTest");
