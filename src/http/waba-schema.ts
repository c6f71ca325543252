import { z } from "@hono/zod-openapi";
import { STATUS_ROWS, type StatusRow } from "../sharing/status.ts";

type Status = StatusRow["status"];

export const STATUSES = STATUS_ROWS.map((row) => row.status) as [Status, ...Status[]];
export const Instant = z.iso.datetime().openapi({ example: "2026-11-22T14:05:00.000Z" });
export const Lamp = z.enum(["red", "amber", "green", "grey"]);
export const Kind = z.enum(["platform", "coexistence", "unknown"]);
export const WhoMustAct = z
  .enum(["client", "us", "meta", "nobody"])
  .openapi({ description: "Whose turn it is." });
export const Reason = z.string().openapi({
  example: "partner_removed",
  description: "A stable word. A word of Meta's that is new is shown as sent: `meta:THE_WORD`.",
});

export const ConditionSchema = z
  .object({
    type: z.string().openapi({ example: "Shared" }),
    status: z.enum(["True", "False", "Unknown"]),
    required: z.boolean(),
    reason: Reason,
    message: z.string(),
    last_transition_at: Instant,
    last_probe_at: Instant.nullable(),
    source: z.enum(["event", "probe", "signup", "send", "operator", "import", "none"]),
  })
  .openapi("Condition");

export const StepSchema = z
  .object({
    id: z.string().openapi({ example: "enter_partner_id" }),
    text: z.string(),
    copy: z.string().optional().openapi({ description: "What to copy into Meta's dialog." }),
    href: z.string().optional().openapi({ description: "Where the step is done." }),
    condition: z.string().optional().openapi({ description: "The condition that tells whether it is done." }),
    done: z.boolean(),
  })
  .openapi("RecoveryStep");

export const MethodSchema = z
  .object({
    method: z.string().openapi({ example: "assign_partner" }),
    label: z.string(),
    available: z.boolean(),
    why_not: z.string().nullable(),
    steps: z.array(StepSchema),
  })
  .openapi("RecoveryMethod");

export const RecoverySchema = z.object({ methods: z.array(MethodSchema) }).openapi("Recovery");

export const NumberSchema = z
  .object({
    id: z.string().openapi({ example: "num_k3v9", description: "Ours, and stable." }),
    phone_number_id: z.string().openapi({ example: "200000000000005" }),
    display_phone_number: z.string().nullable(),
    verified_name: z.string().nullable(),
    coexistence: z.boolean(),
    can_send: z.boolean(),
    reason: Reason.nullable(),
    since: Instant,
    who_must_act: WhoMustAct,
    hub_error: z.string().nullable(),
    lamp: Lamp,
    conditions: z.array(ConditionSchema),
    recovery: RecoverySchema.nullable().openapi({ description: "Only what ails this number alone." }),
  })
  .openapi("Number");

export const ClientSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    business_id: z.string().nullable().openapi({ description: "The portfolio at Meta." }),
    external_id: z.string().nullable(),
  })
  .openapi("Client");

export const WabaSchema = z
  .object({
    id: z.string().openapi({ example: "100000000000004" }),
    name: z.string(),
    kind: Kind,
    connection: z.string(),
    partner_model: z.string().openapi({ example: "portfolio_share" }),
    mode: z.enum(["enforce", "observe"]),
    client: ClientSchema,
    status: z.enum(STATUSES),
    status_label: z.string().openapi({ example: "BSP PERMISSION REMOVED" }),
    lamp: Lamp,
    reason: Reason.nullable(),
    summary: z.string(),
    since: Instant,
    last_proven_at: Instant.nullable(),
    who_must_act: WhoMustAct,
    hub_error: z.string().nullable(),
    warning: z.string().nullable(),
    owner_settings_url: z.string(),
    conditions: z.array(ConditionSchema),
    numbers: z.array(NumberSchema),
    reshare_url: z.string().nullable().openapi({
      description:
        "The client's way back, without signing in. Null when nothing is lost that the client can give back.",
    }),
    recovery: RecoverySchema,
  })
  .openapi("Waba");

export type WabaJson = z.input<typeof WabaSchema>;
export type NumberJson = z.input<typeof NumberSchema>;
export type ConditionJson = z.input<typeof ConditionSchema>;
export type RecoveryJson = z.input<typeof RecoverySchema>;
