import type { Person } from "../access/person-store.ts";
import type { Tx } from "../database/database.ts";
import { saveOwnerGone } from "../directory/client-details-store.ts";
import { recordSeen, type By } from "../sharing/record/record-observation.ts";
import { seenOf } from "./change-case.ts";
import { lockCasesOf, saveCase } from "./case-store.ts";

/**
 * Somebody who is removed is on no WABA any more, and looks after no client: otherwise these would seem taken
 * for good. In the transaction of the removal; the caller must call `deps.wake` afterwards.
 */
export async function releaseOwned(
  tx: Tx,
  deps: Parameters<typeof recordSeen>[1],
  { person, by }: { person: Pick<Person, "id" | "name">; by: By },
): Promise<void> {
  await saveOwnerGone(tx, person.id);
  const owned = await lockCasesOf(tx, person.id);
  const { id, name } = person;
  const released = owned.map((each) => ({
    ...{ before: { ...each, owner: { id, name } }, after: { ...each, owner: null } },
    ...{ changed: ["owner"], by },
  }));
  for (const { after } of released) await saveCase(tx, after);
  await recordSeen(tx, deps, released.map(seenOf));
}
