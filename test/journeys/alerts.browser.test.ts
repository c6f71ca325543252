/** FEATURES G1, G2, G8: a loss shows by itself and reaches a channel; somebody takes it; its end is told. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { accessibilityFaultsOf, collectErrors, fitsWidth, PHONE } from "../support/browser.ts";
import { openHub, untilSeen, type TestHub } from "../support/hub.ts";
import { until } from "../support/until.ts";

const NORTHWIND = "100000000000001";
const MINUTE_MS = 60_000;

let hub: TestHub;
let receiver: Server;
let address: string;
const received: string[] = [];

beforeAll(async () => {
  receiver = createServer(async (request, response) => {
    received.push((await request.toArray()).join(""));
    response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/alerts`;
  hub = await openHub({ WEBHOOK_ALLOWED_NETWORKS: "127.0.0.1" });
}, 180_000);
afterAll(async () => {
  await hub?.stop();
  receiver?.close();
});

/** The messages of this kind about Northwind. The sandbox begins with other losses. */
const receivedOf = (kind: string): string[] =>
  received.filter((body) => body.includes(`"alert.${kind}"`) && body.includes("Northwind"));

const untilReceived = (kind: string) =>
  until(`a message of the kind ${kind}`, () => Promise.resolve(receivedOf(kind).length > 0 || undefined));

test("a channel gets the loss, once, and its end; the inbox shows both by itself", async () => {
  const { body: channel } = await hub.app.api("POST", "/channels", {
    ...{ type: "webhook", name: "On call", settings: { url: address } },
  });
  const route = { name: "Everything", match: {}, channel_ids: [channel.id], pending_s: 0, keep_firing_s: 0 };
  expect((await hub.app.api("POST", "/alert-routes", route)).status).toBe(201);
  const page = await hub.signedIn("/alerts");
  const errors = collectErrors(page);
  await hub.app.act("partner.remove", { waba_id: NORTHWIND });
  await hub.app.untilStatus(NORTHWIND, "permission_removed");
  await hub.app.advance(MINUTE_MS);
  await page.getByRole("link", { name: /Northwind.*removed our access/ }).waitFor();
  await untilReceived("opened");
  await page.getByRole("button", { name: /^Acknowledge: Northwind/ }).click();
  await untilSeen(page, "Acknowledged by");
  await untilReceived("acknowledged");
  expect(await accessibilityFaultsOf(page)).toEqual([]);
  await page.setViewportSize(PHONE);
  expect(await fitsWidth(page)).toBe(true);

  await hub.app.act("partner.assign", { waba_id: NORTHWIND });
  await hub.app.untilStatus(NORTHWIND, "live");
  await hub.app.advance(MINUTE_MS);
  await untilReceived("resolved");
  expect(["opened", "acknowledged", "resolved"].map((kind) => receivedOf(kind).length)).toEqual([1, 1, 1]);
  await page.goto(`${hub.app.url()}/alerts?state=resolved`);
  await page.getByRole("link", { name: /Northwind.*removed our access/ }).click();
  await untilSeen(page, "Who was told", "On call (127.0.0.1");
  expect(await accessibilityFaultsOf(page)).toEqual([]);
  expect(errors).toEqual([]);
  await page.context().close();
});
