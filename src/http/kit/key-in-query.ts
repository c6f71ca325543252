import { Problem } from "../../problems.ts";

/** What people name the parameter in which they send a key. */
const NAMES: ReadonlySet<string> = new Set([
  ...["key", "apikey", "api_key", "api-key", "x-api-key", "x_api_key"],
  ...["access_token", "accesstoken", "auth", "authorization"],
]);

/** How our keys begin: those of the API and those of channels. */
const KEY = /^(shk|sk)_/i;

/**
 * Refuses an address that holds a key: proxies and logs keep addresses. The answer repeats nothing of it.
 *
 * @throws Problem key_in_query
 */
export function refuseKeyInQuery(url: string): void {
  for (const name of new URL(url).searchParams.keys())
    if (NAMES.has(name.toLowerCase()) || KEY.test(name)) throw new Problem("key_in_query");
}
