import type { Database } from "../database/database.ts";
import type { Clock } from "../lib/clock.ts";
import type { Random } from "../lib/random.ts";
import { Problem } from "../problems.ts";
import { keyHashOf, secretOf } from "./api-key.ts";
import { checkPassword } from "./choose-password.ts";
import type { PasswordHasher } from "./create-password-hasher.ts";
import { getPerson, refusalOf } from "./invite-person.ts";
import { lockPeople } from "./lock-people.ts";
import { countAdmins, insertPerson, savePasswordHash, type Person } from "./person-store.ts";
import { claimLink, deleteUnusedLinks, findUsableLink, saveSignInLink } from "./sign-in-link-store.ts";

const LINK_MS = 24 * 3_600_000;

interface FirstAdminDeps {
  db: Database;
  clock: Clock;
  random: Random;
}

/**
 * The token of the one link that makes the first administrator, in place of an unused one of an earlier
 * start; null once an administrator can sign in. It is kept nowhere.
 */
export async function openFirstAdminLink({ db, clock, random }: FirstAdminDeps): Promise<string | null> {
  const token = secretOf(random);
  const now = clock.now();
  return db.transaction(async (tx) => {
    await lockPeople(tx);
    await deleteUnusedLinks(tx, "first_admin", null);
    if ((await countAdmins(tx, true)) > 0) return null;
    const link = { kind: "first_admin", personId: null, createdBy: "start" } as const;
    await saveSignInLink(tx, { ...link, createdAt: now, expiresAt: now + LINK_MS }, keyHashOf(token));
    return token;
  });
}

/**
 * Makes the first administrator, with a password. Call it in the hasher's turn.
 *
 * @throws Problem invitation_ended, also when there is an administrator by now; weak_password; email_taken
 */
export async function claimFirstAdmin(
  { db, clock, hasher }: Pick<FirstAdminDeps, "db" | "clock"> & { hasher: PasswordHasher },
  input: { id: string; token: string; name: string; email: string; password: string },
): Promise<Person> {
  const linkHash = keyHashOf(input.token);
  if ((await findUsableLink(db, "first_admin", linkHash, clock.now())) === undefined)
    throw new Problem("invitation_ended");
  checkPassword(input.password, input);
  const hash = await hasher.hash(input.password);
  const { id, name, email } = input;
  const person = { id, name, email, role: "admin", clientId: null } as const;
  return db.transaction(async (tx) => {
    await lockPeople(tx);
    const now = clock.now();
    const isFirst =
      (await countAdmins(tx, true)) === 0 && (await claimLink(tx, "first_admin", linkHash, now));
    if (!isFirst) throw new Problem("invitation_ended");
    await insertPerson(tx, { ...person, state: "active", createdAt: now }).catch((error: unknown) => {
      throw refusalOf(error, person) ?? error;
    });
    await savePasswordHash(tx, person.id, hash);
    return getPerson(tx, person.id);
  });
}
