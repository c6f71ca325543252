import { isDeepStrictEqual } from "node:util";
import { isColleague } from "../access/colleague.ts";
import { lockPeople } from "../access/lock-people.ts";
import { findPerson } from "../access/person-store.ts";
import { DatabaseError, type Database, type Tx } from "../database/database.ts";
import { findHolders } from "./client-store.ts";
import { lockClientDetails, updateClientDetails, type ClientDetails } from "./client-details-store.ts";

export type SavedClient =
  | { kind: "saved"; before: ClientDetails; after: ClientDetails }
  | { kind: "unknown" }
  /** The version is another one than the caller has seen. */
  | { kind: "changed_meanwhile" }
  /** The owner is nobody of the provider's who can sign in. */
  | { kind: "unknown_owner"; ownerId: string }
  /** Another client has this id of the provider's. */
  | { kind: "external_id_taken"; clientId: string };

/** How a client is changed: what is left out stays, and `matches` says whether its version may be changed. */
interface ClientEdit {
  clientId: string;
  connectionId: string;
  edit: Partial<ClientDetails>;
  matches(version: number): boolean;
}

const UNIQUE_VIOLATION = "23505";

/**
 * Changes what the provider keeps of a client. Two writers wait for each other, and the second one sees the
 * version of the first.
 */
export async function saveClientDetails({ db }: { db: Database }, input: ClientEdit): Promise<SavedClient> {
  try {
    return await db.transaction((tx) => saveLocked(tx, input));
  } catch (error) {
    // Another transaction gave the id to another client meanwhile: now it is visible.
    if (error instanceof DatabaseError && error.code === UNIQUE_VIOLATION)
      return saveClientDetails({ db }, input);
    throw error;
  }
}

async function saveLocked(tx: Tx, input: ClientEdit): Promise<SavedClient> {
  const { clientId, edit } = input;
  const { ownerId } = edit;
  // First of all locks, as whoever removes a person takes them: nobody becomes the owner who is just removed.
  if (ownerId != null) await lockPeople(tx);
  const found = await lockClientDetails(tx, clientId);
  if (found === undefined) return { kind: "unknown" };
  const { version, ...before } = found;
  if (!input.matches(version)) return { kind: "changed_meanwhile" };
  if (ownerId != null && ownerId !== before.ownerId && !(await isOwner(tx, ownerId)))
    return { kind: "unknown_owner", ownerId };
  const holder = await findHolder(tx, input);
  if (holder !== undefined && holder !== clientId) return { kind: "external_id_taken", clientId: holder };
  const after = { ...before, ...edit };
  if (!isDeepStrictEqual(before, after)) await updateClientDetails(tx, clientId, after);
  return { kind: "saved", before, after };
}

async function isOwner(tx: Tx, personId: string): Promise<boolean> {
  const person = await findPerson(tx, personId);
  return person !== undefined && isColleague(person);
}

async function findHolder(tx: Tx, { connectionId, edit }: ClientEdit): Promise<string | undefined> {
  if (edit.externalId == null) return undefined;
  return (await findHolders(tx, connectionId, [edit.externalId])).get(edit.externalId);
}
