/**
 * Trouble by rule: which Graph requests, what they get instead of an answer, how often. Rules never touch
 * `/_emulator`.
 */
import { z } from "zod";
import type { Random } from "../../lib/random.ts";

const errorSchema = z.looseObject({
  message: z.string().exactOptional(),
  type: z.string().exactOptional(),
  code: z.int().exactOptional(),
  error_subcode: z.int().exactOptional(),
});

export const faultSchema = z
  .strictObject({
    match: z
      .strictObject({
        method: z.string().exactOptional(),
        path: z.string().exactOptional(),
        waba_id: z.string().exactOptional(),
      })
      .default({}),
    respond: z
      .union([
        z.literal("reset"),
        z.literal("hang"),
        z.strictObject({ status: z.int().min(100).max(599), error: errorSchema.exactOptional() }),
      ])
      .exactOptional(),
    delay_ms: z.int().min(0).max(600_000).exactOptional(),
    probability: z.number().min(0).max(1).exactOptional(),
    count: z.int().min(1).exactOptional(),
  })
  .refine((rule) => rule.respond !== undefined || rule.delay_ms !== undefined, {
    message: 'say what happens: "respond" ({"status":500}, "reset" or "hang") or "delay_ms"',
  });

type FaultInput = z.infer<typeof faultSchema>;
export interface FaultRule extends FaultInput {
  id: string;
  /** Requests it still applies to; absent: all. */
  remaining?: number;
}

/** What a request is matched by. `wabaId`: the WABA it names, or that of the number it names. */
export interface FaultTarget {
  method: string;
  /** With the version, e.g. `/v25.0/123/messages`. */
  path: string;
  wabaId: string | null;
}

/** The first rule that applies; it is used up by one. Mutates `rules`. */
export function takeFault(rules: FaultRule[], target: FaultTarget, random: Random): FaultRule | undefined {
  for (const rule of rules) {
    if (!isMatch(rule, target)) continue;
    if (rule.probability !== undefined && random.next() >= rule.probability) continue;
    if (rule.remaining !== undefined) rule.remaining -= 1;
    if (rule.remaining === 0) rules.splice(rules.indexOf(rule), 1);
    return rule;
  }
  return undefined;
}

function isMatch({ match }: FaultRule, target: FaultTarget): boolean {
  if (match.method && match.method.toUpperCase() !== target.method) return false;
  if (match.waba_id && match.waba_id !== target.wabaId) return false;
  if (!match.path) return true;
  const glob = globOf(match.path);
  return glob.test(target.path) || glob.test(withoutVersion(target.path));
}

/** `*` stands for any characters, slashes too; `?` for one. A path counts with and without its `/vN.N`. */
export function globOf(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*+/g, ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`);
}

function withoutVersion(path: string): string {
  return path.replace(/^\/v\d+\.\d+(?=\/|$)/, "") || "/";
}
