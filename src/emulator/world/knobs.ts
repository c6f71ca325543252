/**
 * Where Meta's behaviour is undocumented or differs between reports, the emulator takes a default and leaves
 * a knob. Read and set by `GET|POST /_emulator/knobs`.
 */
import { z } from "zod";
import { SIGNUP_ERROR_CODES } from "./signup-errors.ts";

/**
 * Shapes of a refusal that public reports show: A 100/33, B, D and E 403, C 403/131005, F 190/458.
 */
const READ_VARIANTS = ["A", "D", "E", "F"] as const;
const SEND_VARIANTS = ["A", "B", "C", "D", "F"] as const;

const variantsSchema = z.strictObject({
  read: z.enum(READ_VARIANTS).optional(),
  send: z.enum(SEND_VARIANTS).optional(),
  read_client: z.enum(READ_VARIANTS).optional(),
  send_client: z.enum(SEND_VARIANTS).optional(),
});

const knobSchema = z.strictObject({
  unshared_read: z
    .enum(READ_VARIANTS)
    .default("A")
    .describe("A read of a WABA or number that is not shared with the caller."),
  unshared_send: z.enum(SEND_VARIANTS).default("B").describe("A message on such a number."),
  unshared_read_client: z
    .enum(READ_VARIANTS)
    .default("A")
    .describe("A read of it with a client's business token."),
  unshared_send_client: z
    .enum(SEND_VARIANTS)
    .default("B")
    .describe("A message on it with a client's business token."),
  unshared_by: z
    .record(z.string(), variantsSchema)
    .default({})
    .describe(
      'Others than these four, by the action that ended the share: `{"partner.takeover":{"send":"C"}}`.',
    ),
  dead_token: z.enum(["460", "463", "467"]).default("460").describe("Subcode of a revoked token's 190."),
  reads_show_downgrade: z
    .boolean()
    .default(true)
    .describe(
      "Whether `assigned_users` stops showing MANAGE once the partner's access was reduced. No source says.",
    ),
  permissions: z
    .enum(["strict", "loose"])
    .default("strict")
    .describe("`loose`: every living token may do everything; for trying something out, never for a test."),
  provider_kind: z
    .enum(["solution_partner", "tech_provider"])
    .default("solution_partner")
    .describe(
      "`tech_provider`: a read of a WABA with `primary_funding_id` fails whole, with 403 and code 10 (public reports of 2026); " +
        "with `owner_business_info` too, which fewer reports say.",
    ),
  require_appsecret_proof: z
    .boolean()
    .default(false)
    .describe("Whether calls without `appsecret_proof` are refused, as an app may ask of Meta."),
  limits: z
    .boolean()
    .default(true)
    .describe("Rolling limits of 200 or 5000 management calls an hour, per app and WABA."),
  limits_after_loss: z
    .boolean()
    .default(false)
    .describe(
      "Whether a WABA that had a registered number and lost it falls back to 200. Inferred, hence not the default.",
    ),
  throttle_code: z
    .enum(["80008", "80007", "4"])
    .default("80008")
    .describe("What a throttled call gets: the WABA's code, its older number, or the app's."),
  message_statuses: z.boolean().default(true).describe("`sent` and `delivered` after each accepted message."),
  max_partners: z
    .int()
    .min(1)
    .max(10)
    .default(2)
    .describe("Partners on one WABA: Meta's pages say one, providers' pages say two."),
  restriction_days: z
    .int()
    .min(1)
    .max(365)
    .default(7)
    .describe("How long a restriction lasts when the action does not say. Invented."),
  register_needs_name: z
    .boolean()
    .default(false)
    .describe(
      "Whether a number is refused registration (100/2388001, with Meta's words for people) while its display name is not approved, as reported; a new number's name is then in review.",
    ),
  account_model_phase: z
    .int()
    .min(0)
    .max(2)
    .default(0)
    .describe(
      "The change of Meta's account model: 0 classic, 1 the WABA is a messaging account, 2 new ids in signup messages.",
    ),
  signup_error: z
    .enum(SIGNUP_ERROR_CODES)
    .nullable()
    .default(null)
    .describe("Embedded Signup ends with this error; null: only where the state says so."),
  coexistence_finish: z
    .enum(["waba_only", "whole"])
    .default("waba_only")
    .describe(
      "Whether the message of a coexistence signup names the WABA only, as documented, or all ids, as sometimes seen.",
    ),
  signup_wait_minutes: z
    .int()
    .min(0)
    .max(1440)
    .default(0)
    .describe(
      "How long a number must wait after Disconnect before it may sign up again. Meta says 15; here nobody should wait.",
    ),
  signup_order: z
    .enum(["event_first", "code_first"])
    .default("event_first")
    .describe("Which reaches the page first after a signup. Meta promises no order."),
  signup_code: z
    .enum(["given", "lost"])
    .default("given")
    .describe(
      "`lost`: the window of a finished signup brings its message, and the callback of `FB.login` brings no code, as reported in July 2026.",
    ),
  signup_scope_substitution: z
    .boolean()
    .default(false)
    .describe(
      "Whether a signup's token carries `whatsapp_business_manage_events` in place of the management scope, as seen in June 2026.",
    ),
  signup_foreign_scope: z
    .boolean()
    .default(false)
    .describe(
      "Whether a signup's token also carries `whatsapp_business_manage_events`, and that scope names an id that is no WABA, as reported in September 2026.",
    ),
  business_token_days: z
    .int()
    .min(0)
    .max(365)
    .default(0)
    .describe(
      "60: business tokens end after 60 days, as one of Meta's login configurations issues them; 0: never.",
    ),
  coexistence_inactivity: z
    .boolean()
    .default(true)
    .describe(
      "Whether a coexistence link ends when nobody opened the app for 14 days or the companion rested for 30.",
    ),
  reconnect_after_minutes: z
    .int()
    .min(0)
    .max(100_000)
    .default(0)
    .describe("Minutes after which Meta restores an offboarded companion by itself; 0: only by the action."),
  retry_profile: z
    .enum(["36h", "7d"])
    .default("36h")
    .describe("Meta's pages give both: a webhook is repeated for 36 hours, or for 7 days."),
  retry_to_all_apps: z
    .boolean()
    .default(true)
    .describe("Whether a repetition goes to every subscribed app, also to those that took the webhook."),
  batch_size: z
    .int()
    .min(1)
    .max(1000)
    .default(1)
    .describe("Updates in one delivery. Meta sends up to 1000 and promises nothing."),
  batch_window_ms: z
    .int()
    .min(0)
    .max(60_000)
    .default(250)
    .describe("How long updates are collected for one delivery."),
  include_values: z
    .boolean()
    .default(true)
    .describe("`false`: `changed_fields` in the place of `changes`, as an app may choose at Meta."),
  override_needs_subscription: z
    .boolean()
    .default(false)
    .describe(
      "Whether a WABA's override is refused while the app is not subscribed to it. Reported, while Meta's page shows one call.",
    ),
  verify_callbacks: z
    .boolean()
    .default(true)
    .describe("Whether a callback must answer the handshake before it is taken."),
});

export type Knobs = z.infer<typeof knobSchema>;

export const knobPatchSchema = knobSchema.partial();
export const KNOB_NAMES: readonly string[] = Object.keys(knobSchema.shape);

export interface KnobRow {
  name: string;
  /** The default. */
  value: unknown;
  /** What it is, and which defaults are whose. */
  words: string;
}

export function knobsOf(): KnobRow[] {
  const defaults: Record<string, unknown> = defaultKnobs();
  return Object.entries(knobSchema.shape).map(([name, schema]) => ({
    name,
    value: defaults[name],
    words: schema.description ?? "",
  }));
}

export function defaultKnobs(): Knobs {
  return knobSchema.parse({});
}

/** Applies only what was given: a partial schema would otherwise fill in the defaults. */
export function patchKnobs(knobs: Knobs, patch: Record<string, unknown>): Knobs {
  return knobSchema.parse({ ...knobs, ...patch });
}

/** Knobs of an earlier version's world: what came since has its default, what is gone is dropped. */
export function completeKnobs(knobs: Record<string, unknown>): Knobs {
  return knobSchema.parse(
    Object.fromEntries(Object.entries(knobs).filter(([name]) => KNOB_NAMES.includes(name))),
  );
}
