import type { TimelineEntry } from "../../api/types.ts";

/** Adjacent entries that say the same: one line on the page. Never empty; newest first. */
export type Fold = [TimelineEntry, ...TimelineEntry[]];

/**
 * Probes of one outcome in a row are one line ("7 checks"), and so is a command with its transition (same
 * name and instant). Nothing else: a hint is an entry of its own, whatever came before it.
 */
export function foldsOf(entries: TimelineEntry[]): Fold[] {
  const folds: Fold[] = [];
  for (const entry of entries) {
    const last = folds.at(-1);
    if (last && belongsTo(last[0], entry)) last.push(entry);
    else folds.push([entry]);
  }
  return folds;
}

function belongsTo(first: TimelineEntry, next: TimelineEntry): boolean {
  if (first.title !== next.title || first.kind === "hint" || next.kind === "hint") return false;
  if (first.kind === "probe") return next.kind === "probe";
  return first.kind === "transition" && next.kind === "command" && first.at === next.at;
}

/** Named by its oldest entry: newer probes join a fold, and an open one must stay open. */
export const foldIdOf = (fold: Fold): string => `fold-${(fold.at(-1) ?? fold[0]).id}`;
