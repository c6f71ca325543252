import { afterEach, beforeEach, expect, test } from "vitest";
import {
  openReconciliationApp,
  PARTNER,
  type ReconciliationApp,
} from "../../../test/support/reconciliation-app.ts";
import type { Database } from "../../database/database.ts";
import { findAssets } from "../../directory/asset-store.ts";
import { findOwnerId } from "../../directory/meta-id-store.ts";
import type { Emulator } from "../../emulator/start-emulator.ts";
import type { MetaAccount } from "../probe/meta-account.ts";
import { recordObservation, SYSTEM } from "../record/record-observation.ts";
import { findShare } from "../record/share-store.ts";
import { stateOf } from "../status/share-state.ts";
import { verifyShare, type VerifyDeps } from "../probe/verify-share.ts";
import { reconcileShared } from "./reconcile-shared.ts";
import { reconcileOwned } from "./reconcile-owned.ts";

const OWN = "100000000000091";
const SHARED = "100000000000092";

let app: ReconciliationApp;
let db: Database;
let emulator: Emulator;
let account: MetaAccount;
let deps: VerifyDeps;

beforeEach(async () => {
  const waba = (id: string, number: string) => ({
    id,
    kind: "platform" as const,
    numbers: [{ id: number, display_phone_number: "+1 555 010 0001" }],
  });
  const seed = {
    clients: [
      {
        business_id: PARTNER,
        name: "360dialog",
        wabas: [{ ...waba(OWN, "200000000000091"), shared: false }],
      },
      { business_id: "510000000000092", name: "A client", wabas: [waba(SHARED, "200000000000092")] },
    ],
    losses: [],
  };
  app = await openReconciliationApp(seed);
  ({ db, emulator, account, deps } = app);
});

afterEach(() => app?.stop());

const walk = async (): Promise<void> => {
  await reconcileShared(deps, account);
  await reconcileOwned(deps, account);
};

async function seen(wabaId: string) {
  const assetId = (await findOwnerId(db, "default", "waba", wabaId)) ?? "";
  const [asset] = await findAssets(db, [assetId]);
  const share = await findShare(db, assetId);
  if (asset === undefined || share === undefined) throw new Error(`${wabaId} is not known`);
  return { assetId, asset, record: share.record, state: stateOf(share.record, deps.clock.now()) };
}

const adopt = (assetId: string) =>
  recordObservation(deps, {
    assetId,
    observe: { type: "command", command: { kind: "adopt" } },
    note: null,
    by: SYSTEM,
  });

test("a WABA of our own portfolio is found as owned, and a client's as a share", async () => {
  await walk();
  const [mine, theirs] = [await seen(OWN), await seen(SHARED)];
  expect([mine.asset.partnerModel, mine.state.status, mine.state.partnerModel]).toEqual([
    "owned",
    "discovered",
    "owned",
  ]);
  expect([theirs.asset.partnerModel, theirs.state.status]).toEqual(["portfolio_share", "discovered"]);
});

test("it is proven as owned, and its absence from the clients' list starts no probe", async () => {
  await walk();
  const { assetId } = await seen(OWN);
  await adopt(assetId);
  await verifyShare(deps, { assetId, trigger: "check" });
  const { state, record } = await seen(OWN);
  expect(state.status).toBe("live");
  await walk();
  expect((await seen(OWN)).record.dueProbes).toEqual(record.dueProbes);
});

test("it is probed when its own list lacks it, and only the provider must act", async () => {
  await walk();
  const { assetId } = await seen(OWN);
  await adopt(assetId);
  await verifyShare(deps, { assetId, trigger: "check" });
  // Two bad probes soon after an adoption do not count yet.
  await fetch(`${emulator.url}/_emulator/clock`, {
    method: "POST",
    body: JSON.stringify({ advance_ms: 660_000 }),
  });
  await emulator.act({ action: "waba.delete", waba_id: OWN, silent: true });
  await walk();
  expect((await seen(OWN)).record.dueProbes[0]).toBeLessThanOrEqual(deps.clock.now());
  for (const waited of [false, true]) await verifyShare(deps, { assetId, trigger: "check", waited });
  const { state } = await seen(OWN);
  expect([state.status, state.reason]).toEqual(["permission_removed", "unspecified"]);
  expect(state.who).toBe("provider");
});
