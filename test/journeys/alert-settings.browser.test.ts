/** FEATURES G2, G3: an administrator adds a channel of alerts, tries it, and routes alerts to it. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { accessibilityFaultsOf, collectErrors, fitsWidth, PHONE } from "../support/browser.ts";
import { openHub, untilSeen, type TestHub } from "../support/hub.ts";

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

test("a channel is added and tried, and a route sends every alert to it", async () => {
  const page = await hub.signedIn("/settings/alert-channels");
  const errors = collectErrors(page);
  await page.getByRole("button", { name: "Add channel" }).click();
  const channel = page.getByRole("dialog", { name: "Add an alert channel" });
  await channel.getByLabel("Type").selectOption("webhook");
  await channel.getByLabel("Name", { exact: true }).fill("On call");
  await channel.getByLabel("Address").fill(address);
  await channel.getByRole("button", { name: "Add channel" }).click();
  await page.getByRole("button", { name: "Send a test to On call" }).click();
  await untilSeen(page.locator("[data-part=channel-test]"), "Sent in");
  expect(received).toHaveLength(1);
  expect(await accessibilityFaultsOf(page)).toEqual([]);

  await page.getByRole("link", { name: "Alert routes" }).click();
  await page.getByRole("button", { name: "Add route" }).click();
  const route = page.getByRole("dialog", { name: "Add an alert route" });
  await route.getByLabel("Name", { exact: true }).fill("Everything");
  await route.getByLabel(/^On call/).check();
  await route.getByText("Periods and quiet hours").click();
  await route.getByLabel("Tell after").selectOption("0");
  await route.getByLabel("Resolve after").selectOption("0");
  await route.getByRole("button", { name: "Add route" }).click();
  await untilSeen(page, "Everything else");
  await page.getByText(/All alerts go to/).waitFor();
  expect(await accessibilityFaultsOf(page)).toEqual([]);
  await page.setViewportSize(PHONE);
  expect(await fitsWidth(page)).toBe(true);
  expect(errors).toEqual([]);
  await page.context().close();
});
