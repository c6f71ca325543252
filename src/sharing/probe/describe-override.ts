import type { LookNote } from "./describe-probe.ts";
import { wordsOf } from "../evidence/evidence.ts";
import type { GraphReply } from "../../meta/graph-reply.ts";
import type { Replies } from "../evidence/judge-probe.ts";
import type { OverrideMemory } from "../model/share-record.ts";
import type { Recorded } from "../rules/step.ts";
import { withoutQuery } from "../status/setup-issues.ts";

/**
 * The timeline's entry about a WABA's own callback: lost, told once per loss and by the look that saw it, or written back. Null when
 * nothing became of it.
 */
export function describeOverride(
  replies: Replies,
  { memory }: Pick<Recorded, "memory">,
  look: { askedAt: number; source: string },
): LookNote | null {
  return describeOne(memory, replies.mendOverride, look);
}

/** The same of each number's own callback. */
export function describeNumberOverrides(
  { mendNumbers = {} }: Replies,
  { memory }: Pick<Recorded, "memory">,
  look: { askedAt: number; source: string },
): (LookNote | null)[] {
  return Object.values(memory.numbers).map((number) =>
    describeOne(number, mendNumbers[number.phoneNumberId] ?? null, look, number.phoneNumberId),
  );
}

function describeOne(
  { override, overrideFate }: OverrideMemory,
  written: GraphReply | null,
  look: { askedAt: number; source: string },
  phoneNumberId?: string,
): LookNote | null {
  if (override === undefined || override === null) return null;
  const place = phoneNumberId === undefined ? "" : `${phoneNumberId}: `;
  const uri = place + withoutQuery(override);
  const note = { kind: "act", source: look.source, evidence: null } as const;
  const kind = phoneNumberId === undefined ? "override" : "number_override";
  if (written?.kind === "success") return { ...note, title: `subscription.${kind}_restored`, detail: uri };
  if (overrideFate?.lostAt !== look.askedAt) return null;
  const refusal = written === null ? "" : ` (${wordsOf(written)})`;
  return { ...note, title: `subscription.${kind}_lost`, detail: uri + refusal };
}
