import type { Database } from "../database/database.ts";
import type { Clock } from "../lib/clock.ts";
import type { Keyring } from "../lib/keyring.ts";
import { Problem } from "../problems.ts";
import { keyHashOf } from "./api-key.ts";
import { checkSecondFactor } from "./check-second-factor.ts";
import { checkPassword } from "./choose-password.ts";
import type { PasswordHasher } from "./create-password-hasher.ts";
import { getPerson } from "./invite-person.ts";
import { lockPeople } from "./lock-people.ts";
import {
  announcePerson,
  findPerson,
  raiseCredentialVersion,
  savePasswordHash,
  savePerson,
  type Person,
} from "./person-store.ts";
import { claimLink, findUsableLink } from "./sign-in-link-store.ts";

interface AcceptDeps {
  db: Database;
  clock: Clock;
}

/**
 * Who was invited with this token.
 *
 * @throws Problem invitation_ended when it is unknown, used or expired, or the person was suspended
 */
export async function findInvited({ db, clock }: AcceptDeps, token: string): Promise<Person> {
  const link = await findUsableLink(db, "invitation", keyHashOf(token), clock.now());
  const person = link?.personId == null ? undefined : await findPerson(db, link.personId);
  if (person === undefined || person.state === "suspended") throw new Problem("invitation_ended");
  return person;
}

/**
 * Uses up an invitation: the person is active and has this password. Sessions of before are over. Somebody
 * with an authenticator app needs its code here too. Call it in the hasher's turn.
 *
 * @throws Problem invitation_ended, weak_password, totp_needed or wrong_sign_in; the link stays usable then
 */
export async function acceptInvitation(
  deps: AcceptDeps & { keyring: Keyring; hasher: PasswordHasher },
  { token, password, totp }: { token: string; password: string; totp?: string | undefined },
): Promise<Person> {
  const invited = await findInvited(deps, token);
  checkPassword(password, invited);
  const hash = await deps.hasher.hash(password);
  return deps.db.transaction(async (tx) => {
    await lockPeople(tx);
    const now = deps.clock.now();
    const person = await getPerson(tx, invited.id);
    const isOpen = person.state !== "suspended" && (await claimLink(tx, "invitation", keyHashOf(token), now));
    if (!isOpen) throw new Problem("invitation_ended");
    await checkSecondFactor({ db: tx, keyring: deps.keyring }, person, totp, now);
    await savePasswordHash(tx, person.id, hash);
    await savePerson(tx, { ...person, state: "active" });
    await raiseCredentialVersion(tx, person.id);
    await announcePerson(tx, person.id);
    return getPerson(tx, person.id);
  });
}
