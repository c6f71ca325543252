import { isMetaError, type MetaError } from "../../meta/error-code.ts";
import type { GraphReply } from "../../meta/graph-reply.ts";
import { findingOf, metaMessageOf } from "./evidence-table.ts";
import { listsWaba, MESSAGING_SCOPE, tokenInfoOf, type TokenInfo } from "../../meta/token-info.ts";
import type { Answer } from "../model/probe-result.ts";

/** What a probe read with the client's own token, and about that token. Null: not asked. */
export interface ClientReplies {
  /** Whether we hold a token of the client. */
  held: boolean;
  /** The answer of `debug_token` about it, asked with our system user's token. */
  debugToken: GraphReply | null;
  /**
   * A read of the WABA with the client's token, asked when `debug_token` does not show that the token is
   * valid.
   */
  clientRead: GraphReply | null;
}

export interface ClientAnswers {
  AppInstalled: Answer;
  /** Of the client's token. Messages use it only where the WABA is set to send with it. */
  TokenValid: Answer;
}

interface View {
  held: boolean;
  info: TokenInfo;
  read: GraphReply | null;
  wabaId: string;
  appId: string;
}

interface ClientRow {
  what: string;
  source: string;
  matches(view: View): boolean;
  app: "true" | "app_uninstalled" | "none";
  token: "true" | "provider_token_invalid" | "none";
}

/**
 * Rule 9 as a table: what the client's own token proves. The first row that matches wins. `debug_token` alone
 * never makes anything False: the WABA is read again with the token itself, and only Meta's refusal of that
 * read counts.
 */
export const CLIENT_EVIDENCE: readonly ClientRow[] = [
  {
    what: "no token of the client is held",
    source: "ours",
    matches: ({ held }) => !held,
    app: "none",
    token: "provider_token_invalid",
  },
  {
    what: "`debug_token`: valid, of our app, and a granular scope lists the WABA (the management scope without `target_ids` lists all)",
    source: "manage-accounts; membership, never the first one (field report)",
    matches: ({ info, wabaId, appId }) => isOurs(info, appId) && listsWaba(info, wabaId),
    app: "true",
    token: "true",
  },
  {
    what: "a read with it answers 190 with subcode 458: the client removed the app",
    source: "error-handling; field reports",
    matches: ({ read }) => isRefusal(read, "app_removed"),
    app: "app_uninstalled",
    token: "none",
  },
  {
    what: "a read with it answers 0, 102, 104, any other 190, or 452: the token is dead, which says nothing about the app",
    source: "error-codes: authorization; subcodes 460, 463, 467 of error-handling",
    matches: ({ read }) => isRefusal(read, "token_invalid"),
    app: "none",
    token: "provider_token_invalid",
  },
  {
    what: "`debug_token`: valid, but of another app than ours",
    source: "manage-accounts: `app_id`",
    matches: ({ info, appId }) => info.kind === "valid" && !isOurs(info, appId),
    app: "none",
    token: "provider_token_invalid",
  },
  {
    what: "`debug_token`: valid, and no granular scope lists the WABA: a lost share takes it off the list too (inferred)",
    source: "manage-accounts",
    matches: ({ info }) => info.kind === "valid",
    app: "none",
    token: "true",
  },
  {
    what: "a read with it is answered although `debug_token` calls it invalid: the token is valid",
    source: "ours",
    matches: ({ info, read }) => info.kind === "invalid" && read?.kind === "success",
    app: "none",
    token: "true",
  },
  {
    what: "anything else: no answer, throttling, a refused `debug_token`, or a denial that no read confirms",
    source: "ours",
    matches: () => true,
    app: "none",
    token: "none",
  },
];

/** What the client's token proves about the app and about itself. */
export function judgeClientToken(
  replies: ClientReplies,
  asked: { wabaId: string; appId: string },
): ClientAnswers {
  const view: View = {
    ...asked,
    held: replies.held,
    info: tokenInfoOf(replies.debugToken),
    read: replies.clientRead,
  };
  const row = CLIENT_EVIDENCE.find((candidate) => candidate.matches(view));
  if (row === undefined) throw new Error("Broken assumption: no row for this client token");
  const metaMessage = replies.clientRead === null ? null : metaMessageOf(replies.clientRead);
  const none = inconclusiveOf(replies);
  return {
    AppInstalled: answerOf(row.app, metaMessage, none),
    TokenValid: answerOf(row.token, metaMessage, none),
  };
}

function answerOf(
  verdict: ClientRow["app"] | ClientRow["token"],
  metaMessage: string | null,
  none: Answer,
): Answer {
  if (verdict === "none") return none;
  return verdict === "true" ? { verdict: "true" } : { verdict: "bad", reason: verdict, metaMessage };
}

/** Why the answer is inconclusive: the failure that prevented it, or `not_yet_proven`. */
function inconclusiveOf({ debugToken }: ClientReplies): Answer {
  const finding = debugToken === null ? null : findingOf(debugToken);
  if (finding?.finding === "nothing") return { verdict: "none", reason: finding.reason, ours: finding.ours };
  return { verdict: "none", reason: "not_yet_proven", ours: false };
}

/**
 * Whether the grant behind the token is valid for this WABA, and whether the token may send. For a WABA that
 * is ours by its token alone.
 */
export function grantOf(
  replies: ClientReplies,
  asked: { wabaId: string; appId: string },
): "may_send" | "listed" | "not_listed" | "unknown" {
  const info = tokenInfoOf(replies.debugToken);
  if (info.kind !== "valid" || !isOurs(info, asked.appId)) return "unknown";
  if (!listsWaba(info, asked.wabaId)) return "not_listed";
  return listsWaba(info, asked.wabaId, MESSAGING_SCOPE) ? "may_send" : "listed";
}

/** We may not send with a token of another app. Without `app_id` the token is taken as ours. */
function isOurs(info: TokenInfo, appId: string): boolean {
  return info.kind === "valid" && (info.appId === null || info.appId === appId);
}

const isRefusal = (reply: GraphReply | null, error: MetaError): boolean =>
  reply?.kind === "refusal" && isMetaError(reply.fault, error);
