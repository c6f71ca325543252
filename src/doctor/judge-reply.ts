import type { GraphReply } from "../meta/graph-reply.ts";
import { findingOf, metaMessageOf } from "../sharing/evidence/evidence-table.ts";
import { unclearFinding, type CheckId, type Finding } from "./finding.ts";

/** An answer with a body, Meta's word against us, or nothing to reason with, which is a finding by itself. */
export type Judged =
  | { kind: "answered"; body: Record<string, unknown> }
  | { kind: "refused"; answer: string }
  | { kind: "unclear"; finding: Finding };

/**
 * By the evidence table: what proves nothing about a client proves nothing about a setting either, but a dead
 * token does.
 */
export function judgeReply(check: CheckId, reply: GraphReply): Judged {
  if (reply.kind === "success") return { kind: "answered", body: reply.body };
  const answer = metaMessageOf(reply);
  const evidence = findingOf(reply);
  const isUnclear =
    evidence.finding === "nothing" && evidence.reason !== "provider_token_invalid" && !isOwnFault(reply);
  return isUnclear
    ? { kind: "unclear", finding: unclearFinding(check, answer) }
    : { kind: "refused", answer };
}

/**
 * 100 (a wrong parameter, a wrong proof) and 101 (no such app) prove nothing about a client, and much about
 * our settings.
 */
function isOwnFault(reply: GraphReply): boolean {
  return reply.kind === "refusal" && [100, 101].includes(reply.fault.code ?? -1);
}

export const textOf = (value: unknown): string | null =>
  typeof value === "string" && value !== "" ? value : null;

export const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
