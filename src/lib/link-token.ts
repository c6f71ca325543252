import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { assert } from "./assert.ts";

/** Tokens `<id>.<HMAC>` of links: derivable from the id and the key, so never stored. */
export interface LinkTokens {
  render(id: string): string;
  /**
   * The id if the token is one of ours, else null. Takes the same time for every mark of the right length.
   */
  parse(token: string): string | null;
}

/** 160 bits of the HMAC: more than anybody can guess, and short enough for a message. */
const MARK_LENGTH = 40;

/**
 * Lower-case letters, digits, `_` and one dot only: messengers cut punctuation off the end of an address and
 * some change its case.
 *
 * @param keys the first renders; tokens of any of them parse, so that a new key leaves old links working
 * @param purpose keeps the tokens of one kind of link from being those of another; the key itself signs
 *   nothing
 * @param prefix of the ids: `rsl`
 */
export function linkTokensOf(
  keys: readonly [Buffer, ...Buffer[]],
  purpose: string,
  prefix: string,
): LinkTokens {
  const [current, ...previous] = keys.map((key) => Buffer.from(hkdfSync("sha256", key, "", purpose, 32)));
  assert(current, "links have a key");
  const pattern = new RegExp(`^(${prefix}_[0-9a-z]{20})\\.([0-9a-f]{${MARK_LENGTH}})$`);
  const markOf = (id: string, key: Buffer): string =>
    createHmac("sha256", key).update(id).digest("hex").slice(0, MARK_LENGTH);
  return {
    render: (id) => `${id}.${markOf(id, current)}`,
    parse(token) {
      const [, id, mark] = pattern.exec(token) ?? [];
      if (id === undefined || mark === undefined) return null;
      const given = Buffer.from(mark);
      const isOfKey = (key: Buffer): boolean => timingSafeEqual(given, Buffer.from(markOf(id, key)));
      return [current, ...previous].map(isOfKey).includes(true) ? id : null;
    },
  };
}
