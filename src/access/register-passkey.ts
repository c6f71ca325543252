import {
  generateRegistrationOptions,
  verifyRegistrationResponse,
  type PublicKeyCredentialCreationOptionsJSON,
  type RegistrationResponseJSON,
} from "@simplewebauthn/server";
import type { Database } from "../database/database.ts";
import type { Clock } from "../lib/clock.ts";
import { keyHashOf } from "./api-key.ts";
import type { PasskeySite } from "./passkey-site.ts";
import { readPasskeys, type Passkey } from "./passkey-store.ts";
import type { Person } from "./person-store.ts";
import { saveAttempt, takeAttempt } from "./sign-in-attempt-store.ts";

/** How long a challenge may be answered, in ms. */
export const CHALLENGE_MS = 300_000;

interface Deps {
  db: Database;
  clock: Clock;
}

/** What the browser needs to make a passkey for this person. Its challenge counts once. */
export async function openPasskeyRegistration(
  { db, clock }: Deps,
  { person, site, siteName }: { person: Person; site: PasskeySite; siteName: string },
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const known = await readPasskeys(db, person.id);
  const options = await generateRegistrationOptions({
    rpName: siteName,
    rpID: site.rpId,
    userName: person.email,
    userDisplayName: person.name,
    userID: new Uint8Array(Buffer.from(person.id)),
    attestationType: "none",
    timeout: CHALLENGE_MS,
    excludeCredentials: known.map(({ id, transports }) => ({ id, transports })),
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
  });
  const now = clock.now();
  const hash = keyHashOf(options.challenge);
  await saveAttempt(
    db,
    { kind: "new_passkey", hash, personId: person.id, detail: {}, expiresAt: now + CHALLENGE_MS },
    now,
  );
  return options;
}

/** Why the library did not accept an answer of a browser. */
export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The passkey that the browser made, to be kept. A string says why it was not accepted. */
export async function verifyNewPasskey(
  { db, clock }: Deps,
  input: { person: Person; site: PasskeySite; name: string; response: RegistrationResponseJSON },
): Promise<Passkey | string> {
  const { person, site, name, response } = input;
  const now = clock.now();
  const isOurs = async (challenge: string): Promise<boolean> =>
    (await takeAttempt(db, "new_passkey", keyHashOf(challenge), now))?.personId === person.id;
  const verified = await verifyRegistrationResponse({
    response,
    expectedChallenge: isOurs,
    expectedOrigin: site.origin,
    expectedRPID: site.rpId,
    requireUserVerification: true,
  }).catch(reasonOf);
  if (typeof verified === "string") return verified;
  if (!verified.verified) return "the signature is not valid";
  const { credential, credentialBackedUp } = verified.registrationInfo;
  return {
    ...{ id: credential.id, personId: person.id, name, createdAt: now, lastUsedAt: null },
    ...{ publicKey: credential.publicKey, counter: credential.counter, isBackedUp: credentialBackedUp },
    transports: credential.transports ?? [],
  };
}
