import type { Database, Tx } from "../database/database.ts";
import { Problem } from "../problems.ts";
import type { Role } from "./actor.ts";
import { getPerson, refusalOf } from "./invite-person.ts";
import { keepAdmin } from "./lock-people.ts";
import {
  announcePerson,
  deletePasskeysOf,
  deletePerson,
  raiseCredentialVersion,
  savePerson,
  type Person,
} from "./person-store.ts";
import { deleteTotp } from "./totp-store.ts";

interface ChangeDeps {
  db: Database;
  /** Whether one may sign in with a password. */
  passwords: boolean;
}

/** What an administrator changes; the rest stays. */
export interface PersonChange {
  name?: string | undefined;
  role?: Role | undefined;
  clientId?: string | null | undefined;
  /** active: the suspension ends. Somebody who never accepted the invitation is invited again. */
  state?: "active" | "suspended" | undefined;
  /** The authenticator app, the recovery codes and the passkeys are forgotten, and the sessions end. */
  resetsMfa?: boolean;
}

/**
 * Changes a person, from now on in every session and stream.
 *
 * @throws Problem person_not_found, client_not_found, invalid_request or last_admin
 */
export async function changePerson(
  { db, passwords }: ChangeDeps,
  id: string,
  change: PersonChange,
): Promise<{ before: Person; after: Person }> {
  return db.transaction(async (tx) => {
    const before = await keepAdmin(tx, passwords, async () => {
      const known = await getPerson(tx, id);
      const person = changedOf(known, change);
      await savePerson(tx, person).catch((error: unknown) => {
        throw refusalOf(error, person) ?? error;
      });
      if (change.resetsMfa === true) await resetMfa(tx, id);
      return known;
    });
    await announcePerson(tx, id);
    return { before, after: await getPerson(tx, id) };
  });
}

function changedOf(person: Person, change: PersonChange): Person {
  const role = change.role ?? person.role;
  const clientId = change.clientId === undefined ? person.clientId : change.clientId;
  const own = { ...person, name: change.name ?? person.name, role };
  if (role === "client" && clientId === null)
    throw new Problem("invalid_request", { faults: "client_id (body): the role client needs one" });
  if (role !== "client" && change.clientId != null)
    throw new Problem("invalid_request", { faults: "client_id (body): only the role client has one" });
  return { ...own, clientId: role === "client" ? clientId : null, state: stateOf(person, change.state) };
}

function stateOf(person: Person, wanted: PersonChange["state"]): Person["state"] {
  if (wanted === undefined || wanted === person.state) return person.state;
  if (wanted === "suspended") return "suspended";
  const hasWay = person.passwordHash !== null || person.oidc !== null || person.passkeyCount > 0;
  return hasWay ? "active" : "invited";
}

async function resetMfa(tx: Tx, id: string): Promise<void> {
  await deleteTotp(tx, id);
  await deletePasskeysOf(tx, id);
  await raiseCredentialVersion(tx, id);
}

/**
 * Removes a person with everything they signed in with. What they did stays in the audit.
 *
 * @param input.release takes what the person had elsewhere, in the same transaction
 * @throws Problem person_not_found or last_admin
 */
export async function removePerson(
  { db, passwords }: ChangeDeps,
  { id, release }: { id: string; release(tx: Tx, person: Person): Promise<void> },
): Promise<Person> {
  return db.transaction(async (tx) => {
    const removed = await keepAdmin(tx, passwords, async () => {
      const known = await getPerson(tx, id);
      await deletePerson(tx, id);
      return known;
    });
    await release(tx, removed);
    await announcePerson(tx, id);
    return removed;
  });
}
