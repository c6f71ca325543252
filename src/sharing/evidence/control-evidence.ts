import type { GraphReply } from "../../meta/graph-reply.ts";
import { itemsOf } from "../../meta/list-reply.ts";
import { isMetaId } from "../../meta/meta-id.ts";
import type { PartnerModel } from "../model/partner-model.ts";
import type { Answer, ProbeResult } from "../model/probe-result.ts";
import { NOT_PROVEN_WHILE_OBSERVING } from "../model/reason.ts";
import { grantOf } from "./client-evidence.ts";
import { findingOf, metaMessageOf } from "./evidence-table.ts";
import {
  followOf,
  inconclusiveAnswerOf,
  type ProbeIdentity,
  type Replies,
  usualTerms,
} from "./probe-replies.ts";
import { areEnough } from "./task-sets.ts";

/** `FullControl` where the client's token is the grant: whether it may send. */
export function grantedControlOf(replies: Replies, identity: ProbeIdentity, shared: Answer): Answer {
  if (shared.verdict !== "true" || !replies.client) return followOf(shared);
  const asked = { wabaId: identity.terms?.wabaId ?? "", appId: identity.appId };
  const grant = grantOf(replies.client, asked);
  if (grant === "may_send") return { verdict: "true", byWrite: true };
  if (grant === "listed")
    return {
      verdict: "bad",
      reason: "partial_control",
      metaMessage: "debug_token: whatsapp_business_messaging",
    };
  return { verdict: "none", reason: "not_yet_proven", ours: false };
}

/**
 * Rule 7. The read suffices while no write failed. A failed write counts only if the same token passes it
 * elsewhere.
 */
export function fullControlOf(replies: Replies, identity: ProbeIdentity, shared: Answer): Answer {
  if (shared.verdict !== "true" || replies.assignedUsers === null) return followOf(shared);
  if (replies.write !== null) {
    const write = findingOf(replies.write);
    if (write.finding === "stands") return { verdict: "true", byWrite: true };
    if (write.finding !== "out_of_reach")
      return readOf(replies.assignedUsers, identity, inconclusiveAnswerOf(write));
    const { controlWrite } = replies;
    if (controlWrite === "passed")
      return { verdict: "bad", reason: "partial_control", metaMessage: metaMessageOf(replies.write) };
    if (controlWrite !== null && controlWrite !== "failed")
      return inconclusiveAnswerOf(findingOf(controlWrite));
    return { verdict: "none", reason: "provider_token_invalid", ours: true };
  }
  return readOf(replies.assignedUsers, identity, unwrittenOf(replies.assignedUsers, identity));
}

/**
 * The read lacks full control, and nothing was written. In observe mode nothing ever is. Then some tasks
 * without MANAGE mean partial control (inferred: a granular list is a standard share). An empty list proves
 * nothing: a share that was just given back shows no task until somebody on our side assigns our system user.
 */
function unwrittenOf(read: GraphReply, { systemUserId, terms }: ProbeIdentity): Answer {
  if (terms?.observing !== true) return { verdict: "none", reason: "not_yet_proven", ours: false };
  const tasks = tasksOf(read, systemUserId);
  if (tasks.length === 0) return { verdict: "none", reason: NOT_PROVEN_WHILE_OBSERVING, ours: true };
  return { verdict: "bad", reason: "partial_control", metaMessage: `assigned_users: ${tasks.join(", ")}` };
}

/**
 * What the read alone shows: full control for our system user, or an inconclusive answer. In observe mode it
 * stands for the write.
 */
function readOf(reply: GraphReply, identity: ProbeIdentity, otherwise: Answer): Answer {
  const read = findingOf(reply);
  const { model, observing } = identity.terms ?? usualTerms();
  if (read.finding === "nothing") return inconclusiveAnswerOf(read);
  if (!hasControl(reply, identity.systemUserId, model)) return otherwise;
  return observing ? { verdict: "true", byWrite: true } : { verdict: "true" };
}

/**
 * Whether `assigned_users` shows full control for our own system user: the task MANAGE, or the tasks that the
 * model accepts instead.
 */
export function hasControl(reply: GraphReply, systemUserId: string, model: PartnerModel): boolean {
  return areEnough(model, tasksOf(reply, systemUserId));
}

/** Whether `assigned_users` shows the task MANAGE for our own system user. */
export function hasManage(reply: GraphReply, systemUserId: string): boolean {
  return tasksOf(reply, systemUserId).includes("MANAGE");
}

/** The tasks that `assigned_users` shows for our own system user. */
export function tasksOf(reply: GraphReply, systemUserId: string): string[] {
  const own = itemsOf(reply).find((user) => isMetaId(user.id, systemUserId));
  return Array.isArray(own?.tasks) ? own.tasks.filter((task) => typeof task === "string") : [];
}

export function writeOf(reply: GraphReply | null): ProbeResult["write"] {
  if (reply === null) return "none";
  if (reply.kind === "success") return "passed";
  const { finding } = findingOf(reply);
  return finding === "out_of_reach" || finding === "locked" ? "failed" : "none";
}
