import { z } from "@hono/zod-openapi";
import { CONFIRMATIONS, APP_ACTIVITY_STATES } from "../../../coexistence/app-activity.ts";
import { CLIENT_STEPS, DECIDING_SIGNALS } from "../../../sharing/model/client-signals.ts";
import { STATUS_ROWS, type StatusRow } from "../../../sharing/status/status.ts";
import { SETUP_CHECKS } from "../../../sharing/status/setup-issues.ts";

type Status = StatusRow["status"];

export const STATUSES = STATUS_ROWS.map((row) => row.status) as [Status, ...Status[]];
export const Instant = z.iso.datetime().openapi({ example: "2026-11-22T14:05:00.000Z" });
export const TAG_LENGTH = 50;
export const Lamp = z.enum(["red", "amber", "green", "grey"]);
export const Kind = z.enum(["platform", "coexistence", "unknown"]);
export const WhoMustAct = z
  .enum(["client", "provider", "meta", "nobody"])
  .openapi({ description: "Who must act." });
export const Reason = z.string().openapi({
  example: "partner_removed",
  description: "A stable word. A new word of Meta's is shown as sent: `meta:THE_WORD`.",
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
    href: z.string().optional().openapi({ description: "The address at which the step is done." }),
    condition: z
      .string()
      .optional()
      .openapi({ description: "The condition that shows whether the step is done." }),
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
      description: "Where the steps are in Meta's screens. Null when they are not all in one place.",
    }),
    why_not: z.string().nullable(),
    steps: z.array(StepSchema),
  })
  .openapi("RecoveryMethod");

const RecoverySchema = z.object({ methods: z.array(MethodSchema) }).openapi("Recovery");

const AppActivitySchema = z
  .object({
    state: z.enum(APP_ACTIVITY_STATES),
    confirmed_at: Instant.nullable().openapi({
      description: "When the app was last opened, as far as reported. Null: not reported yet.",
    }),
    confirmed_by: z.enum(CONFIRMATIONS).nullable(),
    due_at: Instant.openapi({ description: "The app should be opened soon after this." }),
    overdue_at: Instant.openapi({ description: "After this Meta may disconnect the number on any day." }),
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
      description: "How long Sharekeeper waits for Meta to restore an offboarded number.",
    }),
    app_activity: AppActivitySchema.nullable().openapi({
      description:
        "When the WhatsApp Business app was last opened. Null when no app keeps the number linked.",
    }),
    recovery: RecoverySchema.nullable().openapi({ description: "Only for a fault of this number alone." }),
  })
  .openapi("Number");

export const ClientSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    business_id: z.string().nullable().openapi({ description: "The portfolio at Meta." }),
    external_id: z.string().nullable(),
    language: z.string().nullable().openapi({ description: "The client's preferred language, if known." }),
  })
  .openapi("Client");

const WorkingSchema = z
  .object({
    check: z.enum(SETUP_CHECKS),
    verdict: z.enum(["yes", "no", "unknown"]),
    who_must_act: WhoMustAct,
    title: z.string(),
    text: z.string(),
    number_id: z.string().nullable().openapi({ description: "Set when it is about one number alone." }),
    href: z.string().optional().openapi({ description: "Where the client can fix it at Meta." }),
  })
  .openapi("SetupCheck");

const ClientSignalsSchema = z
  .object({
    signal: z.enum(DECIDING_SIGNALS).nullable().openapi({
      description:
        "The signal that decides who must act. `asked_fresh`: the provider, until it copies the new link. `intended`: nobody.",
    }),
    link_opened_at: Instant.nullable().openapi({
      description: "When the link was first opened in this loss.",
    }),
    last_seen_at: Instant.nullable(),
    step: z.enum(CLIENT_STEPS).nullable().openapi({ description: "The last step that the client reached." }),
    step_outcome: z.string().nullable().openapi({
      example: "wrong_waba",
      description: "How the client's attempt in Meta's window ended: an exit reason.",
    }),
    step_at: Instant.nullable(),
    chose_another: z
      .object({
        name: z.string().openapi({ example: "Northwind Florist Events (100000000000002)" }),
        outcome: z.string().openapi({ example: "wrong_waba" }),
        at: Instant,
      })
      .nullable()
      .openapi({ description: "What the client last chose in Meta's window instead of this account." }),
    asked_for_link_at: Instant.nullable(),
    app_works_again_at: Instant.nullable(),
    intended_at: Instant.nullable().openapi({
      description: "When the client said that it removed the access on purpose.",
    }),
  })
  .openapi("ClientSignals", {
    description: "What the client has said or done on its own page within this loss. Null: nothing.",
  });

export const WabaSchema = z
  .object({
    id: z.string().openapi({ example: "100000000000004" }),
    name: z.string(),
    kind: Kind,
    connection: z.string(),
    partner_model: z.string().openapi({ example: "portfolio_share" }),
    sends_with: z.enum(["system_user", "client"]).openapi({ description: "Whose token sends its messages." }),
    mode: z.enum(["enforce", "observe"]),
    operator_close: z
      .object({ at: Instant, by: z.string(), reason: z.string(), until: Instant.nullable() })
      .nullable()
      .openapi({ description: "The operator's closure in force. `until`: when it ends automatically." }),
    mode_pending: z.boolean().openapi({
      description:
        "True after a switch to enforce, until a probe that may write has judged the WABA. Until then no gate closes.",
    }),
    client: ClientSchema,
    owner: z
      .object({ id: z.string(), name: z.string() })
      .nullable()
      .openapi({ description: "Who is on it. Null: nobody has taken it over." }),
    tags: z.array(z.string()),
    snoozed_until: Instant.nullable().openapi({
      description: "Until when it may wait. A snooze ends early when the status changes.",
    }),
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
    has_reshare_link: z.boolean().openapi({
      description:
        "Whether the client's re-share link is live. `POST /wabas/{waba_id}/reshare-links` answers with its address.",
    }),
    client_signals: ClientSignalsSchema,
    restored: z
      .object({
        at: Instant,
        how: z.enum(["signup", "partner_added", "proof"]).openapi({
          description: "How the share returned: `proof` unless a signup or an assignment was seen.",
        }),
        after_ban: z
          .boolean()
          .openapi({ description: "Whether the client had said that the banned app works again." }),
      })
      .nullable()
      .openapi({
        description: "How the last loss ended. Null before the first loss, and while the share is lost.",
      }),
    recovery: RecoverySchema,
    setup_checks: z.array(WorkingSchema).openapi({
      description:
        "A live share may still have setup issues. These checks warn, in order, and change neither status nor gate. Empty while the share is lost.",
    }),
  })
  .openapi("Waba");

const whole = WabaSchema.shape;

/** What a list shows of a WABA: a tenth of the size of `GET /wabas/{waba_id}`. */
export const WabaSummarySchema = z
  .object({
    id: whole.id,
    name: whole.name,
    kind: whole.kind,
    connection: whole.connection,
    mode: whole.mode,
    client: ClientSchema,
    owner: whole.owner,
    tags: whole.tags,
    snoozed_until: whole.snoozed_until,
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
      description:
        "The `id` of each number that `q` matches. Empty when only the WABA or the client matches.",
    }),
    has_recovery: z.boolean().openapi({ description: "Whether recovery steps exist." }),
    has_reshare_link: whole.has_reshare_link,
  })
  .openapi("WabaSummary");

export type WabaSummaryJson = z.input<typeof WabaSummarySchema>;
export type AppActivityJson = z.input<typeof AppActivitySchema>;
export type WabaJson = z.input<typeof WabaSchema>;
export type NumberJson = z.input<typeof NumberSchema>;
export type ConditionJson = z.input<typeof ConditionSchema>;
export type RecoveryJson = z.input<typeof RecoverySchema>;
