import type { Tx } from "../database/database.ts";
import { lockPeople } from "./lock-people.ts";

/**
 * Whether this person is the only active admin, so that nobody may take the role away. Whoever changes roles
 * or states waits until the transaction ends.
 */
export async function lockLastAdmin(tx: Tx, personId: string): Promise<boolean> {
  await lockPeople(tx);
  const admins = await tx.query<{ id: string }>(
    "select id from person where role = 'admin' and state = 'active' limit 2",
  );
  return admins.length === 1 && admins[0]?.id === personId;
}
