import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestApp, type TestApp } from "../../../../test/support/create-test-app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
  await emulator("POST", "/knobs", { override_needs_subscription: true });
});
afterAll(() => app.stop());

const FLORIST = "100000000000001";
const FLORIST_TWO = "100000000000002";
const BAKERY = "100000000000003";
const URI = "https://own.example/hook";
const TOKEN = "a-token-that-nobody-else-knows";
const path = (wabaId: string, more = ""): string => `/api/v1/wabas/${wabaId}${more}`;

// The tests read deep into answers whose shape is what they test.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
const emulator = async (method: string, at: string, body?: unknown): Promise<any> => {
  const json = { "Content-Type": "application/json" };
  const sent = body === undefined ? {} : { headers: json, body: JSON.stringify(body) };
  const response = await fetch(`${app.emulator.url}/_emulator${at}`, { method, ...sent });
  if (!response.ok) throw new Error(`The emulator refused ${at}: ${await response.text()}`);
  return response.json();
};
const put = (wabaId: string, uri = URI) =>
  app.ask("PUT", path(wabaId, "/webhook-override"), { uri, verify_token: TOKEN });
const check = async (wabaId: string) => (await app.ask("POST", path(wabaId, "/check"), {})).body;
const act = (action: string, wabaId: string) => app.emulator.act({ action, waba_id: wabaId, silent: true });

/** What Meta holds: our app's subscription to a WABA with its callback; null without a subscription. */
async function subscriptionOf(wabaId: string): Promise<{ override_callback_uri: string | null } | null> {
  const state = await emulator("GET", "/state");
  const waba = state.wabas.find(({ id }: { id: string }) => id === wabaId);
  return waba.subscribed_apps[0] ?? null;
}

/**
 * The writes of the subscription since entry `after` of the emulator's journal, "bare" or with which
 * callback.
 */
async function writesAfter(after: number, wabaId: string): Promise<string[]> {
  const { data } = await emulator("GET", `/journal?kind=requests&after=${after}`);
  return data
    .filter((entry: Entry) => entry.method === "POST" && entry.path.endsWith(`/${wabaId}/subscribed_apps`))
    .map(
      ({ body, status }: Entry) =>
        `${/own\.example[^"]*/.exec(JSON.stringify(body ?? ""))?.[0] ?? "bare"} ${status}`,
    );
}
interface Entry {
  n: number;
  method: string;
  path: string;
  body: unknown;
  status: number;
}
const newest = async (): Promise<number> =>
  (await emulator("GET", "/journal?kind=requests")).data.at(-1)?.n ?? 0;

const titles = async (wabaId: string): Promise<string[]> => {
  const { body } = await app.ask("GET", path(wabaId, "/timeline?limit=100"));
  return body.data.map((entry: { title: string; detail: string | null }) => entry.title);
};
const countOf = async (wabaId: string, title: string): Promise<number> =>
  (await titles(wabaId)).filter((each) => each === title).length;
const subscriptionRow = (waba: { setup_checks: { check: string }[] }) =>
  waba.setup_checks.filter(({ check }) => check === "subscription");
const messageOf = (waba: { conditions: { type: string; message: string }[] }): string =>
  waba.conditions.find(({ type }) => type === "WebhookSubscribed")?.message ?? "";

const LOST = "The WABA's own callback was lost at Meta";
const RESTORED = "Restored the WABA's own callback";

describe("a callback of the WABA's own", () => {
  test("is written at Meta at once, and its verify token is kept sealed", async () => {
    const set = await put(FLORIST);
    expect([set.status, set.body]).toEqual([200, { waba_id: FLORIST, uri: URI }]);
    expect(await subscriptionOf(FLORIST)).toMatchObject({ override_callback_uri: URI });
    expect(await titles(FLORIST)).toContain("Set an own callback for the WABA");
    const { db } = app.database;
    const [secret] = await db.query<{ sealed: Buffer }>(
      "select sealed from secret where name = 'override_verify_token'",
    );
    expect(secret?.sealed.includes(TOKEN)).toBe(false);
    const everything = await db.query(
      "select record::text from share union all select evidence::text from observation",
    );
    expect(JSON.stringify(everything)).not.toContain(TOKEN);
    expect(app.logged()).not.toContain(TOKEN);
  });

  test("dropped with the subscription, it is written back: subscribed first, then overridden", async () => {
    await act("subscription.drop", FLORIST);
    const before = await newest();
    const waba = await check(FLORIST);
    expect(await writesAfter(before, FLORIST)).toEqual(["bare 200", "own.example/hook 200"]);
    expect(await subscriptionOf(FLORIST)).toMatchObject({ override_callback_uri: URI });
    expect(subscriptionRow(waba)).toMatchObject([{ verdict: "yes", who_must_act: "nobody" }]);
    expect(await countOf(FLORIST, RESTORED)).toBe(1);
    expect(await countOf(FLORIST, "Subscribed our app to its webhooks again")).toBe(1);
    expect(await countOf(FLORIST, LOST)).toBe(0);
  });

  test("erased while the subscription stands, it is written back without a bare POST", async () => {
    await app.deps.accountOf("default")?.graph.ask({
      method: "POST",
      path: `/${FLORIST}/subscribed_apps`,
      token: app.config.metaSystemUserToken,
    });
    expect(await subscriptionOf(FLORIST)).toMatchObject({ override_callback_uri: null });
    const before = await newest();
    await check(FLORIST);
    expect(await writesAfter(before, FLORIST)).toEqual(["own.example/hook 200"]);
    expect(await subscriptionOf(FLORIST)).toMatchObject({ override_callback_uri: URI });
  });

  test("lost with the share, it comes back with it", async () => {
    await act("partner.remove", FLORIST);
    expect((await check(FLORIST)).setup_checks).toEqual([]);
    await act("partner.assign", FLORIST);
    await emulator("POST", "/clock", { advance_ms: 60_000 });
    const waba = await check(FLORIST);
    expect(waba.status).toBe("live");
    expect(await subscriptionOf(FLORIST)).toMatchObject({ override_callback_uri: URI });
    expect(subscriptionRow(waba)).toMatchObject([{ verdict: "yes" }]);
    expect(await countOf(FLORIST, LOST)).toBe(0);
  });

  test("a callback that was only read is named as lost, once, until somebody sets it again", async () => {
    await app.deps.accountOf("default")?.graph.ask({
      method: "POST",
      path: `/${BAKERY}/subscribed_apps`,
      body: { override_callback_uri: `${URI}?key=theirs`, verify_token: "theirs" },
      token: app.config.metaSystemUserToken,
    });
    await check(BAKERY);
    await act("subscription.drop", BAKERY);
    const lost = await check(BAKERY);
    expect(lost.status).toBe("live");
    expect(subscriptionRow(lost)).toMatchObject([{ verdict: "no", who_must_act: "provider" }]);
    expect(messageOf(lost)).toContain(`callback ${URI} was lost`);
    expect(JSON.stringify(lost)).not.toContain("key=theirs");
    await check(BAKERY);
    await check(BAKERY);
    expect(await countOf(BAKERY, LOST)).toBe(1);
    expect((await put(BAKERY)).status).toBe(200);
    const set = await check(BAKERY);
    expect(subscriptionRow(set)).toMatchObject([{ verdict: "yes" }]);
    expect(messageOf(set)).not.toContain("lost");
  });

  test("removed here, it is removed at Meta and no longer written back", async () => {
    const removed = await app.ask("DELETE", path(FLORIST, "/webhook-override"));
    expect(removed.status).toBe(204);
    expect(await subscriptionOf(FLORIST)).toMatchObject({ override_callback_uri: null });
    await act("subscription.drop", FLORIST);
    const before = await newest();
    expect(subscriptionRow(await check(FLORIST))).toMatchObject([{ verdict: "yes" }]);
    expect(await writesAfter(before, FLORIST)).toEqual(["bare 200"]);
  });

  test("a refusal by Meta changes nothing here", async () => {
    const refused = await put(FLORIST_TWO, "http://127.0.0.1:9/nobody");
    expect([refused.status, refused.body.code]).toEqual([502, "meta_refused"]);
    const [row] = await app.database.db.query<{ count: string }>(
      "select count(*) from secret where owner_id = (select owner_id from meta_id where meta_id = $1)",
      [FLORIST_TWO],
    );
    expect(row?.count).toBe("0");
    expect(await titles(FLORIST_TWO)).not.toContain("Set an own callback for the WABA");
    expect(subscriptionRow(await check(FLORIST_TWO))).toMatchObject([{ verdict: "yes" }]);
  });

  test("a malformed request, an unknown WABA, and one that is not adopted are refused", async () => {
    const wrong = await app.ask("PUT", path(FLORIST, "/webhook-override"), {
      uri: "own.example",
      verify_token: "",
    });
    expect([wrong.status, wrong.body.code]).toEqual([400, "invalid_request"]);
    expect((await put("100000000099999")).body.code).toBe("waba_not_found");
    await app.ask("POST", path(FLORIST_TWO, "/offboard"), {});
    expect((await put(FLORIST_TWO)).body.code).toBe("not_written");
  });
});

describe("setup checks of a live WABA", () => {
  // The tests above used six checks of this minute.
  beforeAll(() => app.setClock({ advance_ms: 60_000 }));

  const issuesOf = (waba: { setup_checks: { verdict: string; check: string }[] }) =>
    waba.setup_checks
      .filter(({ verdict }) => verdict !== "yes")
      .map(({ check, verdict }) => `${check} ${verdict}`);

  test("the checks in order, with who can fix them and where; status and gate stay", async () => {
    const well = await check(BAKERY);
    expect(well.setup_checks.map(({ check }: { check: string }) => check)).toEqual([
      "system_user",
      "subscription",
      "payment",
      "number",
      "name",
      "health",
      "sending",
    ]);
    expect(issuesOf(well)).toEqual([]);
    await act("payment.remove", BAKERY);
    await app.emulator.act({
      action: "number.name",
      phone_number_id: "200000000000004",
      name_status: "DECLINED",
    });
    await app.emulator.act({
      action: "number.status",
      phone_number_id: "200000000000004",
      status: "FLAGGED",
    });
    const waba = await check(BAKERY);
    expect([waba.status, waba.numbers[0].can_send]).toEqual(["live", true]);
    expect(issuesOf(waba)).toEqual(["payment no", "number no", "name no"]);
    const [, , payment, number] = waba.setup_checks;
    expect(payment).toMatchObject({ who_must_act: "client", number_id: null });
    expect(payment.href).toBe(`${app.emulator.url}/billing_hub/payment_settings?business_id=510000000000002`);
    expect(number).toMatchObject({ who_must_act: "client", number_id: waba.numbers[0].id });
    const { body } = await app.ask("GET", "/api/v1/events?after=0&limit=100");
    const change = body.data.findLast((event: { waba_id: string }) => event.waba_id === BAKERY);
    expect([change.type, change.data.changed, change.data.waba.setup_checks]).toEqual([
      "waba.setup_checks.changed",
      ["who_must_act", "setup_checks"],
      waba.setup_checks,
    ]);
    const timeline = await app.ask("GET", path(BAKERY, "/timeline?limit=100"));
    expect(timeline.body.data[0]).toMatchObject({
      title: "Setup issues changed",
      detail: "May block messages: payment method, number, display name.",
    });
    await act("payment.add", BAKERY);
    expect(issuesOf(await check(BAKERY))).toEqual(["number no", "name no"]);
  });

  test("the summary of a WABA whose conditions are all True names its setup issues", async () => {
    await act("payment.remove", FLORIST);
    expect((await check(FLORIST)).summary).toBe(
      "The share is proven and messages are being sent. May block messages: payment method.",
    );
    await act("payment.add", FLORIST);
    expect((await check(FLORIST)).summary).toBe("All checks passed. Messages are being sent.");
  });
});
