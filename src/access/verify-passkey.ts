import {
  generateAuthenticationOptions,
  verifyAuthenticationResponse,
  type AuthenticationResponseJSON,
  type PublicKeyCredentialRequestOptionsJSON,
} from "@simplewebauthn/server";
import type { Database } from "../database/database.ts";
import type { Clock } from "../lib/clock.ts";
import { keyHashOf } from "./api-key.ts";
import type { PasskeySite } from "./passkey-site.ts";
import { lockPasskey, savePasskeyUse } from "./passkey-store.ts";
import { findPerson, type Person } from "./person-store.ts";
import { CHALLENGE_MS, reasonOf } from "./register-passkey.ts";
import { saveAttempt, takeAttempt } from "./sign-in-attempt-store.ts";

interface Deps {
  db: Database;
  clock: Clock;
}

/**
 * What the browser needs to offer its passkeys of this site, of whichever person. The challenge counts once.
 */
export async function openPasskeySignIn(
  { db, clock }: Deps,
  { rpId }: PasskeySite,
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const options = await generateAuthenticationOptions({
    rpID: rpId,
    userVerification: "required",
    timeout: CHALLENGE_MS,
  });
  const now = clock.now();
  const hash = keyHashOf(options.challenge);
  await saveAttempt(
    db,
    { kind: "passkey", hash, personId: null, detail: {}, expiresAt: now + CHALLENGE_MS },
    now,
  );
  return options;
}

/**
 * The person whose passkey answered our challenge. A string says why it was not accepted. A counter that went
 * back means a copied passkey, and is refused.
 */
export async function verifyPasskey(
  { db, clock }: Deps,
  { site, response }: { site: PasskeySite; response: AuthenticationResponseJSON },
): Promise<{ person: Person; passkeyId: string } | string> {
  const now = clock.now();
  // Taken first, in a transaction of its own: a challenge counts once, whatever becomes of the answer.
  const challenge = challengeOf(response);
  const isOpen = challenge !== null && (await takeAttempt(db, "passkey", keyHashOf(challenge), now));
  if (!isOpen) return "the sign-in took too long, or was used before";
  return db.transaction(async (tx) => {
    const passkey = await lockPasskey(tx, response.id);
    const person = passkey && (await findPerson(tx, passkey.personId));
    if (passkey === undefined || person === undefined) return "it is not known here, or was removed";
    if (person.state !== "active") return "the person is suspended";
    const { id, publicKey, counter, transports } = passkey;
    const verified = await verifyAuthenticationResponse({
      response,
      expectedChallenge: challenge,
      expectedOrigin: site.origin,
      expectedRPID: site.rpId,
      credential: { id, publicKey, counter, transports },
      requireUserVerification: true,
    }).catch(reasonOf);
    if (typeof verified === "string") return verified;
    if (!verified.verified) return "the signature is not valid";
    const { newCounter, credentialBackedUp: isBackedUp } = verified.authenticationInfo;
    await savePasskeyUse(tx, { id, counter: newCounter, isBackedUp, at: now });
    return { person, passkeyId: id };
  });
}

/** The challenge that the browser says it answered; the signature covers it. */
function challengeOf({ response }: AuthenticationResponseJSON): string | null {
  try {
    const data: unknown = JSON.parse(Buffer.from(response.clientDataJSON, "base64url").toString());
    const isObject = typeof data === "object" && data !== null && "challenge" in data;
    return isObject && typeof data.challenge === "string" ? data.challenge : null;
  } catch {
    return null;
  }
}
