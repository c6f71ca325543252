import { lockPeople } from "../access/lock-people.ts";
import { findPerson } from "../access/person-store.ts";
import { ADMIN_KEY_ACTOR, type Actor } from "../access/actor.ts";
import type { Tx } from "../database/database.ts";
import { recordSeen, type By, type RecordDeps, type Seen } from "../sharing/record/record-observation.ts";
import { isColleague } from "../access/colleague.ts";
import { lockCase, saveCase, type CaseChange, type WabaCase } from "./case-store.ts";

/** `conflict`: somebody changed the case since the caller read it. */
export type ChangedCase = "changed" | "unknown_waba" | "unknown_person" | "conflict";

interface ChangeInput {
  assetId: string;
  change: CaseChange;
  /** Whether this version is the one that the caller read; always, when it did not say. */
  isCurrent: (version: number) => boolean;
  actor: Pick<Actor, "id" | "name">;
  by: By;
}

/**
 * Changes who is on a WABA, its tags, or until when it may wait. The entry of the timeline and the event are
 * written in the same transaction, so that the others see it at once.
 */
export async function changeCase(deps: RecordDeps, input: ChangeInput): Promise<ChangedCase> {
  const outcome = await deps.db.transaction((tx) => change(tx, deps, input));
  if (outcome === "changed") deps.wake();
  return outcome;
}

async function change(
  tx: Tx,
  deps: Parameters<typeof recordSeen>[1],
  input: ChangeInput,
): Promise<ChangedCase> {
  // First of all locks, as whoever removes a person takes them: nobody becomes the owner who is just removed.
  if (input.change.ownerId != null) await lockPeople(tx);
  const before = await lockCase(tx, input.assetId);
  if (before === undefined) return "unknown_waba";
  if (!input.isCurrent(before.version)) return "conflict";
  const after = await appliedTo(tx, before, input);
  if (after === null) return "unknown_person";
  const changed = changedOf(before, after);
  if (changed.length === 0) return "changed";
  await saveCase(tx, after);
  await recordSeen(tx, deps, [seenOf({ before, after, changed, by: input.by })]);
  return "changed";
}

/** The entry of the timeline and the event of a change. */
export function seenOf(change: {
  before: WabaCase;
  after: WabaCase;
  changed: readonly string[];
  by: By;
}): Seen {
  const { before, after, changed, by } = change;
  return {
    assetId: before.assetId,
    observe: { type: "tick" },
    configured: { type: "waba.case.changed", changed: [...changed] },
    note: {
      kind: "command",
      source: "operator",
      title: "case.changed",
      detail: changed.join(", "),
      evidence: { before: evidenceOf(before), after: evidenceOf(after) },
    },
    by,
  };
}

async function appliedTo(tx: Tx, before: WabaCase, input: ChangeInput): Promise<WabaCase | null> {
  const { ownerId, tags = before.tags, snoozedUntil = before.snoozedUntil } = input.change;
  const kept = { ...before, tags: [...new Set(tags)].toSorted(), snoozedUntil };
  if (ownerId === undefined) return kept;
  if (ownerId === null) return { ...kept, owner: null };
  const owner = await findOwner(tx, ownerId, input.actor);
  return owner === undefined ? null : { ...kept, owner };
}

/** Whoever takes a case over, or an active person of the provider. */
async function findOwner(
  tx: Tx,
  id: string,
  actor: Pick<Actor, "id" | "name">,
): Promise<WabaCase["owner"] | undefined> {
  if (id === actor.id) return { id, name: actor.name };
  if (id === ADMIN_KEY_ACTOR.id) return { id, name: ADMIN_KEY_ACTOR.name };
  const person = await findPerson(tx, id);
  return person && isColleague(person) ? { id, name: person.name } : undefined;
}

function changedOf(before: WabaCase, after: WabaCase): string[] {
  return [
    ...(before.owner?.id === after.owner?.id ? [] : ["owner"]),
    ...(before.tags.join("\n") === after.tags.join("\n") ? [] : ["tags"]),
    ...(before.snoozedUntil === after.snoozedUntil ? [] : ["snoozed_until"]),
  ];
}

const evidenceOf = ({ owner, tags, snoozedUntil }: WabaCase): Record<string, unknown> => ({
  owner: owner?.name ?? null,
  tags,
  snoozed_until: snoozedUntil === null ? null : new Date(snoozedUntil).toISOString(),
});
