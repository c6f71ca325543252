import type { GraphReply } from "../../meta/graph-reply.ts";
import { isMetaId, parseMetaId } from "../../meta/meta-id.ts";
import { findingOf } from "../evidence/evidence-table.ts";
import { fieldsOf, type FieldGroup, type FieldSet } from "./probe-fields.ts";
import type { RefusedFields, Refusal } from "./refused-fields.ts";

type Success = Extract<GraphReply, { kind: "success" }>;

export interface FieldsRead {
  set: FieldSet;
  wabaId: string;
  /** Asks for these `fields` of the object, or of each item of the list. */
  ask(fields: string): Promise<GraphReply>;
  /** The object as already read; null for a list. */
  base: Success | null;
  record: RefusedFields | undefined;
  now: number;
  /** After this instant nothing more is asked. The next probe asks for the missing fields. */
  until: number;
  /** A person asks: fields that Meta refused lately are asked for again. */
  afresh: boolean;
}

export interface FieldsReply {
  /** What was read, as one answer. */
  reply: GraphReply;
  /** The fields that no answer of this probe holds, each with its reply: Meta's refusal, or no answer. */
  unread: Record<string, GraphReply>;
}

/**
 * Reads the fields of a set in one call. When Meta refuses that call, each group gets a call of its own, so
 * that a refused field affects no other. Refused groups are remembered and left out.
 */
export async function askFields(read: FieldsRead): Promise<FieldsReply> {
  const { set, base, record } = read;
  const plan = record?.planOf(set, read) ?? { together: [...set.groups], alone: [], resting: [] };
  const askGroup = async (group: FieldGroup): Promise<Asked> => ({
    group,
    reply: await read.ask(fieldsOf([group])),
  });
  const isBaseEnough = plan.together.length === 0 && base !== null;
  const [whole, alone] = await Promise.all([
    isBaseEnough ? base : read.ask(fieldsOf(plan.together)),
    Promise.all(plan.alone.map(askGroup)),
  ]);
  const isSplit = plan.together.length > 0 && isRefused(whole) && maySplit(whole, read);
  const split = isSplit ? await Promise.all(plan.together.map(askGroup)) : [];
  const groups = [...alone, ...split];
  learnFrom(read, groups);
  if (!isSplit && (whole.kind === "no_answer" || isRefused(whole)))
    record?.doubt(set, plan.together, { wabaId: read.wabaId, unanswered: whole });
  const answered = groups.filter(isRead);
  const isLate = groups.some(({ reply }) => reply.answeredAt >= read.until);
  const foundation = isSplit
    ? (base ?? answered[0]?.reply ?? (isLate ? whole : await read.ask(fieldsOf([]))))
    : whole;
  const missed =
    isSplit || whole.kind === "success" ? [] : plan.together.map((group) => ({ group, reply: whole }));
  const resting = plan.resting.map(({ group, refusal }) => ({ group, reply: refusal }));
  return {
    reply: mergedOf(foundation, answered),
    unread: unreadOf([...missed, ...resting, ...groups.filter((asked) => !isRead(asked))]),
  };
}

/** Remembers of each group that was asked for alone whether Meta refuses it. */
function learnFrom({ set, record, wabaId, now }: FieldsRead, groups: readonly Asked[]): void {
  for (const { group, reply } of groups)
    if (reply.kind === "success" || isRefused(reply))
      record?.learn(set, group, { wabaId, now, refusal: reply.kind === "success" ? null : reply });
}

/**
 * Whether this probe asks for each group alone. "Out of reach" most often means that the share was lost after
 * the id was read. Then the next probe asks, if it gets that far.
 */
function maySplit(whole: GraphReply, { record, until }: FieldsRead): boolean {
  if (record === undefined) return true;
  return whole.answeredAt < until && findingOf(whole).finding !== "out_of_reach";
}

interface Asked {
  group: FieldGroup;
  reply: GraphReply;
}

const isRead = (asked: Asked): asked is { group: FieldGroup; reply: Success } =>
  asked.reply.kind === "success";

/**
 * Whether another question may still be answered. This includes a page of a web filter and a 500, because the
 * read of the id has just passed. Throttling, a dead token and a locked account affect every question.
 */
export function isRefused(reply: GraphReply): reply is Refusal {
  if (reply.kind === "success" || (reply.kind === "no_answer" && reply.status === null)) return false;
  const found = findingOf(reply);
  if (found.finding === "nothing")
    return found.reason === "request_refused" || found.reason === "meta_unreachable";
  return found.finding === "out_of_reach";
}

function unreadOf(asked: readonly Asked[]): Record<string, GraphReply> {
  return Object.fromEntries(
    asked.flatMap(({ group, reply }) => group.map((field) => [field, reply] as const)),
  );
}

/** Merges several answers about the same object, or about the items of the same list. */
function mergedOf(base: GraphReply, more: readonly { reply: Success }[]): GraphReply {
  if (base.kind !== "success") return base;
  const { data } = base.body;
  const bodies = more.map(({ reply }) => reply.body);
  if (!Array.isArray(data))
    return { ...base, body: Object.assign({}, base.body, ...bodies) as Success["body"] };
  const items = data.map((item: Record<string, unknown>): Record<string, unknown> => {
    const parts = bodies.flatMap((body) => (Array.isArray(body.data) ? body.data : []) as (typeof item)[]);
    const id = parseMetaId(item.id);
    return Object.assign(
      {},
      item,
      ...parts.filter((part) => id !== null && isMetaId(part.id, id)),
    ) as typeof item;
  });
  return { ...base, body: { ...base.body, data: items } };
}
