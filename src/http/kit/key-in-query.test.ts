import { expect, test } from "vitest";
import { apiKeyOf } from "../../access/api-key.ts";
import { seededRandom } from "../../lib/random.ts";
import { channelKeyOf } from "../../messaging/keys/channel-key.ts";
import { Problem } from "../../problems.ts";
import { refuseKeyInQuery } from "./key-in-query.ts";

function codeOf(query: string): string | null {
  try {
    refuseKeyInQuery(`https://share.example.com/api/v1/wabas?${query}`);
    return null;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    for (const secret of [key, channelKey]) expect(JSON.stringify(error)).not.toContain(secret.slice(-10));
    return error.code;
  }
}

const { key, prefix } = apiKeyOf(seededRandom(1));
const channelKey = channelKeyOf(seededRandom(2).bytes(32));

test.each(["key", "api_key", "API-Key", "x-api-key", "access_token", "Authorization", key, channelKey])(
  "the name %s is refused, whatever its value",
  (name) => expect(codeOf(`${name}=1`)).toBe("key_in_query"),
);

test.each([
  key,
  channelKey,
  ` ${key}`,
  `Bearer ${key}`,
  `"${channelKey}"`,
  `X-API-Key: ${key}`,
  key.toUpperCase(),
])("the value %s is refused under every name", (value) => {
  for (const name of ["q", "prefix", "x", "cursor"])
    expect(codeOf(`limit=1&${name}=${encodeURIComponent(value)}`)).toBe("key_in_query");
});

test.each([
  "",
  prefix,
  "shk_",
  "sk_",
  "sk_florist",
  "task_0123456789abcdef0123",
  "key_8k2m5v9q3w7x1z4c6b0n",
  "+1 555 010 0001",
])("the value %j is no key", (value) => expect(codeOf(`q=${encodeURIComponent(value)}`)).toBeNull());
