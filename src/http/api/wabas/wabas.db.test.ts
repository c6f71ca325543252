import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestApp, type TestApp } from "../../../../test/support/create-test-app.ts";
import { saveTestKey } from "../../../../test/support/save-test-key.ts";
import { en } from "../../../messages/english.ts";

const T1 = "Please contact support. Something is preventing this number from working";
const T3 =
  "We couldn’t load your WhatsApp Commerce settings. The linked phone number is no longer active or has been removed from Meta, " +
  "and messaging/number functionality will not work until resolved. Please contact support to resolve this issue.";

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.stop());

describe("who may", () => {
  test("a caller without a key or with a wrong key is refused", async () => {
    const none = await app.ask("GET", "/api/v1/wabas", undefined, {});
    expect([none.status, none.body.code]).toEqual([401, "unauthenticated"]);
    const wrong = await app.ask("GET", "/api/v1/wabas", undefined, { "X-API-Key": "nonsense" });
    expect([wrong.status, wrong.body.code]).toEqual([401, "wrong_api_key"]);
    expect(wrong.headers.get("content-type")).toBe("application/problem+json");
    expect(wrong.body.request_id).toBe(wrong.headers.get("request-id"));
  });

  test("a viewer may read but not write", async () => {
    await saveTestKey(app.database.db, "viewer-key");
    const viewer = { "X-API-Key": "viewer-key" };
    expect((await app.ask("GET", "/api/v1/overview", undefined, viewer)).status).toBe(200);
    const act = await app.ask("POST", "/api/v1/wabas/100000000000001/check", {}, viewer);
    expect([act.status, act.body.code]).toEqual([403, "not_permitted"]);
    const keys = await app.ask("GET", "/api/v1/numbers/200000000000001/keys", undefined, viewer);
    expect(keys.status).toBe(403);
  });

  test("a session: sign in, write from our own page only, sign out", async () => {
    const signedIn = await app.ask("POST", "/api/v1/session", { api_key: "sandbox-admin-key" }, {});
    const actor = { id: "key_admin", name: "Admin key", role: "admin" };
    expect(signedIn.body).toEqual({ actor, person: null });
    const set = signedIn.headers.get("set-cookie") ?? "";
    expect(set).toMatch(/HttpOnly/);
    expect(set).toMatch(/SameSite=Strict/);
    expect(set).not.toMatch(/Secure/);
    const cookie = { Cookie: set.split(";")[0] ?? "" };
    expect((await app.ask("GET", "/api/v1/session", undefined, cookie)).body.actor.role).toBe("admin");
    const origins: Record<string, string>[] = [{}, { Origin: "https://evil.example" }, { Origin: "null" }];
    for (const origin of origins) {
      const refused = await app.ask(
        "POST",
        "/api/v1/wabas/100000000000001/check",
        {},
        { ...cookie, ...origin },
      );
      expect(refused.body.code).toBe("foreign_origin");
    }
    const own = { ...cookie, Origin: app.url, "Content-Type": "application/json" };
    expect((await app.ask("POST", "/api/v1/wabas/100000000000001/check", {}, own)).status).toBe(200);
    expect((await app.ask("DELETE", "/api/v1/session", undefined, own)).status).toBe(204);
    expect((await app.ask("GET", "/api/v1/session", undefined, cookie)).status).toBe(401);
  });

  test("a wrong key opens no session", async () => {
    const answer = await app.ask("POST", "/api/v1/session", { api_key: "nope" }, {});
    expect([answer.status, answer.body.code]).toEqual([401, "wrong_api_key"]);
    expect(answer.headers.get("set-cookie")).toBeNull();
  });

  test("commands are in the audit with actor and request", async () => {
    await app.ask(
      "POST",
      "/api/v1/wabas/100000000000001/check",
      {},
      { "X-API-Key": "sandbox-admin-key", "Request-Id": "audit-me-1" },
    );
    const rows = await app.database.db.query(
      "select actor, action, target_id from audit where request_id = 'audit-me-1'",
    );
    expect(rows).toEqual([{ actor: "key_admin", action: "waba.checked", target_id: "100000000000001" }]);
  });
});

describe("the list", () => {
  const ids = async (query: string): Promise<string[]> => {
    const { body } = await app.ask("GET", `/api/v1/wabas?${query}`);
    return body.data.map((waba: { id: string }) => waba.id);
  };

  test.each([
    "attention",
    "-attention",
    "name",
    "-name",
    "since",
    "-since",
    "last_proven_at",
    "-last_proven_at",
  ])("pages of sort %s hold every WABA once", async (sort) => {
    const seen: string[] = [];
    for (let cursor = ""; ;) {
      const { body } = await app.ask("GET", `/api/v1/wabas?limit=4&sort=${sort}&cursor=${cursor}`);
      seen.push(...body.data.map((waba: { id: string }) => waba.id));
      expect(body.has_more).toBe(body.next_cursor !== null);
      if (!body.has_more) break;
      cursor = body.next_cursor;
    }
    const whole = await ids(`limit=100&sort=${sort}`);
    expect(seen).toEqual(whole);
    expect(new Set(seen).size).toBe(whole.length);
    expect(whole.length).toBeGreaterThanOrEqual(12);
  });

  test("a cursor of another sort is refused", async () => {
    const { body } = await app.ask("GET", "/api/v1/wabas?limit=2&sort=name");
    expect((await app.ask("GET", `/api/v1/wabas?limit=2&cursor=${body.next_cursor}`)).body.code).toBe(
      "invalid_cursor",
    );
    const forged = Buffer.from(JSON.stringify(["since", "not a time", "x"])).toString("base64url");
    expect((await app.ask("GET", `/api/v1/wabas?sort=since&cursor=${forged}`)).body.code).toBe(
      "invalid_cursor",
    );
  });

  // P10, L11: numbers as people dictate and paste them.
  test.each([
    "+1 555 010 0001",
    "(555) 010-0001",
    "0015550100001",
    "0555 010 0001",
    "+1 (0) 555 010 0001",
    "tel:+15550100001",
    "call +1 555 010 0001, please",
    "0001",
    "200000000000001",
    "100000000000001",
    "https://business.facebook.com/latest/settings/whatsapp_account?business_id=1&selected_asset_id=100000000000001",
  ])("finds a WABA by %s", async (q) => {
    expect(await ids(`q=${encodeURIComponent(q)}`)).toContain("100000000000001");
  });

  test("finds by client, in any letter case; a wildcard counts as a plain character", async () => {
    expect((await ids("q=NORTHWIND")).sort()).toEqual(["100000000000001", "100000000000002"]);
    expect(await ids("q=%25%25%25")).toEqual([]);
    expect(await ids("q=no+such+thing")).toEqual([]);
  });

  test("filters", async () => {
    const { client } = (await app.ask("GET", "/api/v1/wabas/100000000000001")).body;
    expect((await ids(`client_id=${client.id}`)).sort()).toEqual(["100000000000001", "100000000000002"]);
    expect(await ids("kind=coexistence")).toContain("100000000000003");
    expect(await ids("kind=coexistence")).not.toContain("100000000000001");
    expect(await ids("status=live&q=northwind")).toHaveLength(2);
    expect(await ids("broken=true&q=northwind")).toEqual([]);
  });
});

test("the story: lost, announced, repaired in part, repaired", async () => {
  const wabaId = "100000000000004";
  const check = (): ReturnType<TestApp["ask"]> => app.ask("POST", `/api/v1/wabas/${wabaId}/check`);
  const before = await app.ask("GET", `/api/v1/wabas/${wabaId}`);
  expect(before.body).toMatchObject({
    status: "live",
    lamp: "green",
    hub_error: null,
    recovery: { methods: [] },
  });
  expect(
    (await app.ask("GET", "/api/v1/numbers/200000000000005/commerce-settings")).body.data[0],
  ).toMatchObject({ is_cart_enabled: expect.any(Boolean) });

  await app.emulator.act({ action: "partner.remove", waba_id: wabaId, silent: true });
  const lost = (await check()).body;
  expect(lost).toMatchObject({
    status: "permission_removed",
    status_label: "BSP PERMISSION REMOVED",
    lamp: "red",
    who_must_act: "client",
    reason: "unspecified",
    hub_error: T1,
  });
  expect(lost.numbers[0]).toMatchObject({ can_send: false, hub_error: T1, lamp: "red", recovery: null });
  const [assign, signup] = lost.recovery.methods;
  expect(assign).toMatchObject({ method: "assign_partner", available: true, why_not: null });
  expect(assign.steps.map((step: { text: string }) => step.text)).toEqual([
    "Go to the Meta Business Suite and select the correct Business Portfolio.",
    "Go to Business Settings",
    "Navigate to Accounts and select the specific WABA",
    "Click Partners > Assign Partner",
    "Enter the 360dialog Business Partner ID : 734443296905665",
    "Grant full control / Everything > Assign",
  ]);
  expect(assign.steps[4].copy).toBe("734443296905665");
  expect(assign.steps[0].href).toBe(
    `${app.emulator.url}/latest/settings/whatsapp_account?business_id=510000000000003` +
      `&selected_asset_id=${wabaId}` +
      "&selected_asset_type=whatsapp-business-account",
  );
  expect(signup).toMatchObject({ method: "embedded_signup", available: true });

  const panel = await app.ask("GET", "/api/v1/numbers/200000000000005/commerce-settings");
  expect([panel.status, panel.body.code, panel.body.detail]).toEqual([403, "waba_not_shared", T3]);
  expect(panel.body).toMatchObject({
    reason: "unspecified",
    who_must_act: "client",
    since: lost.since,
    has_reshare_link: true,
  });
  expect((await app.ask("GET", `/api/v1/wabas/${wabaId}/commerce-settings`)).body.detail).toBe(T3);
  const canSend = await app.ask("GET", "/api/v1/numbers/200000000000005/can-send");
  expect(canSend.body).toMatchObject({
    phone_number_id: "200000000000005",
    can_send: false,
    reason: "unspecified",
  });
  expect(lost.summary).toContain("between");

  const overview = (await app.ask("GET", "/api/v1/overview")).body;
  expect(overview.counts.client).toBeGreaterThanOrEqual(1);
  expect((await app.ask("GET", "/api/v1/wabas?limit=1")).body.data[0].id).toBe(wabaId);

  const events = (await app.ask("GET", "/api/v1/events?limit=100")).body.data;
  const last = events
    .filter((event: { waba_id: string }) => event.waba_id === wabaId)
    .map((event: { type: string }) => event.type);
  expect(last).toContain("waba.share.lost");
  const timeline = (await app.ask("GET", `/api/v1/wabas/${wabaId}/timeline?limit=2`)).body;
  expect(timeline.has_more).toBe(true);
  const next = (
    await app.ask("GET", `/api/v1/wabas/${wabaId}/timeline?limit=100&cursor=${timeline.next_cursor}`)
  ).body;
  const all = [...timeline.data, ...next.data].map((entry: { id: string }) => entry.id);
  expect(new Set(all).size).toBe(all.length);
  expect(
    timeline.data
      .concat(next.data)
      .some((entry: { title: string }) => entry.title === en.timeline["waba.share.lost"]),
  ).toBe(true);

  await app.emulator.act({ action: "partner.assign", waba_id: wabaId, tasks: ["DEVELOP"], silent: true });
  const partial = (await check()).body;
  expect(partial).toMatchObject({ status: "permission_removed", reason: "partial_control", lamp: "red" });
  const [change] = partial.recovery.methods;
  expect(change.label).toBe("Change the partner's access to Full control");
  expect(change.steps.map((step: { done: boolean }) => step.done)).toEqual(Array(5).fill(false));

  await app.emulator.act({ action: "partner.assign", waba_id: wabaId, silent: true });
  const repaired = (await check()).body;
  expect(repaired).toMatchObject({ status: "live", lamp: "green", hub_error: null, reason: null });
  expect(repaired.numbers[0]).toMatchObject({ can_send: true, hub_error: null });
});

describe("channel keys", () => {
  test("are shown once, listed by hint, and end", async () => {
    const created = await app.ask("POST", "/api/v1/numbers/200000000000001/keys", { label: "CRM" });
    expect(created.status).toBe(201);
    const { id, key } = created.body;
    const listed = (await app.ask("GET", "/api/v1/numbers/200000000000001/keys")).body.data;
    expect(listed.find((one: { id: string }) => one.id === id)).toMatchObject({
      label: "CRM",
      hint: key.slice(-4),
    });
    expect(JSON.stringify(listed)).not.toContain(key);
    const other = await app.ask("DELETE", `/api/v1/numbers/200000000000002/keys/${id}`);
    expect(other.body.code).toBe("key_not_found");
    expect((await app.ask("DELETE", `/api/v1/numbers/200000000000001/keys/${id}`)).status).toBe(204);
    expect((await app.ask("DELETE", `/api/v1/numbers/200000000000001/keys/${id}`)).status).toBe(404);
    expect(app.logged()).not.toContain(key);
  });

  test("the gateway accepts a message with the number's key, and refuses another number's key", async () => {
    const { body } = await app.ask("POST", "/api/v1/numbers/200000000000001/keys", {});
    const message = { messaging_product: "whatsapp", to: "15550100", type: "text", text: { body: "hello" } };
    const sent = await app.ask("POST", "/messages", message, { "D360-API-KEY": body.key });
    expect(sent.status).toBe(200);
    expect(sent.body.messages).toHaveLength(1);
    const wrong = await app.ask("POST", "/v25.0/200000000000002/messages", message, {
      Authorization: `Bearer ${body.key}`,
    });
    expect([wrong.status, wrong.body.error.code]).toEqual([401, 190]);
  });
});

test("can-send for many: in the order of the request, unknown ids listed separately", async () => {
  const { body } = await app.ask("POST", "/api/v1/can-send", {
    numbers: ["200000000000002", "nope", "200000000000001"],
  });
  expect(body.data.map((one: { phone_number_id: string }) => one.phone_number_id)).toEqual([
    "200000000000002",
    "200000000000001",
  ]);
  expect(body.not_found).toEqual(["nope"]);
});

test("one number has two names: ours and Meta's", async () => {
  const byMeta = (await app.ask("GET", "/api/v1/numbers/200000000000001")).body;
  const byOurs = (await app.ask("GET", `/api/v1/numbers/${byMeta.id}`)).body;
  expect(byOurs).toEqual(byMeta);
  expect(byMeta).toMatchObject({
    display_phone_number: "+1 555 010 0001",
    waba: { id: "100000000000001", status: "live" },
  });
});

test("adopt and offboard", async () => {
  const wabaId = "100000000000002";
  const ended = await app.ask("POST", `/api/v1/wabas/${wabaId}/offboard`);
  expect(ended.body).toMatchObject({ status: "offboarded", who_must_act: "nobody" });
  expect(ended.body.numbers.every((number: { can_send: boolean }) => !number.can_send)).toBe(true);
  const back = await app.ask("POST", `/api/v1/wabas/${wabaId}/adopt`);
  expect(back.body.status).toBe("live");
  expect((await app.ask("POST", `/api/v1/wabas/${wabaId}/adopt`)).status).toBe(200);
});

test("health, metrics and pages", async () => {
  expect((await app.ask("GET", "/healthz", undefined, {})).body).toEqual({ status: "ok" });
  expect((await app.ask("GET", "/readyz", undefined, {})).body).toMatchObject({
    status: "ready",
    database: "ok",
  });
  const metrics = await app.ask("GET", "/metrics", undefined, {});
  expect(metrics.body).toMatch(/sharekeeper_wabas\{status="live"\} \d+/);
  const page = await app.ask("GET", "/wabas/100000000000001", undefined, {});
  expect(page.body).toContain("npm run hub:build");
  expect(page.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
  expect((await app.ask("GET", "/problems/waba_not_shared", undefined, {})).body).toContain(
    "Commerce settings",
  );
  expect((await app.ask("GET", "/problems/nope", undefined, {})).status).toBe(404);
  expect((await app.ask("GET", "//", undefined, {})).status).not.toBe(500);
});
