import { isDeepStrictEqual } from "node:util";
import { DatabaseError, type Database, type Tx } from "../database/database.ts";
import { findHolders } from "./client-store.ts";
import { lockClientDetails, updateClientDetails, type ClientDetails } from "./client-details-store.ts";

export type SavedClient =
  | { kind: "saved"; before: ClientDetails; after: ClientDetails }
  | { kind: "unknown" }
  /** The version is another one than the caller has seen. */
  | { kind: "changed_meanwhile" }
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
  const found = await lockClientDetails(tx, clientId);
  if (found === undefined) return { kind: "unknown" };
  const { version, ...before } = found;
  if (!input.matches(version)) return { kind: "changed_meanwhile" };
  const holder = await findHolder(tx, input);
  if (holder !== undefined && holder !== clientId) return { kind: "external_id_taken", clientId: holder };
  const after = { ...before, ...edit };
  if (!isDeepStrictEqual(before, after)) await updateClientDetails(tx, clientId, after);
  return { kind: "saved", before, after };
}

async function findHolder(tx: Tx, { connectionId, edit }: ClientEdit): Promise<string | undefined> {
  if (edit.externalId == null) return undefined;
  return (await findHolders(tx, connectionId, [edit.externalId])).get(edit.externalId);
}
