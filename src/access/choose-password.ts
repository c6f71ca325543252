import type { Database, Tx } from "../database/database.ts";
import type { Random } from "../lib/random.ts";
import { Problem } from "../problems.ts";
import { keyHashOf, secretOf } from "./api-key.ts";
import type { PasswordHasher } from "./create-password-hasher.ts";
import { getPerson } from "./invite-person.ts";
import { lockPeople } from "./lock-people.ts";
import { PASSWORD_LENGTH, passwordFaultOf } from "./password-rules.ts";
import { announcePerson, raiseCredentialVersion, savePasswordHash } from "./person-store.ts";
import { renewSession } from "./session-store.ts";

/** The session of a person that goes on after its credentials changed. */
export interface OwnSession {
  personId: string;
  sessionId: string;
}

/**
 * A person's own new password. Every other session of theirs ends; the own one goes on under the token that
 * is returned. Call it in the hasher's turn.
 *
 * @throws Problem wrong_password or weak_password
 */
export async function choosePassword(
  { db, random, hasher }: { db: Database; random: Random; hasher: PasswordHasher },
  own: OwnSession,
  { current, next }: { current: string; next: string },
): Promise<string> {
  const person = await db.transaction((tx) => getPerson(tx, own.personId));
  if (!(await hasher.isRight(current, person.passwordHash))) throw new Problem("wrong_password");
  checkPassword(next, person);
  const hash = await hasher.hash(next);
  return changeCredentials({ db, random }, own, async (tx) => {
    const now = await getPerson(tx, own.personId);
    // Somebody else has changed it meanwhile: what was compared is not the password any more.
    if (now.passwordHash !== person.passwordHash) throw new Problem("wrong_password");
    await savePasswordHash(tx, own.personId, hash);
  });
}

/** Changes what a person signs in with. Returns the new token of the own session, the only one that stays. */
export async function changeCredentials(
  { db, random }: { db: Database; random: Random },
  { personId, sessionId }: OwnSession,
  change: (tx: Tx) => Promise<void>,
): Promise<string> {
  const token = secretOf(random);
  await db.transaction(async (tx) => {
    await lockPeople(tx);
    await change(tx);
    const personVersion = await raiseCredentialVersion(tx, personId);
    await renewSession(tx, { sessionId, personId, personVersion, hash: keyHashOf(token) });
    await announcePerson(tx, personId);
  });
  return token;
}

/** @throws Problem weak_password */
export function checkPassword(password: string, person: { email: string; name: string }): void {
  const why = passwordFaultOf(password, person);
  if (why === null) return;
  const { least, most } = PASSWORD_LENGTH;
  throw new Problem("weak_password", { why, least: String(least), most: String(most) });
}
