import { isDeepStrictEqual } from "node:util";
import type { Database } from "../database/database.ts";
import type { ClientContact } from "../directory/client-details-store.ts";
import type { Clock } from "../lib/clock.ts";
import { forgetBounces } from "./mail-address-store.ts";
import { hastenWaiting } from "./notice-store.ts";

/**
 * Somebody has saved the contacts of a client. Addresses of the contacts that changed are tried again, and
 * who waits for an address is told at once. A program that saves the same contacts each day tries none again.
 */
export async function recordContacts(
  { db, clock }: { db: Database; clock: Clock },
  { clientId, before, after }: { clientId: string; before: ClientContact[]; after: ClientContact[] },
): Promise<void> {
  const edited = after.filter((contact) => !before.some((old) => isDeepStrictEqual(old, contact)));
  await forgetBounces(
    db,
    edited.flatMap(({ email }) => email ?? []),
  );
  await hastenWaiting(db, clientId, clock.now());
}
