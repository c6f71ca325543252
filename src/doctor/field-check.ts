import { expectedReplyOf } from "../meta/expected-reply.ts";
import { askFields } from "../sharing/probe/ask-fields.ts";
import { metaMessageOf } from "../sharing/evidence/evidence-table.ts";
import { WIDEST } from "../sharing/probe/probe-meta.ts";
import { NUMBER_DETAILS, WABA_DETAILS, type FieldSet } from "../sharing/probe/probe-fields.ts";
import type { Check, Examination } from "./check.ts";
import { doctorText, speakerOf } from "./finding.ts";

const says = speakerOf("probe_fields");

/** What follows where Meta refuses a group of fields, by its first field. */
const consequenceOf = (fields: string): string => {
  const [first = ""] = fields.split(", ");
  const key = `probe_fields.${first}.sentence`;
  return doctorText.has(key) ? doctorText(key) : "";
};

/** Reads of one WABA what a probe reads, and names what Meta refuses (field case 1). */
export const FIELD_CHECK: Check = {
  id: "probe_fields",
  needs: ["shared_wabas"],
  async run(examination) {
    const listing = await examination.sharedWabas();
    const [waba] = listing.complete ? listing.wabas : [];
    if (waba === undefined) return says("skipped", "no_waba");
    const node = expectedReplyOf(await examination.ask(`/${waba.wabaId}`, { fields: "id" }));
    if (node.kind !== "success")
      return says("warning", "unreadable", { waba: waba.wabaId, answer: metaMessageOf(node) });
    const unread = await Promise.all([
      unreadOf(examination, WABA_DETAILS, waba.wabaId, node),
      unreadOf(examination, NUMBER_DETAILS, waba.wabaId, null),
    ]);
    const refused = unread.flat();
    if (refused.length === 0) return says("ok", "whole", { waba: waba.wabaId });
    return says("warning", "refused", {
      fields: refused.map(({ fields }) => fields).join(", "),
      answer: refused[0]?.answer ?? "",
      consequences: refused.map(({ fields }) => consequenceOf(fields)).join(" "),
    });
  },
};

/** The groups that Meta did not answer, with what it said instead. */
async function unreadOf(
  { ask, clock }: Examination,
  set: FieldSet,
  wabaId: string,
  base: Parameters<typeof askFields>[0]["base"],
): Promise<{ fields: string; answer: string }[]> {
  const path = set.of === "waba" ? `/${wabaId}` : `/${wabaId}/phone_numbers`;
  const { unread } = await askFields({
    set,
    wabaId,
    base,
    ask: async (fields) => expectedReplyOf(await ask(path, { fields, ...(set.of === "numbers" && WIDEST) })),
    record: undefined,
    now: clock.now(),
    until: Infinity,
    afresh: true,
  });
  return set.groups.flatMap((group) => {
    const reply = unread[group[0] ?? ""];
    return reply === undefined ? [] : [{ fields: group.join(", "), answer: metaMessageOf(reply) }];
  });
}
