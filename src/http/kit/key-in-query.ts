import { Problem } from "../../problems.ts";

/** What people name the parameter in which they send a key. */
const NAMES: ReadonlySet<string> = new Set([
  ...["key", "apikey", "api_key", "api-key", "x-api-key", "x_api_key"],
  ...["access_token", "accesstoken", "auth", "authorization"],
]);

/** How our keys begin: those of the API and those of channels. */
const KEY_NAME = /^(shk|sk)_/i;

/**
 * A whole key of the API or of a channel, alone or behind a word such as "Bearer". What a key of the API
 * begins with (`shk_` and eight characters) is no secret.
 */
const KEY = /(?:^|[\s"'=:,;])(?:shk_[0-9a-z]+_|sk_)[\w-]{16,}/i;

/**
 * Refuses an address that holds a key, under whatever name: proxies and logs keep addresses. The answer
 * repeats nothing of it.
 *
 * @throws Problem key_in_query
 */
export function refuseKeyInQuery(url: string): void {
  for (const [name, value] of new URL(url).searchParams)
    if (NAMES.has(name.toLowerCase()) || KEY_NAME.test(name) || KEY.test(value))
      throw new Problem("key_in_query");
}
