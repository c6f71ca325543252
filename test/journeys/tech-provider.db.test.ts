/**
 * Field case 1: a Tech Provider, to whom Meta refuses fields that a Solution Partner may read, is served like
 * one.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openSandbox, type TestSandbox } from "../support/sandbox.ts";

/** The seed table: what stands after the start. */
const SEED = [
  ["100000000000001", "live", null],
  ["100000000000002", "live", null],
  ["100000000000003", "live", null],
  ["100000000000004", "permission_removed", "partner_removed"],
  ["100000000000005", "permission_removed", "partial_control"],
  ["100000000000006", "permission_removed", "coexistence_disconnected"],
  ["100000000000007", "discovered", "not_adopted"],
] as const;

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await openSandbox({ EMULATOR_PROVIDER_KIND: "tech_provider" });
});
afterAll(() => sandbox?.stop());

test("Meta refuses a whole read for one field", async () => {
  const state = await sandbox.emulator("GET", "/state");
  expect(state.body.knobs.provider_kind).toBe("tech_provider");
  const requests = await sandbox.emulator("GET", "/journal?kind=requests");
  const refused = (requests.body.data as { status: number; query: Record<string, string> }[]).filter(
    ({ status, query }) =>
      status === 403 && /primary_funding_id|owner_business_info/.test(query.fields ?? ""),
  );
  expect(refused.length).toBeGreaterThan(0);
});

describe("the seeded world", () => {
  test.each(SEED)("%s is %s", async (wabaId, status, reason) => {
    const waba = await sandbox.waba(wabaId);
    expect([waba.status, waba.reason]).toEqual([status, reason]);
    const reasons = waba.conditions.map((condition: { reason: string }) => condition.reason);
    expect(reasons).not.toContain("provider_token_invalid");
    expect(reasons).not.toContain("request_refused");
  });

  test("numbers are known, messages flow, and what Meta refuses is named and blamed on nobody", async () => {
    const waba = await sandbox.check("100000000000001");
    expect(waba).toMatchObject({ kind: "platform", who_must_act: "nobody", numbers: [{ can_send: true }] });
    const payment = waba.setup_checks.find(({ check }: { check: string }) => check === "payment");
    expect(payment).toMatchObject({ verdict: "unknown", who_must_act: "nobody" });
    expect(payment.text).toContain("error 10");
    expect((await sandbox.send("200000000000001")).status).toBe(200);
  });

  test("no incident is open, and a loss is shown as for every other client", async () => {
    expect((await sandbox.api("GET", "/incidents")).body.data).toEqual([]);
    await sandbox.act("partner.remove", { waba_id: "100000000000008" });
    await sandbox.untilStatus("100000000000008", "permission_removed", "partner_removed");
  });
});
