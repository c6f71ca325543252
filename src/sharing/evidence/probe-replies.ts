import type { GraphReply } from "../../meta/graph-reply.ts";
import { type PartnerModel, partnerModelOf } from "../model/partner-model.ts";
import type { Answer } from "../model/probe-result.ts";
import type { ClientReplies } from "./client-evidence.ts";
import type { Finding } from "./evidence-table.ts";

/** The answers of one probe, as received. Null: not asked. */
export interface Replies {
  /** Our own portfolio, same token: without it 100/33 and 200 prove nothing. */
  control: GraphReply;
  /** The node's id alone: this read proves the share. */
  waba: GraphReply;
  /** Name, owner, payment and health, asked beside it; null while the share is not proven. */
  details: GraphReply | null;
  /** The fields that `details` lacks because Meta refused them or did not answer, each with its reply. */
  unread?: Record<string, GraphReply>;
  assignedUsers: GraphReply | null;
  /** The write of MANAGE for our own system user. */
  write: GraphReply | null;
  /**
   * After a failed write: whether the same token passes it elsewhere or reads back as ADMIN; else the
   * inconclusive reply.
   */
  controlWrite: "passed" | "failed" | GraphReply | null;
  subscribedApps: GraphReply | null;
  /** The reply to the repair of a missing subscription. */
  repair: GraphReply | null;
  /** The reply to writing back its override, where we hold the verify token. */
  repairOverride: GraphReply | null;
  /** The replies to writing back callbacks of single numbers, by Meta's id of the number. */
  repairNumbers?: Record<string, GraphReply>;
  phoneNumbers: GraphReply | null;
  /** Our system users, asked when Meta does not show us the WABA. */
  systemUsers?: GraphReply | null;
  /** About the client's own token; absent or null where we hold none and need none. */
  client?: ClientReplies | null;
}

export interface ProbeIdentity {
  appId: string;
  systemUserId: string;
  /** Our id of each number of this WABA, by Meta's id. */
  numberIds: Record<string, string>;
  /** The override whose verify token we hold, and which a repair writes back. */
  heldOverride?: string | null;
  /** The same of numbers, by Meta's id. */
  heldNumberOverrides?: Record<string, string>;
  /**
   * How this WABA is ours to use. Default: shared with our portfolio, sending with our system user's token.
   */
  terms?: ProbeTerms;
}

export interface ProbeTerms {
  wabaId: string;
  model: PartnerModel;
  sendsWithClientToken: boolean;
  /**
   * Nothing may be written. The read then stands for the proof that a write would give (docs/decisions/0004).
   */
  observing: boolean;
}

/** An inconclusive answer with its reason. A refusal that concerns the share is judged in `sharedOf`. */
export function inconclusiveAnswerOf(found: Finding): Answer {
  if (found.finding !== "nothing") return { verdict: "none", reason: "request_refused", ours: false };
  return { verdict: "none", reason: found.reason, ours: found.ours };
}

export function usualTerms(): ProbeTerms {
  return {
    wabaId: "",
    model: partnerModelOf("portfolio_share"),
    sendsWithClientToken: false,
    observing: false,
  };
}

/** The answer for conditions that cannot be asked while the share gives no answer. */
export function followOf(shared: Answer): Answer {
  if (shared.verdict === "none") return shared;
  return { verdict: "none", reason: "not_yet_proven", ours: false };
}
