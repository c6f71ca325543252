import { lockNames } from "../database/lock-names.ts";
import type { Tx } from "../database/database.ts";
import { Problem } from "../problems.ts";
import { countAdmins } from "./person-store.ts";

/** From here to the end of the transaction nobody else changes who may sign in, on any instance. */
export async function lockPeople(tx: Tx): Promise<void> {
  await lockNames(tx, "sharekeeper.people");
}

/**
 * Makes a change that may take an administrator's role, state or last way to sign in. `passwords`: whether a
 * password is such a way.
 *
 * @throws Problem last_admin when nobody would be left; the transaction must then be rolled back
 */
export async function keepAdmin<Result>(
  tx: Tx,
  passwords: boolean,
  change: () => Promise<Result>,
): Promise<Result> {
  await lockPeople(tx);
  const before = await countAdmins(tx, passwords);
  const result = await change();
  if (before > 0 && (await countAdmins(tx, passwords)) === 0) throw new Problem("last_admin");
  return result;
}
