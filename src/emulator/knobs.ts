/**
 * Where Meta's behaviour is undocumented or differs between reports, the emulator takes a default and leaves a knob.
 * Read and set by `GET|POST /_emulator/knobs`.
 */
import { z } from "zod";

/** The letters are the observed shapes of `meta-graph` 5.2: A 100/33, B and E 403/200, C 403/131005. */
const knobSchema = z.strictObject({
  /** A read of a WABA or number that is not shared with the caller. */
  unshared_read: z.enum(["A", "E"]).default("A"),
  /** A message on such a number. */
  unshared_send: z.enum(["A", "B", "C"]).default("B"),
  /** The same two for a client's business token. */
  unshared_read_client: z.enum(["A", "E"]).default("A"),
  unshared_send_client: z.enum(["A", "B", "C"]).default("B"),
  /** Subcode of a revoked token's 190. */
  dead_token: z.enum(["460", "463", "467"]).default("460"),
  /** Whether `assigned_users` stops showing MANAGE once the partner's access was reduced. No source says. */
  reads_show_downgrade: z.boolean().default(true),
  /** Rolling limits of 200 or 5000 management calls an hour, per app and WABA. */
  limits: z.boolean().default(false),
  /** `sent` and `delivered` after each accepted message. */
  message_statuses: z.boolean().default(true),
  /** Partners on one WABA: Meta's pages say one, providers' pages say two. */
  max_partners: z.int().min(1).max(10).default(2),
  /** How long a restriction lasts when the action does not say. Invented. */
  restriction_days: z.int().min(1).max(365).default(7),
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
