import { isMetaError, metaErrorOf, type MetaError } from "../../meta/error-code.ts";
import { cutText } from "../../lib/cut-text.ts";
import type { Answer } from "../model/probe-result.ts";
import type { HealthIssue } from "../model/setup-reading.ts";

/**
 * Codes of `health_status` that mean "disabled" or "restricted in both directions". They are inferred from
 * the error codes of the same names, because Meta's health page does not list them. Payment (141006) and all
 * other codes only warn.
 */
const STOPPING_ERRORS: ReadonlyMap<MetaError | null, string> = new Map([
  ["account_locked", "meta_disabled"],
  ["account_restricted", "meta_restricted"],
]);

/**
 * `MessagingAllowed` from the WABA entity of `health_status`. It is False only for a code that is known to
 * stop both directions.
 */
export function messagingAllowedOf(body: Record<string, unknown>): Answer {
  const entity = wabaEntityOf(body);
  if (entity === null || typeof entity.can_send_message !== "string")
    return { verdict: "none", reason: "not_yet_proven", ours: false };
  if (entity.can_send_message !== "BLOCKED") return { verdict: "true" };
  const errors = Array.isArray(entity.errors) ? entity.errors.filter(isRecord) : [];
  for (const error of errors) {
    const code = scalarTextOf(error.error_code);
    const reason = STOPPING_ERRORS.get(metaErrorOf({ code: codeOf(error) }));
    const metaMessage = cutText(`${code}: ${scalarTextOf(error.error_description)}`, LONGEST_MESSAGE);
    if (reason !== undefined) return { verdict: "bad", reason, metaMessage };
  }
  return { verdict: "true" };
}

function wabaEntityOf(body: Record<string, unknown>): Record<string, unknown> | null {
  return entitiesOf(body)?.find((entity) => entity.entity_type === "WABA") ?? null;
}

function entitiesOf(body: Record<string, unknown>): Record<string, unknown>[] | null {
  const health = body.health_status as { entities?: unknown } | null | undefined;
  return Array.isArray(health?.entities) ? health.entities.filter(isRecord) : null;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Strings and numbers as text. Any other value gives "", because converting it could throw. */
function scalarTextOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

/** A whole number, or null. */
function codeOf(error: Record<string, unknown>): number | null {
  const written = scalarTextOf(error.error_code);
  return /^[0-9]{1,15}$/.test(written) ? Number(written) : null;
}

/** A person reads no more than this. Meta's own pages show the whole answer. */
const MOST_ISSUES = 6;
const LONGEST_MESSAGE = 300;

/**
 * What `health_status` reports as limited or blocked, in Meta's text. Null when it reports nothing at all.
 */
export function healthIssuesOf(body: Record<string, unknown>): HealthIssue[] | null {
  return entitiesOf(body)?.flatMap(issuesOfEntity).slice(0, MOST_ISSUES) ?? null;
}

function issuesOfEntity(entity: Record<string, unknown>): HealthIssue[] {
  const canSend = entity.can_send_message;
  if (canSend !== "LIMITED" && canSend !== "BLOCKED") return [];
  const base = { entity: textOf(entity.entity_type) ?? "", canSend, solution: null } as const;
  const sent = Array.isArray(entity.errors) ? entity.errors.filter(isRecord) : [];
  const errors = sent.filter((error) => !isMetaError({ code: codeOf(error) }, "sip_missing"));
  const infos = Array.isArray(entity.additional_info) ? entity.additional_info : [];
  const issues = [
    ...errors.map((error) => ({
      ...base,
      code: codeOf(error),
      metaMessage: textOf(error.error_description) ?? "",
      solution: textOf(error.possible_solution),
    })),
    ...infos.map((info) => ({ ...base, code: null, metaMessage: textOf(info) ?? "" })),
  ];
  // "Limited" or "blocked" without a reason is still reported. With ignored codes only, it is not.
  return issues.length === 0 && sent.length === 0 ? [{ ...base, code: null, metaMessage: "" }] : issues;
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? cutText(value, LONGEST_MESSAGE) : null;
}
