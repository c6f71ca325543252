import type { Database } from "../database/database.ts";
import type { Clock } from "../lib/clock.ts";
import type { Keyring } from "../lib/keyring.ts";
import type { Random } from "../lib/random.ts";
import { Problem } from "../problems.ts";
import { useCode } from "./check-second-factor.ts";
import { changeCredentials, type OwnSession } from "./choose-password.ts";
import type { PasswordHasher } from "./create-password-hasher.ts";
import { getPerson } from "./invite-person.ts";
import { lockPeople } from "./lock-people.ts";
import { recoveryCodesOf, recoveryHashOf, totpSecretOf, totpStepOf, totpUrlOf } from "./totp.ts";
import { confirmTotp, deleteTotp, findTotpSecret, saveTotpSecret } from "./totp-store.ts";

interface TotpDeps {
  db: Database;
  clock: Clock;
  random: Random;
  keyring: Keyring;
}

/**
 * A secret for a person's authenticator app, in place of an earlier one that was not confirmed. In force once
 * it is confirmed.
 *
 * @throws Problem totp_in_force
 */
export async function beginTotp(
  { db, random, keyring }: Omit<TotpDeps, "clock">,
  personId: string,
): Promise<{ secret: string; url: string }> {
  const secret = totpSecretOf(random);
  const person = await db.transaction(async (tx) => {
    await lockPeople(tx);
    const known = await getPerson(tx, personId);
    if (known.hasTotp) throw new Problem("totp_in_force");
    await saveTotpSecret(tx, keyring, personId, secret);
    return known;
  });
  return { secret, url: totpUrlOf(secret, person.email) };
}

/**
 * Puts the app in force by its first code. Returns the recovery codes, which are kept nowhere, and the new
 * token of the own session; all others end.
 *
 * @throws Problem totp_in_force, totp_not_begun or wrong_code
 */
export async function completeTotp(
  { db, clock, random, keyring }: TotpDeps,
  own: OwnSession,
  code: string,
): Promise<{ recoveryCodes: string[]; token: string }> {
  const recoveryCodes = recoveryCodesOf(random);
  const token = await changeCredentials({ db, random }, own, async (tx) => {
    const person = await getPerson(tx, own.personId);
    if (person.hasTotp) throw new Problem("totp_in_force");
    const secret = await findTotpSecret(tx, keyring, own.personId);
    if (secret === undefined) throw new Problem("totp_not_begun");
    const found = totpStepOf(secret, code, clock.now());
    if (found === null) throw new Problem("wrong_code");
    const recoveryHashes = recoveryCodes.map(recoveryHashOf);
    await confirmTotp(tx, own.personId, { step: found.step, recoveryHashes, at: clock.now() });
  });
  return { recoveryCodes, token };
}

/**
 * The app counts no more. Proven by the password, or by a code where there is no password. Returns the new
 * token of the own session. Call it in the hasher's turn.
 *
 * @throws Problem wrong_password or wrong_code
 */
export async function removeTotp(
  { db, clock, random, keyring, hasher }: TotpDeps & { hasher: PasswordHasher },
  own: OwnSession,
  proof: { password?: string | undefined; totp?: string | undefined },
): Promise<string> {
  const person = await db.transaction((tx) => getPerson(tx, own.personId));
  if (person.passwordHash !== null && !(await hasher.isRight(proof.password ?? "", person.passwordHash)))
    throw new Problem("wrong_password");
  return changeCredentials({ db, random }, own, async (tx) => {
    const needsCode = person.passwordHash === null && person.hasTotp;
    if (needsCode && !(await useCode({ db: tx, keyring }, own.personId, proof.totp ?? "", clock.now())))
      throw new Problem("wrong_code");
    await deleteTotp(tx, own.personId);
  });
}
