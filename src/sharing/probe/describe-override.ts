import type { ProbeNote } from "./describe-probe.ts";
import { metaMessageOf } from "../evidence/evidence-table.ts";
import type { GraphReply } from "../../meta/graph-reply.ts";
import type { Replies } from "../evidence/probe-replies.ts";
import type { OverrideRecord } from "../model/share-record.ts";
import type { Recorded } from "../rules/step.ts";
import { withoutQuery } from "../status/setup-issues.ts";

/**
 * The timeline entry about a WABA's own callback: lost, reported once per loss by the probe that saw it, or
 * written back. Null when nothing happened to it.
 */
export function describeOverride(
  replies: Replies,
  { record }: Pick<Recorded, "record">,
  probe: { askedAt: number; source: string },
): ProbeNote | null {
  return describeOne(record, replies.repairOverride, probe);
}

/** The same for each number's own callback. */
export function describeNumberOverrides(
  { repairNumbers = {} }: Replies,
  { record }: Pick<Recorded, "record">,
  probe: { askedAt: number; source: string },
): (ProbeNote | null)[] {
  return Object.values(record.numbers).map((number) =>
    describeOne(number, repairNumbers[number.phoneNumberId] ?? null, probe, number.phoneNumberId),
  );
}

function describeOne(
  { override, overrideStatus }: OverrideRecord,
  written: GraphReply | null,
  probe: { askedAt: number; source: string },
  phoneNumberId?: string,
): ProbeNote | null {
  if (override === undefined || override === null) return null;
  const place = phoneNumberId === undefined ? "" : `${phoneNumberId}: `;
  const uri = place + withoutQuery(override);
  const note = { kind: "command", source: probe.source, evidence: null } as const;
  const kind = phoneNumberId === undefined ? "override" : "number_override";
  if (written?.kind === "success") return { ...note, title: `subscription.${kind}_restored`, detail: uri };
  if (overrideStatus?.lostAt !== probe.askedAt) return null;
  const refusal = written === null ? "" : ` (${metaMessageOf(written)})`;
  return { ...note, title: `subscription.${kind}_lost`, detail: uri + refusal };
}
