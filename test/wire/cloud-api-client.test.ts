/**
 * A Cloud API client from the registry (@kapso/whatsapp-cloud-api) against the emulator, with only the base
 * address changed.
 */
import { WhatsAppClient } from "@kapso/whatsapp-cloud-api";
import { normalizeWebhook, verifySignature } from "@kapso/whatsapp-cloud-api/server";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { APP_SECRET, startHarness, SYSTEM_TOKEN } from "./emulator-harness.ts";
import type { Harness } from "./emulator-harness.ts";

const NUMBER = "200000000000001";
const LOST_NUMBER = "200000000000005";
const TO = "+16505551234";

let harness: Harness;
let client: WhatsAppClient;
beforeAll(async () => {
  harness = await startHarness();
  client = new WhatsAppClient({
    baseUrl: harness.emulator.url,
    accessToken: SYSTEM_TOKEN,
    graphVersion: "v25.0",
  });
});
beforeEach(async () => {
  // What the test before sent must not arrive in this one.
  await harness.control("POST", "/settle");
  await harness.control("POST", "/reset");
  harness.receiver.received.length = 0;
});
afterAll(() => harness.stop());

describe("@kapso/whatsapp-cloud-api", () => {
  test("sends a text, an image and a template", async () => {
    const text = await client.messages.sendText({ phoneNumberId: NUMBER, to: TO, body: "Hello" });
    expect(text.messages[0]?.id).toMatch(/^wamid\./);
    expect(text.contacts[0]?.waId).toBe("16505551234");
    const image = { link: "https://florist.example/rose.jpg", caption: "A rose" };
    expect((await client.messages.sendImage({ phoneNumberId: NUMBER, to: TO, image })).messages).toHaveLength(
      1,
    );
    const template = { name: "order_ready", language: { code: "en_US" } };
    expect(
      (await client.messages.sendTemplate({ phoneNumberId: NUMBER, to: TO, template })).messages,
    ).toHaveLength(1);
  });

  test("reads the statuses that follow, correctly signed, with its own webhook parser", async () => {
    await client.messages.sendText({ phoneNumberId: NUMBER, to: TO, body: "Hello" });
    await harness.control("POST", "/settle");
    const statuses = harness.receiver.received.map(({ body, signature, json }) => {
      expect(verifySignature({ appSecret: APP_SECRET, rawBody: body, signatureHeader: signature })).toBe(
        true,
      );
      return normalizeWebhook(json).statuses[0]?.status;
    });
    expect(statuses).toEqual(["sent", "delivered"]);
  });

  test("marks a message as read", async () => {
    expect(await client.messages.markRead({ phoneNumberId: NUMBER, messageId: "wamid.X" })).toEqual({
      success: true,
    });
  });

  test("deregisters and registers the number", async () => {
    await client.phoneNumbers.deregister({ phoneNumberId: NUMBER });
    await expect(
      client.messages.sendText({ phoneNumberId: NUMBER, to: TO, body: "Hello" }),
    ).rejects.toMatchObject({
      code: 133010,
    });
    await client.phoneNumbers.register({ phoneNumberId: NUMBER, pin: "123456" });
    expect(
      (await client.messages.sendText({ phoneNumberId: NUMBER, to: TO, body: "Hello" })).messages,
    ).toHaveLength(1);
  });

  test("a lost share is the client's own error", async () => {
    await expect(
      client.messages.sendText({ phoneNumberId: LOST_NUMBER, to: TO, body: "Hello" }),
    ).rejects.toMatchObject({
      httpStatus: 403,
      code: 200,
    });
  });
});
