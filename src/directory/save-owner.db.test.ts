import { expect, test } from "vitest";
import { testDatabase } from "../../test/support/database.ts";
import { saveConnection } from "./connection-store.ts";
import { findAsset, insertAssets } from "./asset-store.ts";
import { insertClients } from "./client-store.ts";
import { insertMetaIds } from "./meta-id-store.ts";
import { saveOwner } from "./save-owner.ts";
import { seededRandom } from "../lib/random.ts";

test("two owners of one client's WABAs, learnt at once: only the first is its portfolio", async () => {
  const { db, drop } = await testDatabase();
  try {
    await saveConnection(db, {
      ...{ id: "default", businessId: "1", appId: "2", systemUserId: "3", graphVersion: "v25.0" },
      ...{ partnerName: "Provider", publicUrl: null, mode: "enforce" },
    });
    const random = seededRandom(1);
    const connectionId = "default";
    const pairs = Array.from({ length: 8 }, (_, n) => [`a${n}`, `b${n}`].map((id) => ({ id, n })));
    await db.transaction(async (tx) => {
      for (const [n, pair] of pairs.entries()) {
        await insertClients(tx, [{ id: `cli_${n}`, name: "Client" }], { connectionId });
        for (const { id } of pair) {
          await insertAssets(tx, [{ id, clientId: `cli_${n}`, name: id }], { connectionId, at: 1 });
          const metaId = `9${id === `a${n}` ? 1 : 2}${n}`;
          await insertMetaIds(tx, [{ metaId, ownerId: id }], { connectionId, type: "waba", at: 1 });
        }
      }
    });
    const learn = async (id: string, businessId: string): Promise<void> => {
      const asset = await findAsset(db, id);
      if (asset === undefined) throw new Error(`${id} is unknown`);
      await db.transaction((tx) => saveOwner(tx, random, asset, { businessId, name: businessId }, 2));
    };
    for (const [n, [one, two]] of pairs.entries())
      await Promise.all([learn(one?.id ?? "", `51${n}`), learn(two?.id ?? "", `52${n}`)]);
    const owners = await db.query<{ clients: number; portfolios: number }>(
      `select count(distinct owner_id)::int as clients, count(*)::int as portfolios from meta_id
        where type = 'business'`,
    );
    expect(owners).toEqual([{ clients: 16, portfolios: 16 }]);
  } finally {
    await drop();
  }
});
