import type { Answer } from "./look.ts";

/**
 * Codes of `health_status` that mean: disabled, or restricted in both directions. Not in Meta's health page: inferred from the error
 * codes of the same names, so they are a table. Payment (141006) and everything else only warns.
 */
const STOPPING_CODES: Record<number, string> = { 131031: "meta_disabled", 368: "meta_restricted" };

/** `MessagingAllowed` from the WABA entity of `health_status`: False only for a code that is known to stop both directions. */
export function messagingAllowedOf(body: Record<string, unknown>): Answer {
  const entity = wabaEntityOf(body);
  if (entity === null) return { verdict: "none", reason: "not_yet_proven", ours: false };
  if (entity.can_send_message !== "BLOCKED") return { verdict: "true" };
  const errors = Array.isArray(entity.errors) ? entity.errors : [];
  for (const error of errors as { error_code?: unknown; error_description?: unknown }[]) {
    const reason = STOPPING_CODES[Number(error.error_code)];
    if (reason !== undefined)
      return {
        verdict: "bad",
        reason,
        words: `${String(error.error_code)}: ${String(error.error_description ?? "")}`,
      };
  }
  return { verdict: "true" };
}

function wabaEntityOf(body: Record<string, unknown>): Record<string, unknown> | null {
  const health = body.health_status as { entities?: unknown } | undefined;
  if (!Array.isArray(health?.entities)) return null;
  const entities = health.entities as Record<string, unknown>[];
  return entities.find((entity) => entity.entity_type === "WABA") ?? null;
}
