/**
 * The story of the product, over HTTP as a program outside sees it: the share is removed, messages stop, the
 * share comes back, messages flow. The tests run in order; each is the next sentence.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openSandbox, PARTNER, type TestSandbox } from "../support/sandbox.ts";
import { until } from "../support/until.ts";

const NORTHWIND = { waba: "100000000000001", number: "200000000000001", business: "510000000000001" };
const SIBLING = { waba: "100000000000002", number: "200000000000002" };
const HARBOR = { waba: "100000000000003", number: "200000000000004" };
const LINDEN = { waba: "100000000000008", number: "200000000000009" };

const T1 = "Please contact support. Something is preventing this number from working";
const T3 =
  "We couldn’t load your WhatsApp Commerce settings. The linked phone number is no longer active or has been removed from Meta, " +
  "and messaging/number functionality will not work until resolved. Please contact support to resolve this issue.";

let app: TestSandbox;
beforeAll(async () => {
  app = await openSandbox();
});
afterAll(() => app?.stop());

const messageCount = async (number: string): Promise<number> => (await app.sentToMeta(number)).length;

describe("the list shows every seeded client as it is", () => {
  test("losses first, each with label, lamp, reason, since and who must act", async () => {
    const { body } = await app.api("GET", "/wabas?limit=100");
    const shown = new Map<string, Record<string, unknown>>(
      body.data.map((waba: { id: string }) => [waba.id, waba]),
    );
    const clients = new Set(body.data.map((waba: { client: { name: string } }) => waba.client.name));
    expect(clients.size).toBeGreaterThanOrEqual(12);
    expect(shown.get(NORTHWIND.waba)).toMatchObject({ status: "live", lamp: "green", reason: null });
    expect(shown.get(HARBOR.waba)).toMatchObject({ status: "live", kind: "coexistence" });
    for (const [id, reason] of [
      ["100000000000004", "partner_removed"],
      ["100000000000005", "partial_control"],
      ["100000000000006", "coexistence_disconnected"],
    ] as const) {
      expect(shown.get(id)).toMatchObject({
        status: "permission_removed",
        status_label: "BSP PERMISSION REMOVED",
        lamp: "red",
        reason,
        who_must_act: "client",
        hub_error: T1,
      });
      expect(Date.parse(shown.get(id)?.["since"] as string)).toBeLessThanOrEqual(Date.now());
    }
    expect(shown.get("100000000000007")).toMatchObject({
      status: "discovered",
      reason: "not_adopted",
      who_must_act: "provider",
    });
    expect(body.data[0].status).toBe("permission_removed");
  });
});

describe("the client removes the partner", () => {
  test("before that, a message is accepted and reaches Meta, unchanged, with our token", async () => {
    const answer = await app.send(NORTHWIND.number);
    expect(answer.status).toBe(200);
    expect(answer.body.messages[0].id).toMatch(/^wamid\./);
    const [request] = await app.sentToMeta(NORTHWIND.number);
    expect(request.body).toMatchObject({ to: "+15550001111", text: { body: "Your bouquet is on its way" } });
    expect(request.headers.authorization).toBe("Bearer sandbox-system-user-token");
    expect(request.status).toBe(200);
  });

  test("within two seconds the WABA says BSP PERMISSION REMOVED, and each number says T1", async () => {
    await app.act("partner.remove", { waba_id: NORTHWIND.waba });
    expect(await app.untilStatus(NORTHWIND.waba, "permission_removed", undefined, 2_000)).toBeLessThan(2_000);
    const waba = await app.waba(NORTHWIND.waba);
    expect(waba).toMatchObject({
      status_label: "BSP PERMISSION REMOVED",
      status_line: "🔴BSP PERMISSION REMOVED",
      lamp: "red",
      reason: "partner_removed",
      who_must_act: "client",
      hub_error: T1,
    });
    expect(waba.summary).toContain("Northwind Florist removed 360dialog from the partners of this WABA.");
    expect(waba.numbers).toHaveLength(1);
    expect(waba.numbers[0]).toMatchObject({ can_send: false, reason: "partner_removed", hub_error: T1 });
    const conditions = Object.fromEntries(
      waba.conditions.map((condition: { type: string; status: string }) => [
        condition.type,
        condition.status,
      ]),
    );
    expect(conditions).toMatchObject({
      Shared: "False",
      FullControl: "False",
      TokenValid: "True",
      Ready: "False",
    });
  });

  test("the WABA Management App says T3 in place of the commerce settings", async () => {
    for (const path of [
      `/numbers/${NORTHWIND.number}/commerce-settings`,
      `/wabas/${NORTHWIND.waba}/commerce-settings`,
    ]) {
      const { status, headers, body } = await app.api("GET", path);
      expect({ status, type: headers.get("content-type"), code: body.code, detail: body.detail }).toEqual({
        status: 403,
        type: "application/problem+json",
        code: "waba_not_shared",
        detail: T3,
      });
    }
  });

  test("the same message is refused in Meta's own words, and nothing is sent to Meta", async () => {
    const before = await messageCount(NORTHWIND.number);
    const { status, headers, body } = await app.send(NORTHWIND.number);
    expect(status).toBe(403);
    expect(headers.get("sharekeeper-refused")).toBe("partner_removed");
    expect(body.error).toMatchObject({
      message: "(#131005) Access denied",
      type: "OAuthException",
      code: 131005,
      error_data: {
        messaging_product: "whatsapp",
        reason: "partner_removed",
        who_must_act: "client",
        reshare_url: expect.stringMatching(/\/reshare\/[^/]+$/),
        retryable: false,
      },
    });
    expect(body.error.fbtrace_id).toBe(headers.get("request-id"));
    expect(body.error.error_data.details).toContain(NORTHWIND.waba);
    expect(body.error.error_data.details).toContain("Action needed: Northwind Florist");
    expect(body.error.error_data.since).toBe((await app.waba(NORTHWIND.waba)).numbers[0].since);
    expect(await messageCount(NORTHWIND.number)).toBe(before);
  });

  test("can-send says the same without sending", async () => {
    const { body } = await app.api("GET", `/numbers/${NORTHWIND.number}/can-send`);
    expect(body).toMatchObject({
      phone_number_id: NORTHWIND.number,
      can_send: false,
      reason: "partner_removed",
    });
  });

  test("another client's number still sends, and so does the sibling WABA of the same client", async () => {
    expect((await app.send(HARBOR.number)).status).toBe(200);
    expect((await app.send(SIBLING.number)).status).toBe(200);
    expect(await app.waba(SIBLING.waba)).toMatchObject({ status: "live" });
  });
});

describe("the way back", () => {
  test("the six steps of partner assignment stand there as the reference has them, with our id and a deep link", async () => {
    const { recovery } = await app.waba(NORTHWIND.waba);
    const assign = recovery.methods.find((method: { method: string }) => method.method === "assign_partner");
    expect(assign).toMatchObject({ available: true, why_not: null });
    expect(assign.steps.map((step: { text: string }) => step.text)).toEqual([
      "Go to the Meta Business Suite and select the correct Business Portfolio.",
      "Go to Business Settings",
      "Navigate to Accounts and select the specific WABA",
      "Click Partners > Assign Partner",
      "Enter the 360dialog Business Partner ID : 734443296905665",
      "Grant full control / Everything > Assign",
    ]);
    expect(assign.steps.every((step: { done: boolean }) => !step.done)).toBe(true);
    expect(assign.steps[4].copy).toBe(PARTNER);
    const link = new URL(assign.steps[0].href);
    expect(link.origin).toBe(app.emulatorUrl());
    expect(link.pathname).toBe("/latest/settings/whatsapp_account");
    expect(link.searchParams.get("business_id")).toBe(NORTHWIND.business);
    expect(link.searchParams.get("selected_asset_id")).toBe(NORTHWIND.waba);
    expect((await fetch(link)).status).toBe(200);
    const signup = recovery.methods.find((method: { method: string }) => method.method === "embedded_signup");
    expect(signup).toMatchObject({ available: true });
  });

  test("assigned with partial access only, it says exactly that full control is missing, and stays closed", async () => {
    await app.act("partner.assign", { waba_id: NORTHWIND.waba, tasks: ["DEVELOP", "MESSAGING"] });
    await app.untilStatus(NORTHWIND.waba, "permission_removed", "partial_control");
    const waba = await app.waba(NORTHWIND.waba);
    expect(waba.summary).toMatch(
      /^Northwind Florist shares this WABA with 360dialog.* full control .*missing/i,
    );
    const [assign] = waba.recovery.methods;
    expect(assign).toMatchObject({
      method: "assign_partner",
      label: "Change the partner's access to Full control",
    });
    expect(assign.steps.map((step: { done: boolean }) => step.done)).toEqual(Array(5).fill(false));
    const before = await messageCount(NORTHWIND.number);
    const answer = await app.send(NORTHWIND.number);
    expect([answer.status, answer.body.error.code, answer.body.error.error_data.reason]).toEqual([
      403,
      131005,
      "partial_control",
    ]);
    expect(await messageCount(NORTHWIND.number)).toBe(before);
  });

  test("assigned with full control, it becomes live by itself, and the message is accepted", async () => {
    await app.act("partner.assign", { waba_id: NORTHWIND.waba });
    await app.untilStatus(NORTHWIND.waba, "live", null);
    const waba = await app.waba(NORTHWIND.waba);
    expect(waba).toMatchObject({ lamp: "green", hub_error: null, recovery: { methods: [] } });
    expect(waba.numbers[0]).toMatchObject({ can_send: true, reason: null, hub_error: null });
    await until(
      "the gate is open",
      async () => ((await app.send(NORTHWIND.number)).status === 200 ? true : undefined),
      2_000,
    );
    expect((await app.api("GET", `/numbers/${NORTHWIND.number}/commerce-settings`)).status).toBe(200);
  });

  test("the timeline shows everything: Meta's webhooks, our probes, what changed", async () => {
    const entries = await app.timeline(NORTHWIND.waba);
    const hint = entries.find((entry) => entry.kind === "hint" && /removed/.test(entry.title));
    expect(JSON.stringify(hint.evidence)).toContain("PARTNER_REMOVED");
    const titles = entries.map((entry) => entry.title);
    for (const title of [
      "Access lost",
      "Access restored",
      "Messages are stopped",
      "Messages are being sent again",
    ])
      expect(titles).toContain(title);
    expect(entries.some((entry) => entry.kind === "probe")).toBe(true);
  });
});

describe("a late redelivery of the old removal, after the repair", () => {
  const removal = {
    event: "PARTNER_REMOVED",
    waba_info: { waba_id: NORTHWIND.waba, owner_business_id: NORTHWIND.business },
  };

  test("with its old time it is kept as a hint, and no message is lost", async () => {
    const hintsBefore = (await app.timeline(NORTHWIND.waba)).filter((entry) => entry.kind === "hint").length;
    const time = Math.floor(Date.now() / 1000) - 60;
    await app.emulator("POST", "/webhooks", { field: "account_update", value: removal, time });
    await until("the hint is on the timeline", async () => {
      expect((await app.send(NORTHWIND.number)).status).toBe(200);
      const hints = (await app.timeline(NORTHWIND.waba)).filter((entry) => entry.kind === "hint");
      return hints.length > hintsBefore ? true : undefined;
    });
    expect((await app.check(NORTHWIND.waba)).status).toBe("live");
    expect((await app.send(NORTHWIND.number)).status).toBe(200);
  });

  test("with a new time it starts a probe, and no message is lost either", async () => {
    const received = Date.now();
    await app.emulator("POST", "/webhooks", { field: "account_update", value: removal });
    const proven = await until(
      "a probe after it proves the share",
      async () => {
        expect((await app.send(NORTHWIND.number)).status).toBe(200);
        const waba = await app.waba(NORTHWIND.waba);
        return Date.parse(waba.last_proven_at) >= received + 3_000 ? waba : undefined;
      },
      12_000,
    );
    expect(proven.value.status).toBe("live");
  });
});

describe("the same loss, with Meta's webhook lost", () => {
  test("looking finds it, claims no cause that it cannot know, and says between when and when", async () => {
    await app.act("partner.remove", { waba_id: LINDEN.waba, silent: true });
    const waba = await app.check(LINDEN.waba);
    expect(waba).toMatchObject({
      status: "permission_removed",
      reason: "unspecified",
      who_must_act: "client",
    });
    const shared = waba.conditions.find((condition: { type: string }) => condition.type === "Shared");
    expect(shared).toMatchObject({ status: "False", source: "probe" });
    expect(shared.message).toContain("Meta did not say why");
    expect(shared.message).toMatch(/between .*\d\d:\d\d:\d\d.* and .*\d\d:\d\d:\d\d/);
    expect(waba.summary).toMatch(/between .* and /);
    expect((await app.send(LINDEN.number)).body.error.error_data.reason).toBe("unspecified");
  });

  test("and it comes back by proof", async () => {
    await app.act("partner.assign", { waba_id: LINDEN.waba, silent: true });
    expect(await app.check(LINDEN.waba)).toMatchObject({ status: "live" });
    expect((await app.send(LINDEN.number)).status).toBe(200);
  });
});

describe("a restart", () => {
  test("everything is as it was, at Meta too", async () => {
    await app.act("partner.remove", { waba_id: SIBLING.waba });
    await app.untilStatus(SIBLING.waba, "permission_removed", "partner_removed");
    const before = (await app.api("GET", "/wabas?limit=100&sort=name")).body.data;
    const worldBefore = (await app.emulator("GET", "/state")).body;
    await app.restart();
    const after = (await app.api("GET", "/wabas?limit=100&sort=name")).body.data;
    const facts = (waba: Record<string, unknown>): unknown => [
      waba["id"],
      waba["status"],
      waba["reason"],
      waba["since"],
    ];
    expect(after.map(facts)).toEqual(before.map(facts));
    const worldAfter = (await app.emulator("GET", "/state")).body;
    expect(worldAfter.wabas).toEqual(worldBefore.wabas);
    expect((await app.send(NORTHWIND.number)).status).toBe(200);
    expect((await app.send(SIBLING.number)).status).toBe(403);
    const hint = (await app.timeline(NORTHWIND.waba)).find((entry) => entry.kind === "hint");
    expect(hint).toBeDefined();
  });

  test("and the way back works after it", async () => {
    await app.act("partner.assign", { waba_id: SIBLING.waba });
    await app.untilStatus(SIBLING.waba, "live");
    await until(
      "it sends",
      async () => ((await app.send(SIBLING.number)).status === 200 ? true : undefined),
      2_000,
    );
  });
});
