/**
 * How Meta writes and signs a webhook body. Source: the Webhooks "getting started" page, older and newer
 * wording.
 */
import { createHmac } from "node:crypto";

/**
 * JSON with everything outside ASCII as lowercase \uXXXX (astral characters as two) and `/` as `\/`, as Meta
 * emits it. What is signed are these very characters, so a receiver that parses and writes the body again
 * gets another signature.
 */
export function escapedJsonOf(value: unknown): string {
  return JSON.stringify(value)
    .replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .replaceAll("/", "\\/");
}

/** The value of `X-Hub-Signature-256`: HMAC-SHA256 over the bytes of the body, keyed with the app secret. */
export function signatureOf(body: string, appSecret: string): string {
  return `sha256=${createHmac("sha256", appSecret).update(body, "utf8").digest("hex")}`;
}
