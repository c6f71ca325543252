import { createCipheriv, createDecipheriv, createHmac } from "node:crypto";
import { SealError } from "../lib/keyring.ts";

/** Sealed: format (1 byte) | nonce (24) | tag (16) | ciphertext. */
const FORMAT = 1;
const TAG_BYTES = 16;
export const NONCE_BYTES = 24;
export const KEY_BYTES = 32;
const HEAD_BYTES = 1 + NONCE_BYTES + TAG_BYTES;

/**
 * Seals `plain` with AES-256-GCM under a 32-byte key. `context` says what it is (such as "inbox:default") and
 * must be the same when it is opened, so that sealed bytes cannot be moved to another place. `nonce`: 24
 * random bytes, never used twice.
 */
export function sealBytes(key: Buffer, context: string, plain: Uint8Array, nonce: Buffer): Buffer {
  const cipher = createCipheriv("aes-256-gcm", messageKey(key, nonce), nonce.subarray(12));
  cipher.setAAD(Buffer.from(context));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([Buffer.of(FORMAT), nonce, cipher.getAuthTag(), body]);
}

/** The plain bytes. Throws SealError. */
export function openSealed(key: Buffer, context: string, sealed: Buffer): Buffer {
  if (sealed.length < HEAD_BYTES || sealed[0] !== FORMAT) throw new SealError();
  const nonce = sealed.subarray(1, 1 + NONCE_BYTES);
  const decipher = createDecipheriv("aes-256-gcm", messageKey(key, nonce), nonce.subarray(12));
  decipher.setAAD(Buffer.from(context));
  decipher.setAuthTag(sealed.subarray(1 + NONCE_BYTES, HEAD_BYTES));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(HEAD_BYTES)), decipher.final()]);
  } catch (error) {
    throw new SealError({ cause: error });
  }
}

/**
 * GCM's own 12 random bytes are safe for some 2^32 messages a key, which a busy inbox reaches within years.
 * So half of the nonce makes a key for this message alone, and the other half is its nonce.
 */
function messageKey(key: Buffer, nonce: Buffer): Buffer {
  return createHmac("sha256", key).update(nonce.subarray(0, 12)).digest();
}
