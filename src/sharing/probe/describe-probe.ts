import type { GraphReply } from "../../meta/graph-reply.ts";
import { metaMessageOf } from "../evidence/evidence-table.ts";
import type { Replies } from "../evidence/probe-replies.ts";
import type { ProbeResult } from "../model/probe-result.ts";
import type { ShareRecord } from "../model/share-record.ts";
import type { Recorded } from "../rules/step.ts";

export interface ProbeNote {
  kind: "probe" | "command";
  source: string;
  title: string;
  detail: string | null;
  evidence: unknown;
}

/**
 * The timeline entry of a probe, or null for one that neither changed nor learnt anything: a sweep of a
 * million healthy WABAs leaves only its time. A probe that refuted a notice of Meta gets an entry, so that
 * the notice is not the last one.
 *
 * @param probe.hints the hints against the share before the probe
 */
export function describeProbe(
  replies: Replies,
  step: Recorded,
  probe: Pick<ProbeResult, "trigger" | "answers"> & Pick<ShareRecord, "hints">,
): ProbeNote | null {
  const { trigger } = probe;
  const source = sourceOf(trigger);
  const evidence = evidenceOf(replies);
  if (replies.repair !== null) {
    const passed = replies.repair.kind === "success";
    // Of several failed repairs in a row only the first gets an entry.
    const isKnown = step.before.conditions.some(
      ({ type, status }) => type === "WebhookSubscribed" && status === "False",
    );
    if (!passed && isKnown && trigger === "sweep") return null;
    return {
      kind: "command",
      source,
      title: passed ? "subscription.repaired" : "subscription.repair_failed",
      detail: passed ? null : metaMessageOf(replies.repair),
      evidence,
    };
  }
  // A refused field says nothing about the share. It is shown where the probe has an entry anyway.
  const refused = Object.entries(evidence).some(
    ([name, entry]) => entry.outcome !== "success" && replies.unread?.[name] === undefined,
  );
  const changed = step.before.status !== step.after.status || conditionsChanged(step);
  const hasRefuted = step.record.hints.length < probe.hints.length;
  const isNews = changed || hasRefuted || trigger === "check" || (refused && trigger !== "sweep");
  if (!isNews && !(refused && step.after.status === "live")) return null;
  return { kind: "probe", source, title: titleOf(step, probe.answers), detail: null, evidence };
}

export function sourceOf(trigger: ProbeResult["trigger"]): string {
  return trigger === "check" || trigger === "send" || trigger === "import" ? trigger : "probe";
}

/**
 * What Meta answered, and whether it counted. One bad probe, or a good one too soon after a notice, changes
 * nothing.
 */
function titleOf(
  { after }: Recorded,
  { Shared: shared, FullControl: control }: ProbeResult["answers"],
): string {
  const verdicts = [shared, control].map((answer) => answer?.verdict);
  const known = (["Shared", "FullControl"] as const).map(
    (type) => after.conditions.find((condition) => condition.type === type)?.status,
  );
  if (verdicts.includes("bad")) return known.includes("False") ? "probe.missing" : "probe.missing_uncounted";
  if (!verdicts.every((verdict) => verdict === "true")) return "probe.unanswered";
  return known.every((status) => status === "True") ? "probe.proven" : "probe.proven_uncounted";
}

function conditionsChanged({ before, after }: Recorded): boolean {
  return after.conditions.some(
    (condition) => before.conditions.find((old) => old.type === condition.type)?.status !== condition.status,
  );
}

type Evidence = Record<
  string,
  { request: string; at: string; outcome: string; metaMessage: string; error?: EvidenceError }
>;

/** The contents of Meta's error envelope, as fields beside the sentence. */
interface EvidenceError {
  status: number;
  code: number | null;
  subcode: number | null;
  type: string | null;
  fbtrace_id: string | null;
  user_title?: string;
  user_message?: string;
}

function errorOf(reply: GraphReply): { error?: EvidenceError } {
  if (reply.kind !== "refusal") return {};
  const { code, subcode, type, traceId, userTitle, userMessage } = reply.fault;
  return {
    error: {
      ...{ status: reply.status, code, subcode, type, fbtrace_id: traceId },
      ...(userTitle !== undefined && { user_title: userTitle }),
      ...(userMessage !== undefined && { user_message: userMessage }),
    },
  };
}

/** Each question of the probe with Meta's answer: code, trace id and the request, never a token. */
function evidenceOf(replies: Replies): Evidence {
  const evidence: Evidence = {};
  const { client, unread, repairNumbers = {}, ...own } = replies;
  const ofNumbers = Object.entries(repairNumbers).map(([id, reply]) => [`override of ${id}`, reply] as const);
  const asked = {
    ...own,
    ...unread,
    ...Object.fromEntries(ofNumbers),
    debugToken: client?.debugToken ?? null,
    clientRead: client?.clientRead ?? null,
  };
  for (const [name, reply] of Object.entries(asked)) {
    if (reply === null) continue;
    if (typeof reply === "string") {
      evidence[name] = {
        request: "write of MANAGE elsewhere",
        at: "",
        outcome: reply === "passed" ? "success" : "refusal",
        metaMessage: reply,
      };
      continue;
    }
    const { request, askedAt, kind } = reply;
    evidence[name] = {
      request: `${request.method} ${request.path}`,
      at: new Date(askedAt).toISOString(),
      outcome: kind,
      metaMessage: metaMessageOf(reply),
      ...errorOf(reply),
    };
  }
  return evidence;
}
