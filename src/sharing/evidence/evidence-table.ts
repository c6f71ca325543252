import { cutText } from "../../lib/cut-text.ts";
import { isMetaError, isThrottled, type MetaError } from "../../meta/error-code.ts";
import { explanationOf, type GraphReply } from "../../meta/graph-reply.ts";

/** What one answer of Meta means, whatever was asked. judge-probe.ts then applies it to a condition. */
export type Finding =
  | { finding: "stands"; body: Record<string, unknown> }
  /** Meta says that the object does not exist for us, or that we may not touch it. */
  | { finding: "out_of_reach"; metaMessage: string }
  /** Meta has locked the account: an answer about it, not about the share. */
  | { finding: "locked"; metaMessage: string }
  /** Inconclusive. `ours`: our token, our app or our network is the cause. */
  | {
      finding: "nothing";
      reason: NoEvidence;
      ours: boolean;
      metaMessage: string;
    };

/**
 * `request_refused`: Meta refused the request for a reason that is not about the share (field cases 1 and 12,
 * docs/reference/field-cases.md).
 */
type NoEvidence = "meta_unreachable" | "throttled" | "provider_token_invalid" | "request_refused";

interface EvidenceRow {
  what: string;
  source: string;
  matches(reply: GraphReply): boolean;
  means:
    | { finding: "out_of_reach" | "locked" }
    | {
        finding: "nothing";
        reason: NoEvidence;
        ours: boolean;
      };
}

const refusal =
  (...errors: readonly MetaError[]) =>
  (reply: GraphReply): boolean =>
    reply.kind === "refusal" && isMetaError(reply.fault, ...errors);

/**
 * The evidence table: the first row that matches says what an answer proves. An answer without a row proves
 * nothing, so an unknown code never becomes a removal. Sources: error-codes and
 * graph-api/guides/error-handling of Meta, and field reports where marked.
 */
export const EVIDENCE: readonly EvidenceRow[] = [
  {
    what: "our network does not reach Meta",
    source: "ours",
    matches: (reply) => reply.kind === "no_answer" && reply.cause === "no_network",
    means: { finding: "nothing", reason: "meta_unreachable", ours: true },
  },
  {
    what: "a timeout, a broken connection, a page that is not Meta's, a 5xx without Meta's envelope",
    source: "ours",
    matches: (reply) => reply.kind === "no_answer",
    means: { finding: "nothing", reason: "meta_unreachable", ours: false },
  },
  {
    what: "0, 102, 104, 190, 452: the token we asked with is dead or missing",
    source: "error-codes: authorization",
    matches: refusal("token_invalid", "app_removed", "token_missing"),
    means: { finding: "nothing", reason: "provider_token_invalid", ours: true },
  },
  {
    what: "3, 10: our app lacks a capability or a permission for this request",
    source: "error-codes: authorization; field reports of single fields that are refused so",
    matches: refusal("app_not_permitted"),
    means: { finding: "nothing", reason: "request_refused", ours: true },
  },
  {
    what: "4, 17, 32, 341, 613, 80007, 80008, 130429, or HTTP 429: throttled",
    source: "error-codes: throttling",
    matches: (reply) => reply.kind === "refusal" && (reply.status === 429 || isThrottled(reply.fault)),
    means: { finding: "nothing", reason: "throttled", ours: false },
  },
  {
    what: "1, 2, 131000, 131016, 131057, is_transient, or any 5xx: a fault at Meta",
    source: "error-codes; error-handling",
    matches: (reply) =>
      reply.kind === "refusal" &&
      (reply.status >= 500 || reply.fault.transient === true || isMetaError(reply.fault, "meta_fault")),
    means: { finding: "nothing", reason: "meta_unreachable", ours: false },
  },
  {
    what: "368, 131031: the account is disabled or locked",
    source: "error-codes: integrity",
    matches: refusal("account_restricted", "account_locked"),
    means: { finding: "locked" },
  },
  {
    what: "100 with subcode 33: the object does not exist for us",
    source: "field reports; counts only with a passed control read",
    matches: refusal("object_missing"),
    means: { finding: "out_of_reach" },
  },
  {
    what: "200 to 299: permission not granted or removed",
    source: "error-codes: authorization; counts only with a passed control read",
    matches: refusal("permission_missing"),
    means: { finding: "out_of_reach" },
  },
  {
    what: "any other refusal, also 100 without subcode 33: about the request, or not understood",
    source: "ours; error-codes: 100 is an invalid parameter, a field that does not exist",
    matches: (reply) => reply.kind === "refusal",
    means: { finding: "nothing", reason: "request_refused", ours: false },
  },
];

export function findingOf(reply: GraphReply): Finding {
  if (reply.kind === "success") return { finding: "stands", body: reply.body };
  const row = EVIDENCE.find((candidate) => candidate.matches(reply));
  if (row === undefined) throw new Error("Broken assumption: the evidence table has no row for this answer");
  return { ...row.means, metaMessage: metaMessageOf(reply) };
}

/** Meta's explanations for people take two or three sentences. */
const MESSAGE_LIMIT = 600;

/** Meta's text, shortened, for "Why is this so?". */
export function metaMessageOf(reply: GraphReply): string {
  if (reply.kind === "success") return "answered";
  if (reply.kind === "no_answer")
    return cutText(`${reply.request.method} ${reply.request.path}: ${reply.detail}`, MESSAGE_LIMIT);
  const { code, subcode } = reply.fault;
  const number = [code, subcode].filter((part) => part !== null).join("/");
  return cutText(`HTTP ${reply.status}, error ${number}: ${explanationOf(reply.fault)}`, MESSAGE_LIMIT);
}
