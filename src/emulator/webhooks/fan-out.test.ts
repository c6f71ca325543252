import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { PARTNER, startHarness, startReceiver } from "../../../test/wire/emulator-harness.ts";
import type { Answer, Harness, Receiver } from "../../../test/wire/emulator-harness.ts";
import { ACCOUNT_EVENTS, WEBHOOK_FIELDS } from "./webhook-fields.ts";

const FLORIST = "100000000000001";
const FLORIST_NUMBER = "200000000000001";
const APP = "600000000000001";
const APP_TOKEN = `${APP}|emulator test secret`;

let harness: Harness;
let others: Receiver[];
beforeEach(async () => {
  harness = await startHarness();
  others = [];
  await harness.control("POST", "/clock", { mode: "frozen", now: "2026-11-22T12:00:00Z" });
});
afterEach(async () => {
  await harness.stop();
  for (const receiver of others) await receiver.stop();
});

const knobs = (given: object): Promise<Answer> => harness.control("POST", "/knobs", given);
const advance = (ms: number): Promise<Answer> => harness.control("POST", "/clock", { advance_ms: ms });
const settle = (): Promise<Answer> => harness.control("POST", "/settle");

async function receiver(): Promise<Receiver> {
  const started = await startReceiver();
  others.push(started);
  return started;
}

describe("several apps", () => {
  async function secondApp(): Promise<{ receiver: Receiver; id: string; secret: string; token: string }> {
    const second = await receiver();
    const { body } = await harness.control("POST", "/apps", { name: "Second", callback_url: second.url });
    await harness.graph("POST", `/${FLORIST}/subscribed_apps`, { token: body.token });
    return { receiver: second, ...body };
  }

  test("each subscribed app gets its own copy, signed with its own secret", async () => {
    const second = await secondApp();
    expect((await harness.act("waba.disable", { waba_id: FLORIST })).body.webhooks).toEqual(["wh_1"]);
    await settle();
    expect(harness.receiver.received).toHaveLength(1);
    expect(second.receiver.received).toHaveLength(1);
    expect(second.receiver.received[0]?.body).toBe(harness.receiver.received[0]?.body);
    expect(second.receiver.received[0]?.signature).not.toBe(harness.receiver.received[0]?.signature);
  });

  test("a repetition for one goes to all, unless the knob says otherwise", async () => {
    const second = await secondApp();
    second.receiver.answers.push(500);
    await harness.act("waba.disable", { waba_id: FLORIST });
    await settle();
    await advance(1000);
    expect([harness.receiver.received.length, second.receiver.received.length]).toEqual([2, 2]);
    await knobs({ retry_to_all_apps: false });
    second.receiver.answers.push(500);
    await harness.act("waba.reinstate", { waba_id: FLORIST });
    await settle();
    await advance(1000);
    expect([harness.receiver.received.length, second.receiver.received.length]).toEqual([3, 4]);
  });

  test("what happens to the app concerns that app alone", async () => {
    const second = await secondApp();
    await harness.act("app.uninstall", { waba_id: FLORIST });
    await settle();
    expect([harness.receiver.received.length, second.receiver.received.length]).toEqual([1, 0]);
  });
});

describe("the app's own subscription", () => {
  const subscribe = (callbackUrl: string, fields = "account_update,messages"): Promise<Answer> =>
    harness.graph("POST", `/v25.0/${APP}/subscriptions`, {
      token: APP_TOKEN,
      body: { object: "whatsapp_business_account", callback_url: callbackUrl, verify_token: "v", fields },
    });

  test("a callback that echoes the challenge is taken, and gets the webhooks from then on", async () => {
    const second = await receiver();
    expect((await subscribe(second.url)).body).toEqual({ success: true });
    await harness.act("waba.disable", { waba_id: FLORIST });
    await settle();
    expect([harness.receiver.received.length, second.received.length]).toEqual([0, 1]);
    const { body } = await harness.graph("GET", `/v25.0/${APP}/subscriptions`, { token: APP_TOKEN });
    expect(body.data[0]).toMatchObject({ callback_url: second.url, active: true });
  });

  test("one that does not is refused, and the old one stays", async () => {
    const { status, body } = await subscribe("http://127.0.0.1:9/nobody");
    expect([status, body.error.code]).toEqual([400, 2200]);
    await harness.act("waba.disable", { waba_id: FLORIST });
    await settle();
    expect(harness.receiver.received).toHaveLength(1);
  });

  test("a field that is not subscribed is not sent", async () => {
    await subscribe(harness.receiver.url, "messages");
    const restrictions = ["RESTRICTED_ADD_PHONE_NUMBER_ACTION"];
    const { body } = await harness.act("waba.restrict", { waba_id: FLORIST, restrictions });
    expect(body.webhooks).toEqual([]);
    await harness.send(FLORIST_NUMBER);
    await settle();
    expect(harness.receiver.received).toHaveLength(2);
  });

  test("it is the app's own: another token is refused", async () => {
    expect((await harness.graph("GET", `/v25.0/${APP}/subscriptions`)).status).toBe(403);
  });
});

describe("overrides", () => {
  test("number before WABA before app", async () => {
    const [ofWaba, ofNumber] = [await receiver(), await receiver()];
    const override = (url: string): object => ({ override_callback_uri: url, verify_token: "t" });
    await harness.graph("POST", `/${FLORIST}/subscribed_apps`, { body: override(ofWaba.url) });
    const configuration = { webhook_configuration: override(ofNumber.url) };
    await harness.graph("POST", `/${FLORIST_NUMBER}`, { body: configuration });
    await harness.send(FLORIST_NUMBER);
    await settle();
    expect([ofNumber.received.length, ofWaba.received.length]).toEqual([2, 0]);
    await harness.graph("POST", `/${FLORIST_NUMBER}`, {
      body: { webhook_configuration: { override_callback_uri: "" } },
    });
    await harness.send(FLORIST_NUMBER);
    await settle();
    expect([ofNumber.received.length, ofWaba.received.length]).toEqual([2, 2]);
  });

  test("an address that does not answer the handshake is refused, and the subscription stays as it was", async () => {
    const body = { override_callback_uri: "http://127.0.0.1:9/nobody", verify_token: "t" };
    expect((await harness.graph("POST", `/${FLORIST}/subscribed_apps`, { body })).body.error.code).toBe(2200);
    const { data } = (await harness.graph("GET", `/${FLORIST}/subscribed_apps`)).body;
    expect(data).toHaveLength(1);
    expect(data[0]).not.toHaveProperty("override_callback_uri");
    await knobs({ verify_callbacks: false });
    expect((await harness.graph("POST", `/${FLORIST}/subscribed_apps`, { body })).status).toBe(200);
  });
});

describe("how webhooks are sent", () => {
  test("collected: several updates in one delivery, at most as many as the knob says", async () => {
    await knobs({ batch_size: 3, batch_window_ms: 100 });
    for (let count = 0; count < 2; count += 1) await harness.send(FLORIST_NUMBER);
    await settle();
    expect(harness.receiver.received.map((each) => each.json.entry.length)).toEqual([3]);
    await advance(100);
    expect(harness.receiver.received.map((each) => each.json.entry.length)).toEqual([3, 1]);
    const [first] = await harness.deliveries();
    expect([first?.webhook_id, first?.further_webhook_ids]).toEqual(["wh_1", ["wh_2", "wh_3"]]);
  });

  test("for 7 days where the knob says so", async () => {
    await knobs({ retry_profile: "7d" });
    harness.receiver.answers.push(...Array.from({ length: 300 }, () => 500));
    await harness.act("waba.disable", { waba_id: FLORIST });
    await settle();
    await advance(10 * 86_400_000);
    const times = (await harness.deliveries())
      .filter((each) => each.webhook_id === "wh_1")
      .map((each) => Date.parse(each.at));
    const lasted = (times.at(-1) ?? 0) - (times[0] ?? 0);
    expect(lasted).toBeGreaterThan(6.9 * 86_400_000);
    expect(lasted).toBeLessThanOrEqual(7 * 86_400_000);
  });

  test("without values: only which fields changed", async () => {
    await knobs({ include_values: false });
    await harness.act("waba.disable", { waba_id: FLORIST });
    await settle();
    expect(harness.receiver.received[0]?.json.entry).toEqual([
      { id: FLORIST, time: expect.any(Number), changed_fields: ["account_update"] },
    ]);
  });
});

describe("examples of the fact sheet", () => {
  const example = (given: object): Promise<Answer> =>
    harness.control("POST", "/webhooks", { waba_id: FLORIST, ...given });

  test.each(ACCOUNT_EVENTS.map((row) => [row.event, row.entry]))(
    "account_update %s (%s)",
    async (event, entry) => {
      expect((await example({ field: "account_update", event })).status).toBe(200);
      await settle();
      const sent = harness.receiver.received[0]?.json.entry[0];
      expect(sent).toMatchObject({
        id: entry === "portfolio" ? PARTNER : FLORIST,
        time: expect.any(Number),
        changes: [{ field: "account_update", value: { event } }],
      });
    },
  );

  test("every other field", async () => {
    const fields = WEBHOOK_FIELDS.filter((field) => field !== "account_update");
    for (const field of fields) await example({ field });
    await settle();
    const sent = harness.receiver.received.map((each) => each.json.entry[0].changes[0].field);
    expect(sent.toSorted()).toEqual([...fields].toSorted());
    const quality = harness.receiver.received.find((each) => each.body.includes("phone_number_quality"));
    expect(quality?.json.entry[0].changes[0].value.display_phone_number).toBe("15550100001");
  });

  test("an unknown field or event names the known ones; the listing has them all", async () => {
    expect((await example({ field: "weather" })).body.field).toEqual([...WEBHOOK_FIELDS]);
    expect((await example({ field: "account_update", event: "RAIN" })).body.event).toContain(
      "PARTNER_REMOVED",
    );
    const { data } = (await harness.control("GET", "/webhooks")).body;
    expect(data.map((row: { field: string }) => row.field)).toEqual([...WEBHOOK_FIELDS]);
  });
});
