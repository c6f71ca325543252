import { z } from "@hono/zod-openapi";
import { SIGNUP_STEPS } from "../../../onboarding/signup/signup.ts";
import { PAGE_EXIT_REASONS } from "../../../onboarding/signup/exit-reason.ts";
import { Instant } from "../wabas/waba-schema.ts";

export const SIGNUP_STATES = ["invited", "opened", "signed", "proving", "ready", "abandoned"] as const;
export const SIGNUP_FLOWS = ["platform", "coexistence", "hosted"] as const;

const Launch = z
  .object({
    app_id: z.string(),
    config_id: z.string(),
    graph_version: z.string(),
    sdk_url: z.string(),
    dialog_origins: z
      .array(z.string())
      .openapi({ description: "Ignore window messages from other origins: they are not Meta's." }),
    extras: z.record(z.string(), z.unknown()),
  })
  .openapi("SignupLaunch", { description: "The parameters of `FB.init` and `FB.login`." });

const ExitReason = z
  .object({
    code: z.string(),
    title: z.string(),
    text: z.string().openapi({ description: "What it means and what to do next." }),
    at: Instant,
  })
  .openapi("SignupExitReason");

export const SignupSchema = z
  .object({
    id: z.string().openapi({ example: "sgn_8k2m5v9q3w7x1z4c6b0n" }),
    attempt_id: z.string().nullable().openapi({ description: "The newest opening of Meta's dialog." }),
    state: z.enum(SIGNUP_STATES),
    flow: z.enum(SIGNUP_FLOWS),
    client_chooses_flow: z.boolean().openapi({
      description:
        "Whether the client chooses if its number is used in the WhatsApp Business app; `flow` is the choice so far.",
    }),
    waba_id: z
      .string()
      .nullable()
      .openapi({ description: "The WABA that came; for a repair, the expected one." }),
    is_repair: z.boolean(),
    who_must_act: z.enum(["client", "provider", "meta", "nobody"]).openapi({
      description: "Who must act next, also when the signup is ready and its number is not registered yet.",
    }),
    has_invitation_link: z.boolean().openapi({
      description:
        "Whether the client's page of this signup is open. `POST /signups/{id}/invitation-link` answers with its address.",
    }),
    launch: Launch.nullable(),
    launches: z
      .object({ platform: Launch.nullable(), coexistence: Launch.nullable() })
      .nullable()
      .openapi({ description: "Where the client chooses the flow: the dialog for each choice." }),
    steps: z.array(
      z.object({
        id: z.enum(SIGNUP_STEPS),
        text: z.string(),
        status: z.enum(["open", "done", "waiting", "failed", "skipped"]),
        at: Instant.nullable(),
        meta_message: z.string().nullable(),
        again_at: Instant.nullable().openapi({ description: "When Sharekeeper retries a failed step." }),
        pins_wanted: z.array(
          z.object({ phone_number_id: z.string(), display_phone_number: z.string().nullable() }),
        ),
      }),
    ),
    exit_reason: ExitReason.nullable(),
    offered: z
      .object({
        waba_id: z.string(),
        name: z.string().nullable(),
        may_accept: z.boolean(),
        to_confirm: z.boolean().openapi({
          description:
            "The WABA came after a window that was finished without a code: an operator must confirm it.",
        }),
      })
      .nullable()
      .openapi({
        description:
          "The WABA that was chosen instead of the expected one, or that came without Meta's code.",
      }),
    attempts: z.array(
      z.object({
        id: z.string(),
        begun_at: Instant,
        ended_at: Instant.nullable(),
        outcome: z.string().nullable(),
        title: z.string().nullable().openapi({ description: "How it ended, as a sentence." }),
        step: z.string().nullable(),
        meta_message: z.string().nullable(),
      }),
    ),
    external_id: z.string().nullable(),
    client_name: z.string().nullable().openapi({ description: "Null while the client is not known." }),
    waba_name: z.string().nullable(),
    language: z.string().nullable(),
    metadata: z.record(z.string(), z.unknown()),
    return_urls: z.object({ success: z.string(), cancel: z.string(), error: z.string() }).partial(),
    created_by: z.string(),
    created_at: Instant,
    opened_at: Instant.nullable(),
    signed_at: Instant.nullable(),
    ready_at: Instant.nullable(),
    abandoned_at: Instant.nullable(),
    expires_at: Instant,
  })
  .openapi("Signup");

const Url = z.string().openapi({ description: "The client's page. Anyone with this address can open it." });

export const InvitationLinkSchema = z.object({ url: Url, expires_at: Instant }).openapi("InvitationLink");

export const NewSignupSchema = SignupSchema.extend({
  url: Url,
  warnings: z.array(z.object({ code: z.string(), text: z.string() })).openapi({
    description: "Faults that would stop this signup now: our token, or the connection to Meta.",
  }),
}).openapi("NewSignup");

export type SignupJson = z.input<typeof SignupSchema>;

const Id = z.string().max(64);

/** One event of a signup that a page or a person reports. */
export const DIALOG_EVENTS = [
  z.strictObject({ type: z.literal("code"), attempt_id: Id, code: z.string().min(1).max(4000) }),
  z.strictObject({
    type: z.literal("session"),
    attempt_id: Id,
    message: z.record(z.string(), z.unknown()).openapi({ description: "As Meta's dialog posted it." }),
  }),
  z.strictObject({ type: z.literal("exit"), attempt_id: Id, code: z.enum(PAGE_EXIT_REASONS) }),
  z.strictObject({
    type: z.literal("pin"),
    phone_number_id: Id,
    pin: z.string().regex(/^\d{6}$/, "six digits"),
  }),
] as const;

export const BEGIN = z.strictObject({
  type: z.literal("begun"),
  flow: z.enum(["platform", "coexistence"]).optional().openapi({
    description: "Where the client chooses: whether the number is used in the WhatsApp Business app.",
  }),
});

export const SignupEventSchema = z.discriminatedUnion("type", [BEGIN, ...DIALOG_EVENTS]);
export type SignupEventJson = z.output<typeof SignupEventSchema>;
