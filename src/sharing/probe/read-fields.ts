import { expectedReplyOf } from "../../meta/expected-reply.ts";
import type { GraphReply } from "../../meta/graph-reply.ts";
import { askFields, type FieldsReply } from "./ask-fields.ts";
import type { FieldGroup } from "./probe-fields.ts";

/**
 * Reads an object, or the items of a list, outside of probes, in one call. Where Meta refuses that call, it
 * reads each group by itself, and at least the ids (field case 1). Nothing is remembered, because a refusal
 * to one client's token says nothing about another's.
 *
 * @param ask asks Meta for these `fields`
 */
export function readFields(
  ask: (fields: string) => Promise<GraphReply>,
  groups: readonly FieldGroup[],
): Promise<FieldsReply> {
  return askFields({
    set: { of: "waba", groups },
    wabaId: "",
    ask: async (fields) => expectedReplyOf(await ask(fields)),
    base: null,
    record: undefined,
    now: 0,
    until: Infinity,
    afresh: true,
  });
}
