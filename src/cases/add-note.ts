import { findPeople } from "../access/person-store.ts";
import { isColleague } from "../access/colleague.ts";
import { recordObservation, type By, type RecordDeps } from "../sharing/record/record-observation.ts";

/** `unknown_person`: somebody was mentioned who cannot sign in. */
export type AddedNote = "added" | "unknown_waba" | "unknown_person";

/**
 * Writes a note on the timeline of a WABA. Notes are never changed: what people knew stays readable.
 *
 * @param input.mentions ids of people, who find the WABA under "mentions me"
 */
export async function addNote(
  deps: RecordDeps,
  input: { assetId: string; text: string; mentions: readonly string[]; by: By },
): Promise<AddedNote> {
  const people = await findPeople(deps.db, input.mentions);
  const mentioned = people.filter(isColleague);
  if (mentioned.length < new Set(input.mentions).size) return "unknown_person";
  const recorded = await recordObservation(deps, {
    assetId: input.assetId,
    observe: { type: "tick" },
    configured: { type: "waba.note.added", changed: ["notes"] },
    note: {
      kind: "command",
      source: "operator",
      title: "case.note",
      detail: input.text,
      evidence: { mentions: mentioned.map(({ id, name }) => ({ id, name })) },
    },
    by: input.by,
  });
  return recorded === undefined ? "unknown_waba" : "added";
}
