import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";

/** The key of all link tokens: derived, so that ENCRYPTION_KEY itself signs nothing. 32 bytes. */
export function reshareKeyOf(encryptionKey: Buffer): Buffer {
  return Buffer.from(hkdfSync("sha256", encryptionKey, "", "sharekeeper re-share link 1", 32));
}

/**
 * `<link id>.<HMAC>`. Lower-case letters, digits, `_` and one dot only: messengers cut punctuation off the end of an address and
 * some change its case.
 */
export function renderReshareToken(key: Buffer, linkId: string): string {
  return `${linkId}.${markOf(key, linkId)}`;
}

/** The link's id if the token is one of ours, else null. Takes the same time for every mark of the right length. */
export function parseReshareToken(key: Buffer, token: string): string | null {
  const [, linkId, mark] = TOKEN.exec(token) ?? [];
  if (linkId === undefined || mark === undefined) return null;
  return timingSafeEqual(Buffer.from(mark), Buffer.from(markOf(key, linkId))) ? linkId : null;
}

const MARK_LENGTH = 40;
const TOKEN = new RegExp(`^(rsl_[0-9a-z]{20})\\.([0-9a-f]{${MARK_LENGTH}})$`);

/** 160 bits of the HMAC: more than anybody can guess, and short enough for a message. */
function markOf(key: Buffer, linkId: string): string {
  return createHmac("sha256", key).update(linkId).digest("hex").slice(0, MARK_LENGTH);
}
