import { afterEach, beforeEach, expect, test } from "vitest";
import { testDatabase, type TestDatabase } from "../../../test/support/database.ts";
import { until } from "../../../test/support/until.ts";
import { saveClientToken } from "../../credentials/client-token-store.ts";
import { openKeyring } from "../../credentials/open-keyring.ts";
import { placeOfClientToken } from "../../credentials/client-token.ts";
import { deleteSecret } from "../../credentials/secret-store.ts";
import { saveConnection } from "../../directory/connection-store.ts";
import { saveAssetTerms } from "../../directory/asset-store.ts";
import { registerWabas } from "../../directory/register-wabas.ts";
import { systemClock } from "../../lib/clock.ts";
import type { Keyring } from "../../lib/keyring.ts";
import { systemRandom } from "../../lib/random.ts";
import { watchClientTokens, type ClientTokens } from "./watch-client-tokens.ts";

const AT = Date.UTC(2026, 10, 22);

let own: TestDatabase;
let keyring: Keyring;
let assetId: string;
let asset: { id: string; connectionId: string };
const open: ClientTokens[] = [];

beforeEach(async () => {
  own = await testDatabase();
  const { db } = own;
  keyring = await openKeyring({ db, clock: systemClock, random: systemRandom }, Buffer.alloc(32, 7));
  const ids = { id: "default", businessId: "1", appId: "2", systemUserId: "3", graphVersion: "v25.0" };
  await saveConnection(db, { ...ids, partnerName: "P", publicUrl: null, mode: "enforce" });
  const sketch = { wabaId: "100", name: "A", ownerBusinessId: null };
  const of = { connectionId: "default", at: AT };
  const made = await db.transaction((tx) => registerWabas(tx, systemRandom, [sketch], of));
  assetId = made.get("100")?.id ?? "";
  asset = { id: assetId, connectionId: "default" };
});

afterEach(async () => {
  for (const tokens of open.splice(0)) await tokens.close();
  await own.drop();
});

const watch = async (): Promise<ClientTokens> => {
  const tokens = await watchClientTokens({ db: own.db, keyring }, () => undefined);
  open.push(tokens);
  return tokens;
};
const send = (sendsWith: "client" | "system_user") =>
  own.db.transaction((tx) => saveAssetTerms(tx, assetId, { sendsWith }));
const keep = (token: string) => saveClientToken(own.db, keyring, asset, token);
const untilFound = (tokens: ClientTokens, expected: string | undefined) =>
  until(`the token is ${expected}`, () => (tokens.get(assetId) === expected ? true : undefined));

test("holds only tokens that messages are sent with", async () => {
  await keep("EAAone");
  expect((await watch()).get(assetId)).toBeUndefined();
  await send("client");
  expect((await watch()).get(assetId)).toBe("EAAone");
});

test("every instance follows a replaced token and a removed token", async () => {
  await send("client");
  const [here, there] = [await watch(), await watch()];
  await keep("EAAone");
  for (const tokens of [here, there]) await untilFound(tokens, "EAAone");
  await keep("EAAtwo");
  for (const tokens of [here, there]) await untilFound(tokens, "EAAtwo");
  await deleteSecret(own.db, placeOfClientToken("default", assetId));
  for (const tokens of [here, there]) await untilFound(tokens, undefined);
});

test("a refresh also removes a token that is no longer sent with", async () => {
  await keep("EAAone");
  await send("client");
  const tokens = await watch();
  await send("system_user");
  await tokens.refresh([assetId]);
  expect(tokens.get(assetId)).toBeUndefined();
});

test("a tampered token is missing for its own WABA only, and does not prevent the start", async () => {
  await keep("EAAone");
  await send("client");
  await own.db.query("update secret set sealed = set_byte(sealed, 45, get_byte(sealed, 45) # 1)");
  expect((await watch()).get(assetId)).toBeUndefined();
});
