import { DatabaseError, type Database, type Tx } from "../database/database.ts";
import type { Clock } from "../lib/clock.ts";
import type { Random } from "../lib/random.ts";
import { Problem } from "../problems.ts";
import { keyHashOf, secretOf } from "./api-key.ts";
import type { Role } from "./actor.ts";
import { lockPeople } from "./lock-people.ts";
import { findPerson, insertPerson, type Person } from "./person-store.ts";
import { deleteUnusedLinks, saveSignInLink } from "./sign-in-link-store.ts";

const INVITATION_MS = 7 * 24 * 3_600_000;

interface InviteDeps {
  db: Database;
  clock: Clock;
  random: Random;
}

/** The way in, once. `token` is kept nowhere; `expiresAt` in ms since the epoch. */
export interface Invitation {
  token: string;
  expiresAt: number;
}

/**
 * A new person, with the link by which they choose a password.
 *
 * @throws Problem email_taken or client_not_found
 */
export async function invitePerson(
  { db, clock, random }: InviteDeps,
  input: { id: string; email: string; name: string; role: Role; clientId: string | null; by: string },
): Promise<{ person: Person; invitation: Invitation }> {
  const { id, email, name, role, clientId } = input;
  return db.transaction(async (tx) => {
    await lockPeople(tx);
    const now = clock.now();
    await insertPerson(tx, { id, email, name, role, clientId, state: "invited", createdAt: now }).catch(
      (error: unknown) => {
        throw refusalOf(error, input) ?? error;
      },
    );
    const invitation = await openInvitation(tx, { random, now }, id, input.by);
    return { person: await getPerson(tx, id), invitation };
  });
}

/**
 * A new link in place of the old one. For somebody who has a password it is the way to choose another.
 *
 * @throws Problem person_not_found or person_suspended
 */
export async function inviteAgain(
  { db, clock, random }: InviteDeps,
  { id, by }: { id: string; by: string },
): Promise<{ person: Person; invitation: Invitation }> {
  return db.transaction(async (tx) => {
    await lockPeople(tx);
    const person = await getPerson(tx, id);
    if (person.state === "suspended") throw new Problem("person_suspended");
    return { person, invitation: await openInvitation(tx, { random, now: clock.now() }, id, by) };
  });
}

async function openInvitation(
  tx: Tx,
  { random, now }: { random: Random; now: number },
  personId: string,
  createdBy: string,
): Promise<Invitation> {
  const token = secretOf(random);
  const expiresAt = now + INVITATION_MS;
  await deleteUnusedLinks(tx, "invitation", personId);
  const link = { kind: "invitation", personId, createdBy, createdAt: now, expiresAt } as const;
  await saveSignInLink(tx, link, keyHashOf(token));
  return { token, expiresAt };
}

/** @throws Problem person_not_found */
export async function getPerson(tx: Tx, id: string): Promise<Person> {
  const person = await findPerson(tx, id);
  if (person === undefined) throw new Problem("person_not_found", { id });
  return person;
}

const UNIQUE_VIOLATION = "23505";
const FOREIGN_KEY_VIOLATION = "23503";

/** What the database's own rules say of a person: one per address, and a client that is there. */
export function refusalOf(
  error: unknown,
  { email, clientId }: { email: string; clientId: string | null },
): Problem | undefined {
  if (!(error instanceof DatabaseError)) return undefined;
  if (error.code === UNIQUE_VIOLATION) return new Problem("email_taken", { email }, { cause: error });
  if (error.code === FOREIGN_KEY_VIOLATION)
    return new Problem("client_not_found", { id: clientId ?? "" }, { cause: error });
  return undefined;
}
