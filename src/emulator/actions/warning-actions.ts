/** What Meta announces before messages fail: quality, limits, templates. The share stands. */
import { z } from "zod";
import { fieldEventOf, type Webhook } from "../webhooks/payloads.ts";
import { digitsOf } from "../world/world.ts";
import { actionOf, numberIn, wabaIn, type Action, type ActionCall } from "./action.ts";

const LIMITS = ["TIER_250", "TIER_2K", "TIER_10K", "TIER_100K", "TIER_UNLIMITED"] as const;

export const WARNING_ACTIONS: readonly Action[] = [
  actionOf({
    name: "number.quality",
    target: "number",
    summary: "Meta finds the number's quality low or in order again, or changes its messaging limit.",
    sends: "phone_number_quality_update",
    params: z.object({
      event: z.enum(["FLAGGED", "UNFLAGGED", "DOWNGRADE", "UPGRADE"]).default("FLAGGED"),
      old_limit: z.enum(LIMITS).default("TIER_10K"),
      current_limit: z.enum(LIMITS).default("TIER_2K"),
    }),
    apply: (call) =>
      sendOf(call, "phone_number_quality_update", {
        display_phone_number: digitsOf(numberIn(call).displayPhoneNumber),
        ...call.params,
      }),
  }),
  actionOf({
    name: "template.status",
    target: "waba",
    summary: "Meta pauses or disables a template, or approves it again.",
    sends: "message_template_status_update",
    params: z.object({
      event: z.enum(["PAUSED", "DISABLED", "REINSTATED", "APPROVED"]).default("PAUSED"),
      message_template_id: z.int().positive().default(1689556908129832),
      message_template_name: z.string().min(1).default("order_confirmation"),
      message_template_language: z.string().min(1).default("en_US"),
    }),
    apply: (call) =>
      sendOf(call, "message_template_status_update", {
        ...call.params,
        reason: "NONE",
        message_template_category: "UTILITY",
      }),
  }),
];

const sendOf = (call: ActionCall, field: string, value: Record<string, unknown>): Webhook[] => [
  fieldEventOf(call.world, { waba: wabaIn(call), field, value, nowMs: call.now }),
];
