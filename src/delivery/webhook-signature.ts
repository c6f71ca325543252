import { createHmac, createPrivateKey, createPublicKey, sign, type KeyObject } from "node:crypto";
import type { Random } from "../lib/random.ts";

/** Signatures by Standard Webhooks 1.0.0: https://www.standardwebhooks.com. */

export const ALGORITHMS = ["hmac-sha256", "ed25519"] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

const SECRET_BYTES = 32;
/** Before the 32 bytes of an Ed25519 key in PKCS #8. */
const PKCS8_HEAD = Buffer.from("302e020100300506032b657004220420", "hex");

/** A new secret: `whsec_…` to share with the receiver, or `whsk_…`, the seed of a key pair, to keep. */
export function newSecret(algorithm: Algorithm, random: Random): string {
  const prefix = algorithm === "ed25519" ? "whsk_" : "whsec_";
  return prefix + random.bytes(SECRET_BYTES).toString("base64");
}

/** The public key that belongs to a `whsk_…`: its 32 bytes. */
export function publicKeyOf(secret: string): Buffer {
  const { x } = createPublicKey(privateKeyOf(secret)).export({ format: "jwk" });
  return Buffer.from(x ?? "", "base64url");
}

/** How a public key is written for a receiver. */
export const writtenKeyOf = (key: Buffer): string => `whpk_${key.toString("base64")}`;

/**
 * The headers of one attempt. During a rotation there is a signature by each secret, the newest first.
 *
 * @param at ms since the epoch
 */
export function signedHeaders(
  { id, at, body }: { id: string; at: number; body: string },
  secrets: readonly string[],
): Record<string, string> {
  const timestamp = String(Math.floor(at / 1000));
  const content = Buffer.from(`${id}.${timestamp}.${body}`);
  return {
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": secrets.map((secret) => signatureOf(secret, content)).join(" "),
  };
}

function signatureOf(secret: string, content: Buffer): string {
  if (secret.startsWith("whsk_"))
    return `v1a,${sign(null, content, privateKeyOf(secret)).toString("base64")}`;
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  return `v1,${createHmac("sha256", key).update(content).digest("base64")}`;
}

function privateKeyOf(secret: string): KeyObject {
  const seed = Buffer.from(secret.slice("whsk_".length), "base64");
  return createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, seed]), format: "der", type: "pkcs8" });
}
