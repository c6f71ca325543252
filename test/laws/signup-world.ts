import { findOwnerId } from "../../src/directory/meta-id-store.ts";
import { processInbox } from "../../src/sharing/record/process-inbox.ts";
import { recordObservation, SYSTEM } from "../../src/sharing/record/record-observation.ts";
import { verifyShare } from "../../src/sharing/probe/verify-share.ts";
import { createTestApp, type TestApp } from "../support/create-test-app.ts";

/** The world of the signup law: its clock is frozen, and the emulator acts as Meta. */
export let app: TestApp;

export async function openWorld(): Promise<void> {
  app = await createTestApp();
  await control("POST", "/clock", { mode: "frozen" });
}

/** A client that no signup here is about. */
export const OTHER_WABA = "100000000000001";

/** What anybody with a link can post. */
export const LIE = { type: "WA_EMBEDDED_SIGNUP", event: "FINISH", data: { waba_id: OTHER_WABA } };

/**
 * The sealed token of a WABA's client. Sealing is salted, so another token, or the same one sealed anew,
 * differs.
 */
export async function tokenOf(wabaId: string): Promise<string | null> {
  const assetId = await findOwnerId(app.deps.db, "default", "waba", wabaId);
  const rows = await app.deps.db.query<{ sealed: Buffer }>(
    "select sealed from secret where owner_id = $1 and name = 'business_token'",
    [assetId],
  );
  return rows[0]?.sealed.toString("hex") ?? null;
}

/** Known here from before, and lost: found by two probes, as by the sweep. */
export async function takeInLost(wabaId: string): Promise<string> {
  await control("POST", "/signup", { waba_id: wabaId, silent: true });
  await tell(wabaId, "", "PARTNER_ADDED");
  const assetId = await findOwnerId(app.deps.db, "default", "waba", wabaId);
  if (assetId === undefined) throw new Error("not discovered");
  const adopt = { type: "command", command: { kind: "adopt" } } as const;
  await recordObservation(app.deps, { assetId, observe: adopt, note: null, by: SYSTEM });
  await verifyShare(app.deps, { assetId, trigger: "due" });
  await app.emulator.act({ action: "partner.remove", waba_id: wabaId, silent: true });
  for (let probe = 0; probe < 3; probe += 1) {
    await control("POST", "/clock", { advance_ms: 31_000 });
    await verifyShare(app.deps, { assetId, trigger: "due" });
  }
  return assetId;
}

export async function tell(wabaId: string, businessId: string, event: string): Promise<void> {
  const time = Math.floor(app.deps.clock.now() / 1000);
  const { partnerBusinessId, metaAppId: appId } = app.config;
  const waba = { waba_id: wabaId, ...(businessId && { owner_business_id: businessId }) };
  const value = { event, waba_info: { ...waba, solution_partner_business_ids: [partnerBusinessId] } };
  const entry = [{ id: partnerBusinessId, time, changes: [{ field: "account_update", value }] }];
  const body = JSON.stringify({ object: "whatsapp_business_account", entry });
  const headers = { "X-Hub-Signature-256": app.sign(body) };
  await fetch(`${app.url}/webhooks/meta`, { method: "POST", body, headers });
  await processInbox({
    ...app.signups,
    identityOf: () => ({ appId, businessId: partnerBusinessId }),
    processingFailed: (_id, error) => {
      throw error;
    },
  });
}

export async function control(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
  const answer = await fetch(`${app.emulator.url}/_emulator${path}`, {
    method,
    ...(body && { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }),
  });
  if (!answer.ok) throw new Error(`${path}: ${await answer.text()}`);
  return (await answer.json()) as Record<string, unknown>;
}
