import { createHmac, timingSafeEqual } from "node:crypto";

const HEADER = /^sha256=([0-9a-f]{64})$/i;

/**
 * Whether Meta signed exactly these bytes: `X-Hub-Signature-256` is `sha256=` and the HMAC-SHA256 of the raw
 * body under the App secret, in hex. Any of `secrets` may have signed it, because Meta switches during a
 * rotation. Takes the same time whatever differs. Source:
 * developers.facebook.com/docs/graph-api/webhooks/getting-started, "Validating payloads".
 */
export function verifySignature(
  rawBody: Uint8Array,
  header: string | undefined,
  secrets: readonly string[],
): boolean {
  const [, hex] = HEADER.exec(header ?? "") ?? [];
  if (!hex) return false;
  const given = Buffer.from(hex, "hex");
  // Every secret is tried, so that the time does not tell which one it was.
  const matches = secrets.map((secret) =>
    timingSafeEqual(given, createHmac("sha256", secret).update(rawBody).digest()),
  );
  return matches.includes(true);
}
