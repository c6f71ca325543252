import type { Sql } from "../database/database.ts";
import type { Keyring } from "../lib/keyring.ts";
import { Problem } from "../problems.ts";
import type { Person } from "./person-store.ts";
import { recoveryHashOf, totpStepOf } from "./totp.ts";
import { claimRecoveryCode, claimTotpStep, findTotpSecret } from "./totp-store.ts";

/**
 * Passes when the person has no second factor in force, or `code` is one of the app's or a recovery code.
 * Each counts once.
 *
 * @throws Problem totp_needed without a code, wrong_sign_in with a wrong one
 */
export async function checkSecondFactor(
  deps: { db: Sql; keyring: Keyring },
  person: Pick<Person, "id" | "hasTotp">,
  code: string | undefined,
  now: number,
): Promise<void> {
  if (!person.hasTotp) return;
  if (code === undefined) throw new Problem("totp_needed");
  if (!(await useCode(deps, person.id, code, now))) throw new Problem("wrong_sign_in");
}

/** Uses up a code of the app, or a recovery code. False when it is neither, or was used before. */
export async function useCode(
  { db, keyring }: { db: Sql; keyring: Keyring },
  personId: string,
  code: string,
  now: number,
): Promise<boolean> {
  const secret = await findTotpSecret(db, keyring, personId);
  const found = secret === undefined ? null : totpStepOf(secret, code, now);
  return found === null
    ? claimRecoveryCode(db, personId, recoveryHashOf(code))
    : claimTotpStep(db, personId, found.step, found.latest);
}
