import { afterEach, beforeEach, expect, test } from "vitest";
import { fleetIdOf, fleetSeed } from "../../../test/support/fleet-seed.ts";
import { openReconciliationApp, type ReconciliationApp } from "../../../test/support/reconciliation-app.ts";
import type { Database } from "../../database/database.ts";
import { findOwnerId } from "../../directory/meta-id-store.ts";
import type { Emulator } from "../../emulator/start-emulator.ts";
import type { MetaAccount } from "../probe/meta-account.ts";
import { recordObservation, SYSTEM } from "../record/record-observation.ts";
import { findShare } from "../record/share-store.ts";
import { verifyShare, type VerifyDeps } from "../probe/verify-share.ts";
import { reconcileShared } from "./reconcile-shared.ts";

/** Two pages of Meta's list. */
const COUNT = 120;
const FIRST = fleetIdOf("10", 0);
const LAST = fleetIdOf("10", COUNT - 1);

let app: ReconciliationApp;
let db: Database;
let emulator: Emulator;
let account: MetaAccount;
let deps: VerifyDeps;

beforeEach(async () => {
  app = await openReconciliationApp(fleetSeed(COUNT));
  ({ db, emulator, account, deps } = app);
});

afterEach(() => app?.stop());

const assetIdOf = (wabaId: string): Promise<string | undefined> => findOwnerId(db, "default", "waba", wabaId);

/** The same account, whose list ends after its first page. */
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

test("the whole list is found, page by page, and its probes are spread", async () => {
  await reconcileShared(deps, account);
  const [row] = await db.query<{ count: number; urgent: number }>(
    `select count(*)::int as count, count(urgent_probe_at)::int as urgent from share
      where status = 'discovered'`,
  );
  expect(row).toEqual({ count: COUNT, urgent: 0 });
});

test("an incomplete reconciliation keeps what it saw, and proves nothing about the rest", async () => {
  await reconcileShared(deps, account);
  const assetId = (await assetIdOf(FIRST)) ?? "";
  await recordObservation(deps, {
    assetId,
    observe: { type: "command", command: { kind: "adopt" } },
    note: null,
    by: SYSTEM,
  });
  await verifyShare(deps, { assetId, trigger: "check" });
  const before = await findShare(db, assetId);
  await emulator.act({ action: "partner.remove", waba_id: FIRST, silent: true });

  await reconcileShared(deps, brokenOff());
  expect(await findShare(db, assetId)).toEqual(before);

  await reconcileShared(deps, account);
  expect((await findShare(db, assetId))?.record.dueProbes[0]).toBeLessThanOrEqual(deps.clock.now());
});

test("the WABAs of a page are found, also when the next page is not given", async () => {
  await reconcileShared(deps, brokenOff());
  expect(await assetIdOf(FIRST)).toBeDefined();
  expect(await assetIdOf(LAST)).toBeUndefined();
});
