import { afterEach, beforeEach, expect, test } from "vitest";
import { testDatabase, type TestDatabase } from "../../test/support/database.ts";
import { fleetIdOf, fleetSeed } from "../../test/support/fleet-seed.ts";
import { saveConnection } from "../directory/connection-store.ts";
import { findOwnerId } from "../directory/directory-store.ts";
import { startEmulator, type Emulator } from "../emulator/start-emulator.ts";
import { seededRandom } from "../lib/random.ts";
import { createGraphClient } from "../meta/graph-client.ts";
import type { MetaAccount } from "./meta-account.ts";
import { recordObservation, SYSTEM } from "./record-observation.ts";
import { findShare } from "./share-store.ts";
import { verifyShare, type VerifyDeps } from "./verify-share.ts";
import { walkListing } from "./walk-listing.ts";

const PARTNER = "734443296905665";
/** Two pages of Meta's list. */
const COUNT = 120;
const FIRST = fleetIdOf("10", 0);
const LAST = fleetIdOf("10", COUNT - 1);

let own: TestDatabase;
let emulator: Emulator;
let account: MetaAccount;
let deps: VerifyDeps;

beforeEach(async () => {
  own = await testDatabase();
  const ids = { appId: "600000000000001", systemUserId: "610000000000001" };
  emulator = await startEmulator({
    port: 0,
    seed: fleetSeed(COUNT),
    partnerBusinessId: PARTNER,
    ...ids,
    systemUserToken: "EAAsystem",
    appSecret: "s",
    verifyToken: "v",
    callbackUrl: null,
    partnerName: "360dialog",
  });
  const { clock } = emulator;
  const graph = createGraphClient({ graphUrl: emulator.url, graphVersion: "v25.0", clock, appSecret: "s" });
  account = { connectionId: "default", businessId: PARTNER, ...ids, token: "EAAsystem", graph };
  const connection = {
    id: "default",
    businessId: PARTNER,
    ...ids,
    graphVersion: "v25.0",
    partnerName: "360dialog",
    publicUrl: null,
  };
  await saveConnection(own.db, { ...connection, mode: "enforce" }, clock.now());
  deps = {
    db: own.db,
    clock,
    random: seededRandom(1),
    sweepPeriodMs: 15_000,
    wake: () => undefined,
    accountOf: () => account,
  };
});

afterEach(async () => {
  await account.graph.close();
  await emulator.stop();
  await own.drop();
});

const assetIdOf = (wabaId: string): Promise<string | undefined> =>
  findOwnerId(own.db, "default", "waba", wabaId);

/** The same account, whose list breaks off behind its first page. */
const brokenOff = (): MetaAccount => ({
  ...account,
  graph: {
    ...account.graph,
    ask: async (request) => {
      if (request.query?.after !== undefined)
        await fetch(`${emulator.url}/_emulator/faults`, {
          method: "POST",
          body: JSON.stringify({ match: {}, respond: { status: 500 }, count: 1 }),
        });
      return account.graph.ask(request);
    },
  },
});

test("the whole list is found, page by page, and its looks are spread", async () => {
  await walkListing(deps, account);
  const [row] = await own.db.query<{ count: number; urgent: number }>(
    "select count(*)::int as count, count(urgent_look_at)::int as urgent from share where status = 'discovered'",
  );
  expect(row).toEqual({ count: COUNT, urgent: 0 });
});

test("a walk that breaks off keeps what it saw, and says nothing of what it did not see", async () => {
  await walkListing(deps, account);
  const assetId = (await assetIdOf(FIRST)) ?? "";
  await recordObservation(deps, {
    assetId,
    observe: { type: "act", act: { kind: "adopt" } },
    note: null,
    by: SYSTEM,
  });
  await verifyShare(deps, { assetId, trigger: "check" });
  const before = await findShare(own.db, assetId);
  await emulator.act({ action: "partner.remove", waba_id: FIRST, silent: true });

  await walkListing(deps, brokenOff());
  expect(await findShare(own.db, assetId)).toEqual(before);

  await walkListing(deps, account);
  expect((await findShare(own.db, assetId))?.memory.dueLooks[0]).toBeLessThanOrEqual(deps.clock.now());
});

test("what a page shows is found, also when the next one is not given", async () => {
  await walkListing(deps, brokenOff());
  expect(await assetIdOf(FIRST)).toBeDefined();
  expect(await assetIdOf(LAST)).toBeUndefined();
});
