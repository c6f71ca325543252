import type { Database } from "../database/database.ts";
import type { Clock } from "../lib/clock.ts";
import type { Keyring } from "../lib/keyring.ts";
import { Problem } from "../problems.ts";
import { checkSecondFactor } from "./check-second-factor.ts";
import type { PasswordHasher } from "./create-password-hasher.ts";
import { findPersonByEmail, type Person } from "./person-store.ts";

/**
 * The person with this address and password. An unknown address takes as long as a wrong password. Call it in
 * the hasher's turn.
 *
 * @throws Problem wrong_sign_in, or totp_needed when only the code is missing
 */
export async function signInWithPassword(
  deps: { db: Database; clock: Clock; keyring: Keyring; hasher: PasswordHasher },
  { email, password, totp }: { email: string; password: string; totp?: string | undefined },
): Promise<Person> {
  const person = await findPersonByEmail(deps.db, email);
  const isActive = person?.state === "active";
  const isRight = await deps.hasher.isRight(password, isActive ? person.passwordHash : null);
  if (!isRight || !isActive) throw new Problem("wrong_sign_in");
  await checkSecondFactor(deps, person, totp, deps.clock.now());
  return person;
}
