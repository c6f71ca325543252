/**
 * Every cause that Meta can name, with its one right way back, and every refusal that a client's program can
 * meet.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openSandbox, type TestSandbox } from "../support/sandbox.ts";
import { until } from "../support/until.ts";

const HARBOR = { waba: "100000000000003", number: "200000000000004" };
const SALTMARSH = { waba: "100000000000010", number: "200000000000012" };
const BRIGHTSIDE = { waba: "100000000000013", number: "200000000000016" };
const COPPER = { waba: "100000000000009", number: "200000000000010" };
const ORCHARD = { waba: "100000000000012", number: "200000000000014", sibling: "200000000000015" };
const LINDEN = { waba: "100000000000008", number: "200000000000009" };
const ALDER = { waba: "100000000000014", number: "200000000000017" };

let app: TestSandbox;
beforeAll(async () => {
  app = await openSandbox();
});
afterAll(() => app?.stop());

interface Method {
  method: string;
  available: boolean;
  why_not: string | null;
  steps: { id: string; text: string }[];
}

const methodsOf = async (wabaId: string): Promise<Record<string, Method>> => {
  const { recovery } = await app.waba(wabaId);
  return Object.fromEntries(recovery.methods.map((method: Method) => [method.method, method]));
};

/** Back to the seeded world without a word of Meta's: learnt by looking alone. */
async function resetWorld(): Promise<void> {
  await app.emulator("POST", "/reset");
  for (const { waba } of [HARBOR, SALTMARSH, BRIGHTSIDE]) await app.untilStatus(waba, "live", null, 20_000);
}

const NO_ASSIGNMENT =
  "Meta does not allow a partner to be assigned to a WABA that contains a coexistence number.";

interface Loss {
  on: { waba: string; number: string };
  action: string;
  reason: string;
  which?: string;
  /** The method that stands first. */
  first?: string;
}

const LOSSES: Loss[][] = [
  [
    { on: HARBOR, action: "coexistence.disconnect", reason: "coexistence_disconnected" },
    { on: SALTMARSH, action: "coexistence.logout", reason: "coexistence_device_logged_out" },
    { on: BRIGHTSIDE, action: "coexistence.ban", reason: "coexistence_banned", first: "wait" },
  ],
  [
    { on: HARBOR, action: "coexistence.inactive", reason: "coexistence_primary_inactivity" },
    {
      on: SALTMARSH,
      action: "coexistence.inactive",
      which: "companion",
      reason: "coexistence_companion_inactivity",
    },
    { on: BRIGHTSIDE, action: "coexistence.downgrade", reason: "coexistence_business_downgrade" },
  ],
  [
    { on: HARBOR, action: "coexistence.change_number", reason: "coexistence_number_changed" },
    { on: SALTMARSH, action: "coexistence.re_register", reason: "coexistence_re_registered" },
  ],
];

describe.each(LOSSES)("a coexistence number is lost: $action, and others", (...losses) => {
  test.each(losses)(
    "$action is shown as $reason, and only the signup restores it",
    async ({ on, action, reason, which, first }) => {
      await app.act(action, { phone_number_id: on.number, ...(which && { which }) });
      await app.untilStatus(on.waba, "permission_removed", reason);
      const { recovery } = await app.waba(on.waba);
      expect(recovery.methods[0].method).toBe(first ?? "assign_partner");
      const { assign_partner: assign, embedded_signup: signup } = await methodsOf(on.waba);
      expect(assign).toMatchObject({ available: false, why_not: NO_ASSIGNMENT, steps: [] });
      expect(signup).toMatchObject({ available: true, why_not: null });
      expect(signup?.steps.some((step) => step.text.includes(on.waba))).toBe(true);
      const refused = await app.send(on.number);
      expect([refused.status, refused.body.error.code, refused.body.error.error_data.reason]).toEqual([
        403,
        131005,
        reason,
      ]);
    },
  );

  test("and after a reset of Meta's world, looking alone finds all of them back", resetWorld);
});

describe("a platform WABA is lost in other ways", () => {
  test("taken over by another provider: the first step is to remove that one", async () => {
    await app.act("partner.takeover", { waba_id: LINDEN.waba });
    await app.untilStatus(LINDEN.waba, "permission_removed");
    expect((await app.send(LINDEN.number)).status).toBe(403);
    expect((await methodsOf(LINDEN.waba))["assign_partner"]).toMatchObject({ available: true });
  });

  test("deleted at Meta: nothing is left to share, a new onboarding is the way", async () => {
    await app.act("waba.delete", { waba_id: ALDER.waba });
    await app.untilStatus(ALDER.waba, "permission_removed", "waba_deleted");
    const methods = await methodsOf(ALDER.waba);
    expect(methods["new_onboarding"]).toMatchObject({ available: true });
    expect(methods["assign_partner"]).toMatchObject({ available: false });
    expect(methods["embedded_signup"]).toMatchObject({ available: false });
  });

  test("reset", resetWorld);
});

describe("Meta locks the account", () => {
  test.each([
    ["waba.disable", "meta_disabled"],
    ["waba.restrict", "meta_restricted"],
  ])("%s closes with 131031 and %s; reinstated, it is live again", async (action, reason) => {
    await app.act(action, { waba_id: COPPER.waba });
    await app.untilStatus(COPPER.waba, "disabled", reason);
    const waba = await app.waba(COPPER.waba);
    expect(waba).toMatchObject({
      status_label: "DISABLED",
      lamp: "red",
      hub_error: null,
      who_must_act: "client",
    });
    expect(waba.recovery.methods.map((method: Method) => method.method)).toContain("contact_meta");
    const refused = await app.send(COPPER.number);
    expect([refused.status, refused.body.error.code]).toEqual([403, 131031]);
    await app.act("waba.reinstate", { waba_id: COPPER.waba });
    await app.untilStatus(COPPER.waba, "live");
    expect((await app.send(COPPER.number)).status).toBe(200);
  });

  test("restricted in one direction only, messages flow", async () => {
    await app.act("waba.restrict", {
      waba_id: COPPER.waba,
      restrictions: ["RESTRICTED_BIZ_INITIATED_MESSAGING"],
    });
    await app.check(COPPER.waba);
    expect((await app.waba(COPPER.waba)).status).toBe("live");
    expect((await app.send(COPPER.number)).status).toBe(200);
    await app.act("waba.reinstate", { waba_id: COPPER.waba });
  });
});

describe("a number goes, its sibling stays", () => {
  test.each([
    ["number.deregister", "number_deregistered", 133010],
    ["number.delete", "number_deleted", 33],
  ])("%s: refused with 400 and shown as %s, and the sibling still sends", async (action, reason, code) => {
    await app.act(action, { phone_number_id: ORCHARD.number });
    await app.check(ORCHARD.waba);
    const { value: refused } = await until("it is refused here", async () => {
      const answer = await app.send(ORCHARD.number);
      return answer.headers.has("sharekeeper-refused") ? answer : undefined;
    });
    expect([refused.status, refused.body.error.code, refused.body.error.error_data.reason]).toEqual([
      400,
      code,
      reason,
    ]);
    expect((await app.send(ORCHARD.sibling)).status).toBe(200);
    expect(await app.waba(ORCHARD.waba)).toMatchObject({ status: "live" });
    const { body } = await app.api("GET", `/numbers/${ORCHARD.number}`);
    expect(body).toMatchObject({ can_send: false, reason });
  });

  test("reset", async () => {
    await resetWorld();
    await app.check(ORCHARD.waba);
    expect((await app.send(ORCHARD.number)).status).toBe(200);
  });
});

describe("Meta moves a coexistence number to a new phone", () => {
  test("while Meta restores it, messages are refused as retryable; reconnected, they flow", async () => {
    await app.act("coexistence.offboard", { phone_number_id: SALTMARSH.number });
    await app.untilStatus(SALTMARSH.waba, "reconnecting", "companion_offboarded");
    expect(await app.waba(SALTMARSH.waba)).toMatchObject({ lamp: "amber", who_must_act: "meta" });
    const refused = await app.send(SALTMARSH.number);
    expect([refused.status, refused.body.error.code, refused.body.error.error_data.retryable]).toEqual([
      503,
      131016,
      true,
    ]);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    await app.act("coexistence.reconnect", { phone_number_id: SALTMARSH.number });
    await app.untilStatus(SALTMARSH.waba, "live");
    await until(
      "it sends",
      async () => ((await app.send(SALTMARSH.number)).status === 200 ? true : undefined),
      2_000,
    );
  });

  test("an hour without a reconnection, and it counts as disconnected", async () => {
    await app.act("coexistence.offboard", { phone_number_id: BRIGHTSIDE.number });
    await app.untilStatus(BRIGHTSIDE.waba, "reconnecting");
    await app.advance(61 * 60_000);
    await app.untilStatus(BRIGHTSIDE.waba, "disconnected", "companion_not_restored");
    expect(await app.waba(BRIGHTSIDE.waba)).toMatchObject({
      status_label: "NUMBER DISCONNECTED",
      lamp: "red",
    });
    const { embedded_signup: signup } = await methodsOf(BRIGHTSIDE.waba);
    expect(signup).toMatchObject({ available: true });
  });
});
