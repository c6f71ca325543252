import type { LookNote } from "./describe-look.ts";
import { wordsOf } from "./evidence.ts";
import type { Replies } from "./judge-look.ts";
import type { Recorded } from "./step.ts";
import { withoutQuery } from "./working.ts";

/**
 * The timeline's entry about a WABA's own callback: lost, told once per loss and by the look that saw it, or written back. Null when
 * nothing became of it.
 */
export function describeOverride(
  replies: Replies,
  { memory }: Pick<Recorded, "memory">,
  look: { askedAt: number; source: string },
): LookNote | null {
  if (memory.override === null) return null;
  const uri = withoutQuery(memory.override);
  const note = { kind: "act", source: look.source, evidence: null } as const;
  if (replies.mendOverride?.kind === "success")
    return { ...note, title: "subscription.override_restored", detail: uri };
  if (memory.overrideFate?.lostAt !== look.askedAt) return null;
  const refusal = replies.mendOverride === null ? "" : ` (${wordsOf(replies.mendOverride)})`;
  return { ...note, title: "subscription.override_lost", detail: uri + refusal };
}
