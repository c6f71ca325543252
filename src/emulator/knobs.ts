/**
 * Where Meta's behaviour is undocumented or differs between reports, the emulator takes a default and leaves a knob.
 * Read and set by `GET|POST /_emulator/knobs`.
 */
import { z } from "zod";
import { SIGNUP_ERROR_CODES } from "./signup/signup-errors.ts";

/** Shapes of a refusal, by the letters of `meta-graph` 5.2: A 100/33, B, D and E 403, C 403/131005, F 190/458. */
const READ_VARIANTS = ["A", "D", "E", "F"] as const;
const SEND_VARIANTS = ["A", "B", "C", "D", "F"] as const;

const variantsSchema = z.strictObject({
  read: z.enum(READ_VARIANTS).optional(),
  send: z.enum(SEND_VARIANTS).optional(),
  read_client: z.enum(READ_VARIANTS).optional(),
  send_client: z.enum(SEND_VARIANTS).optional(),
});

const knobSchema = z.strictObject({
  /** A read of a WABA or number that is not shared with the caller. */
  unshared_read: z.enum(READ_VARIANTS).default("A"),
  /** A message on such a number. */
  unshared_send: z.enum(SEND_VARIANTS).default("B"),
  /** The same two for a client's business token. */
  unshared_read_client: z.enum(READ_VARIANTS).default("A"),
  unshared_send_client: z.enum(SEND_VARIANTS).default("B"),
  /** Others than these four, by the action that ended the share: `{"partner.takeover":{"send":"C"}}`. */
  unshared_by: z.record(z.string(), variantsSchema).default({}),
  /** Subcode of a revoked token's 190. */
  dead_token: z.enum(["460", "463", "467"]).default("460"),
  /** Whether `assigned_users` stops showing MANAGE once the partner's access was reduced. No source says. */
  reads_show_downgrade: z.boolean().default(true),
  /** `loose`: every living token may do everything; for trying something out, never for a test. */
  permissions: z.enum(["strict", "loose"]).default("strict"),
  /** Whether calls without `appsecret_proof` are refused, as an app may ask of Meta. */
  require_appsecret_proof: z.boolean().default(false),
  /** Rolling limits of 200 or 5000 management calls an hour, per app and WABA. */
  limits: z.boolean().default(true),
  /** Whether a WABA that had a registered number and lost it falls back to 200. Inferred, hence not the default. */
  limits_after_loss: z.boolean().default(false),
  /** What a throttled call gets: the WABA's code, its older number, or the app's. */
  throttle_code: z.enum(["80008", "80007", "4"]).default("80008"),
  /** `sent` and `delivered` after each accepted message. */
  message_statuses: z.boolean().default(true),
  /** Partners on one WABA: Meta's pages say one, providers' pages say two. */
  max_partners: z.int().min(1).max(10).default(2),
  /** How long a restriction lasts when the action does not say. Invented. */
  restriction_days: z.int().min(1).max(365).default(7),
  /** The change of Meta's account model: 0 classic, 1 the WABA is a messaging account, 2 new ids in signup messages. */
  account_model_phase: z.int().min(0).max(2).default(0),
  /** Embedded Signup ends with this error; null: only where the state says so. */
  signup_error: z.enum(SIGNUP_ERROR_CODES).nullable().default(null),
  /** Whether the message of a coexistence signup names the WABA only, as documented, or all ids, as sometimes seen. */
  coexistence_finish: z.enum(["waba_only", "whole"]).default("waba_only"),
  /** How long a number must wait after Disconnect before it may sign up again. Meta says 15; here nobody should wait. */
  signup_wait_minutes: z.int().min(0).max(1440).default(0),
  /** Which reaches the page first after a signup. Meta promises no order. */
  signup_order: z.enum(["event_first", "code_first"]).default("event_first"),
  /** Whether a signup's token carries `whatsapp_business_manage_events` in place of the management scope, as seen in June 2026. */
  signup_scope_substitution: z.boolean().default(false),
  /** 60: business tokens end after 60 days, as one of Meta's login configurations issues them; 0: never. */
  business_token_days: z.int().min(0).max(365).default(0),
  /** Whether a coexistence link ends when nobody opened the app for 14 days or the companion rested for 30. */
  coexistence_inactivity: z.boolean().default(true),
  /** Minutes after which Meta restores an offboarded companion by itself; 0: only by the action. */
  reconnect_after_minutes: z.int().min(0).max(100_000).default(0),
  /** Meta's pages give both: a webhook is repeated for 36 hours, or for 7 days. */
  retry_profile: z.enum(["36h", "7d"]).default("36h"),
  /** Whether a repetition goes to every subscribed app, also to those that took the webhook. */
  retry_to_all_apps: z.boolean().default(true),
  /** Updates in one delivery, and how long they are collected. Meta sends up to 1000 and promises nothing. */
  batch_size: z.int().min(1).max(1000).default(1),
  batch_window_ms: z.int().min(0).max(60_000).default(250),
  /** `false`: `changed_fields` in the place of `changes`, as an app may choose at Meta. */
  include_values: z.boolean().default(true),
  /** Whether a callback must answer the handshake before it is taken. */
  verify_callbacks: z.boolean().default(true),
});

export type Knobs = z.infer<typeof knobSchema>;

export const knobPatchSchema = knobSchema.partial();
export const KNOB_NAMES: readonly string[] = Object.keys(knobSchema.shape);

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
