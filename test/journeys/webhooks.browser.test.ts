/**
 * J12: an administrator creates a webhook endpoint in the Hub, sees its secret once, tries it, and finds a
 * client's loss in its log.
 */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, expect, test } from "vitest";
import { accessibilityFaultsOf, collectErrors, fitsWidth, PHONE } from "../support/browser.ts";
import { openHub, untilLoaded, untilSeen, type TestHub } from "../support/hub.ts";
import { until } from "../support/until.ts";

const NORTHWIND = "100000000000001";

interface Received {
  headers: Record<string, string>;
  body: string;
}

let hub: TestHub;
let receiver: Server;
let address: string;
const received: Received[] = [];
/** What the receiver answers. */
let status = 204;

beforeAll(async () => {
  receiver = createServer(async (request, response) => {
    const body = (await request.toArray()).join("");
    received.push({ headers: request.headers as Record<string, string>, body });
    response.writeHead(status, { "X-Receiver": "crm" }).end(status === 204 ? undefined : "the disk is full");
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/sharekeeper`;
  hub = await openHub({ WEBHOOK_ALLOWED_NETWORKS: "127.0.0.1" });
}, 180_000);
afterAll(async () => {
  await hub?.stop();
  receiver?.close();
});

test("an endpoint is made and tried, gets a client's loss, and what it refused is sent again", async () => {
  const page = await hub.signedIn("/settings/webhooks");
  const errors = collectErrors(page);
  await untilSeen(page, "No webhook endpoints yet");
  await page.getByRole("button", { name: "Create endpoint" }).click();
  const form = page.getByRole("dialog", { name: "Create a webhook endpoint" });
  await form.getByLabel("Address").fill(address);
  await form.getByLabel("Description").fill("CRM");
  await form.getByLabel("Only these").check();
  await form.getByLabel("waba.share.lost").check();
  await form.getByRole("button", { name: "Create endpoint" }).click();
  const once = page.getByRole("dialog", { name: "Copy the secret now" });
  const secret = await once.locator("code").innerText();
  expect(secret).toMatch(/^whsec_/);
  await once.getByRole("button", { name: "I have copied it" }).click();
  await page.getByRole("link", { name: address }).waitFor();
  expect(await page.content()).not.toContain(secret);

  await page.getByRole("button", { name: `Send a test to ${address}` }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Send" }).click();
  const result = page.locator("[data-part=test-result]");
  await untilSeen(result, "Delivered", "HTTP 204");
  const [tried] = received;
  const verified = new Webhook(secret).verify(tried?.body ?? "", tried?.headers ?? {});
  expect(verified).toMatchObject({ type: "webhook.test" });
  expect(await accessibilityFaultsOf(page)).toEqual([]);

  await result.getByRole("link", { name: "See it in the log" }).click();
  await page.waitForURL(/\/settings\/webhooks\/whe_\w+\?open=msg_\w+$/);
  await page.reload();
  await untilSeen(page.locator("[data-part=attempt]"), "Delivered", "HTTP 204");

  status = 500;
  await hub.app.act("partner.remove", { waba_id: NORTHWIND });
  await hub.app.untilStatus(NORTHWIND, "permission_removed");
  const lost = page.locator("[data-part=delivery]", { hasText: "waba.share.lost" });
  await untilSeen(lost, "1 failed attempt");
  await lost.getByRole("button", { name: /^Attempts/ }).click();
  const details = page.getByRole("region", { name: /^Delivery / }).filter({ hasText: "HTTP 500" });
  await untilSeen(details, "Refused by the receiver");
  await details.getByText("What the receiver answered").first().click();
  await untilSeen(details, "the disk is full");
  await untilSeen(page.locator("[data-part=endpoint-trouble]"), "Deliveries to this endpoint fail.");

  status = 204;
  await details.getByRole("button", { name: "Send again" }).click();
  await untilSeen(lost, "Delivered");
  const event = JSON.parse(received.at(-1)?.body ?? "{}");
  expect(event).toMatchObject({ type: "waba.share.lost", data: { waba: { id: NORTHWIND } } });
  await until("the trouble is over", async () =>
    (await page.locator("[data-part=endpoint-trouble]").count()) === 0 ? true : undefined,
  );
  await page.getByRole("button", { name: "Send what failed since…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Send" }).click();
  await untilSeen(page, "Nothing failed since then, so nothing is sent.");
  expect(await accessibilityFaultsOf(page)).toEqual([]);
  await details.getByText("What was sent").click();
  for (const viewport of [{ width: 1024, height: 800 }, PHONE]) {
    await page.setViewportSize(viewport);
    await untilLoaded(page);
    expect([viewport.width, await fitsWidth(page)]).toEqual([viewport.width, true]);
  }
  expect(errors).toEqual([]);
  await page.context().close();
});
