import { z } from "@hono/zod-openapi";
import { CONFIRMATIONS, HEARTBEAT_STATES } from "../../../coexistence/app-activity.ts";
import { CLIENT_STEPS, CLIENT_WORDS } from "../../../sharing/model/client-signals.ts";
import { STATUS_ROWS, type StatusRow } from "../../../sharing/status/status.ts";
import { WORKING_CHECKS } from "../../../sharing/status/setup-issues.ts";

type Status = StatusRow["status"];

export const STATUSES = STATUS_ROWS.map((row) => row.status) as [Status, ...Status[]];
export const Instant = z.iso.datetime().openapi({ example: "2026-11-22T14:05:00.000Z" });
export const Lamp = z.enum(["red", "amber", "green", "grey"]);
export const Kind = z.enum(["platform", "coexistence", "unknown"]);
export const WhoMustAct = z
  .enum(["client", "provider", "meta", "nobody"])
  .openapi({ description: "Whose turn it is." });
export const Reason = z.string().openapi({
  example: "partner_removed",
  description: "A stable word. A word of Meta's that is new is shown as sent: `meta:THE_WORD`.",
});

const ConditionSchema = z
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

const StepSchema = z
  .object({
    id: z.string().openapi({ example: "enter_partner_id" }),
    text: z.string(),
    copy: z.string().optional().openapi({ description: "What to copy into Meta's dialog." }),
    href: z.string().optional().openapi({ description: "Where the step is done." }),
    condition: z.string().optional().openapi({ description: "The condition that tells whether it is done." }),
    done: z.boolean(),
  })
  .openapi("RecoveryStep");

const MethodSchema = z
  .object({
    method: z.string().openapi({ example: "assign_partner" }),
    label: z.string(),
    available: z.boolean(),
    path: z.string().nullable().openapi({
      example: "Meta Business Suite > Settings > Accounts > select WhatsApp Account > Partners",
      description: "Where in Meta's screens the steps are done. Null where they are not all in one place.",
    }),
    why_not: z.string().nullable(),
    steps: z.array(StepSchema),
  })
  .openapi("RecoveryMethod");

const RecoverySchema = z.object({ methods: z.array(MethodSchema) }).openapi("Recovery");

const AppActivitySchema = z
  .object({
    state: z.enum(HEARTBEAT_STATES),
    confirmed_at: Instant.nullable().openapi({
      description: "When the app was last opened, as far as anybody told us. Null: nobody did yet.",
    }),
    confirmed_by: z.enum(CONFIRMATIONS).nullable(),
    due_at: Instant.openapi({ description: "From then on it should be opened soon." }),
    overdue_at: Instant.openapi({ description: "From then on Meta may cut the number off any day." }),
  })
  .openapi("AppActivity");

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
    countdown_until: Instant.nullable().openapi({
      description: "Until when Meta is given time to restore an offboarded number by itself.",
    }),
    app_activity: AppActivitySchema.nullable().openapi({
      description:
        "When the WhatsApp Business app was last opened. Null where no app keeps the number linked.",
    }),
    recovery: RecoverySchema.nullable().openapi({ description: "Only what ails this number alone." }),
  })
  .openapi("Number");

export const ClientSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    business_id: z.string().nullable().openapi({ description: "The portfolio at Meta." }),
    external_id: z.string().nullable(),
    language: z.string().nullable().openapi({ description: "What it reads best, where that is known." }),
  })
  .openapi("Client");

const WorkingSchema = z
  .object({
    check: z.enum(WORKING_CHECKS),
    verdict: z.enum(["yes", "no", "unknown"]),
    who_must_act: WhoMustAct,
    title: z.string(),
    text: z.string(),
    number_id: z.string().nullable().openapi({ description: "Where it is about one number alone." }),
    href: z.string().optional().openapi({ description: "Where the client mends it at Meta." }),
  })
  .openapi("WorkingCheck");

const ClientSignalsSchema = z
  .object({
    word: z.enum(CLIENT_WORDS).nullable().openapi({
      description:
        "The word that decides whose turn it is. `asked_fresh`: the provider's, until it takes the link to send it. `intended`: nobody's.",
    }),
    link_opened_at: Instant.nullable().openapi({ description: "First, in this loss." }),
    last_seen_at: Instant.nullable(),
    step: z.enum(CLIENT_STEPS).nullable().openapi({ description: "How far the client came last." }),
    step_outcome: z.string().nullable().openapi({
      example: "wrong_waba",
      description: "How its attempt at Meta's window ended: an exit reason.",
    }),
    step_at: Instant.nullable(),
    chose_another: z
      .object({
        name: z.string().openapi({ example: "Northwind Florist Events (100000000000002)" }),
        outcome: z.string().openapi({ example: "wrong_waba" }),
        at: Instant,
      })
      .nullable()
      .openapi({ description: "What the client chose in Meta's window instead of this account, last." }),
    asked_for_link_at: Instant.nullable(),
    app_works_again_at: Instant.nullable(),
    intended_at: Instant.nullable().openapi({ description: "The client took the access away on purpose." }),
  })
  .openapi("ClientSignals", {
    description: "What the client has said or done on its own page within this loss. Null: it did not.",
  });

export const WabaSchema = z
  .object({
    id: z.string().openapi({ example: "100000000000004" }),
    name: z.string(),
    kind: Kind,
    connection: z.string(),
    partner_model: z.string().openapi({ example: "portfolio_share" }),
    sends_with: z
      .enum(["system_user", "client"])
      .openapi({ description: "With whose token its messages are sent." }),
    mode: z.enum(["enforce", "observe"]),
    operator_close: z
      .object({ at: Instant, by: z.string(), reason: z.string(), until: Instant.nullable() })
      .nullable()
      .openapi({ description: "The operator's close that stands; `until`: when it ends by itself." }),
    mode_pending: z.boolean().openapi({
      description:
        "Switched to enforce, and not yet judged by a probe that may write: until then nothing closes.",
    }),
    client: ClientSchema,
    status: z.enum(STATUSES),
    status_label: z.string().openapi({ example: "BSP PERMISSION REMOVED" }),
    status_line: z.string().openapi({
      example: "🔴BSP PERMISSION REMOVED",
      description: "The lamp as text, directly followed by the label: for exports, messages and terminals.",
    }),
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
    client_signals: ClientSignalsSchema,
    restored: z
      .object({
        at: Instant,
        how: z.enum(["signup", "partner_added", "proof"]).openapi({
          description:
            "What was seen of the repair: nothing but the proof, unless a signup or an assignment was.",
        }),
        after_ban: z
          .boolean()
          .openapi({ description: "The client had said that the banned app works again." }),
      })
      .nullable()
      .openapi({ description: "How the last loss ended. Null before the first, and while it is lost." }),
    recovery: RecoverySchema,
    setup_checks: z.array(WorkingSchema).openapi({
      description:
        "Green is not yet working: what is looked at, in order, once the share stands. It warns and changes neither status nor gate. Empty while the share does not stand.",
    }),
  })
  .openapi("Waba");

const whole = WabaSchema.shape;

/** What a list shows of a WABA: a tenth of its size. The whole of it is `GET /wabas/{waba_id}`. */
export const WabaSummarySchema = z
  .object({
    id: whole.id,
    name: whole.name,
    kind: whole.kind,
    connection: whole.connection,
    mode: whole.mode,
    client: ClientSchema,
    status: whole.status,
    status_label: whole.status_label,
    status_line: whole.status_line,
    lamp: Lamp,
    reason: whole.reason,
    summary: whole.summary,
    since: whole.since,
    last_proven_at: whole.last_proven_at,
    who_must_act: WhoMustAct,
    hub_error: whole.hub_error,
    warning: whole.warning,
    client_signals: ClientSignalsSchema,
    numbers: z.array(
      NumberSchema.pick({
        id: true,
        phone_number_id: true,
        display_phone_number: true,
        verified_name: true,
        coexistence: true,
        can_send: true,
      }).openapi("NumberSummary"),
    ),
    matched_number_ids: z.array(z.string()).openapi({
      description: "The `id` of each number that `q` names: none where only the WABA or client was meant.",
    }),
    has_recovery: z.boolean().openapi({ description: "Whether there are steps that lead back." }),
    has_reshare_link: z.boolean().openapi({ description: "Whether the client's link back is live." }),
  })
  .openapi("WabaSummary");

export type WabaSummaryJson = z.input<typeof WabaSummarySchema>;
export type AppActivityJson = z.input<typeof AppActivitySchema>;
export type WabaJson = z.input<typeof WabaSchema>;
export type NumberJson = z.input<typeof NumberSchema>;
export type ConditionJson = z.input<typeof ConditionSchema>;
export type RecoveryJson = z.input<typeof RecoverySchema>;
