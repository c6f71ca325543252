import type { Database } from "../../src/database/database.ts";
import { openKeyring } from "../../src/credentials/open-keyring.ts";
import { saveConnection } from "../../src/directory/connection-store.ts";
import type { Seed } from "../../src/emulator/world/seed.ts";
import { startEmulator, type Emulator } from "../../src/emulator/start-emulator.ts";
import { seededRandom } from "../../src/lib/random.ts";
import { createGraphClient } from "../../src/meta/graph-client.ts";
import type { MetaAccount } from "../../src/sharing/probe/meta-account.ts";
import type { VerifyDeps } from "../../src/sharing/probe/verify-share.ts";
import { testDatabase } from "./database.ts";

export const PARTNER = "734443296905665";

/**
 * A real database and an emulated Meta with a world of the test's own; no WABA is imported and no loop runs.
 */
export interface ReconciliationApp {
  db: Database;
  emulator: Emulator;
  account: MetaAccount;
  deps: VerifyDeps;
  stop(): Promise<void>;
}

export async function openReconciliationApp(seed: Seed): Promise<ReconciliationApp> {
  const { db, drop } = await testDatabase();
  const ids = { appId: "600000000000001", systemUserId: "610000000000001" };
  const token = "EAAsystem";
  const partnerName = "360dialog";
  const emulator = await startEmulator({
    ...{ port: 0, seed, partnerBusinessId: PARTNER, ...ids, systemUserToken: token },
    ...{ appSecret: "s", verifyToken: "v", callbackUrl: null, partnerName },
  });
  const { clock } = emulator;
  const graphVersion = "v25.0";
  const graph = createGraphClient({ graphUrl: emulator.url, graphVersion, clock, appSecret: "s" });
  const account = { connectionId: "default", businessId: PARTNER, ...ids, token, graph };
  const connection = {
    id: "default",
    businessId: PARTNER,
    ...ids,
    graphVersion,
    partnerName,
    publicUrl: null,
  };
  await saveConnection(db, { ...connection, mode: "enforce" });
  const random = seededRandom(1);
  const keyring = await openKeyring({ db, clock, random }, Buffer.alloc(32, 1));
  const deps: VerifyDeps = {
    ...{ db, clock, random, keyring, sweepPeriodMs: 15_000 },
    wake: () => undefined,
    accountOf: () => account,
  };
  return {
    ...{ db, emulator, account, deps },
    async stop() {
      await graph.close();
      await emulator.stop();
      await drop();
    },
  };
}
