/**
 * P1: a page whose live updates stop says so within 30 s and recovers by itself, whatever the reason: a path
 * that silently drops the stream, a browser that is offline, a laptop that slept, a tab that the browser
 * froze, a server that is gone. The browser's clock is fake, so nobody waits.
 */
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { openHub, signIn, untilLoaded, untilSeen, untilStatus, type TestHub } from "../support/hub.ts";
import { openStallingProxy, type StallingProxy } from "../support/stalling-proxy.ts";
import { until } from "../support/until.ts";

const WABA = "100000000000008";
/** The Hub is built when it must be, and a busy machine takes its time. */
const START_MS = 180_000;

let hub: TestHub;
let proxy: StallingProxy;
beforeAll(async () => {
  hub = await openHub();
}, START_MS);
afterAll(() => hub?.stop());
beforeEach(async () => {
  proxy = await openStallingProxy(hub.app.url());
});
afterEach(() => proxy.stop());

const banner = (page: Page) => page.locator(".banner[data-tone=amber]");
const mark = (page: Page) => page.locator("[data-part=live-mark]");

/** Signed in through the proxy, on a WABA's page that is live, with a clock of ours. */
async function openLivePage(path = `/wabas/${WABA}`): Promise<Page> {
  const page = await hub.browser.page();
  await page.clock.install();
  await page.goto(`${proxy.url}/sign-in?next=${encodeURIComponent(path)}`);
  await signIn(page);
  await page.waitForURL(`${proxy.url}${path}`);
  await untilLoaded(page);
  await untilSeen(mark(page), "Live");
  return page;
}

test("a stream that is silently dropped is noticed after 30 s, with the age of the page, and comes back by itself", async () => {
  const page = await openLivePage();
  await untilStatus(page, "LIVE", "green");
  proxy.stallStreams();
  await hub.app.act("partner.remove", { waba_id: WABA });
  await hub.app.untilStatus(WABA, "permission_removed");
  await page.clock.fastForward(32_000);
  await untilSeen(mark(page), "Updated");
  await untilSeen(banner(page), "Live updates lost");
  // Said once: the age in the banner changes every second.
  await untilSeen(page.getByRole("status"), "Live updates lost");
  expect(await page.locator(".banner[role=status]").count()).toBe(0);
  expect(Number(/is (\d+) s old/.exec(await banner(page).innerText())?.[1])).toBeGreaterThanOrEqual(30);
  // The stream is lost; the API answers, so the page is read from there.
  await page.clock.fastForward(16_000);
  await untilStatus(page, "BSP PERMISSION REMOVED", "red");
  proxy.passStreams();
  await page.clock.fastForward(35_000);
  await untilSeen(mark(page), "Live");
  await banner(page).waitFor({ state: "detached" });
  await hub.app.act("partner.assign", { waba_id: WABA });
  await untilStatus(page, "LIVE", "green");
  await page.context().close();
});

test("a stream that opens late brings what came before it opened", async () => {
  const page = await hub.signedIn("/connection");
  let mayOpen = false;
  await page.route("**/events/stream", (route) => (mayOpen ? route.continue() : route.abort()));
  await page.goto(`${hub.app.url()}/wabas?broken=true`);
  await untilLoaded(page);
  const row = page.getByRole("row", { name: /Northwind/ });
  expect(await row.count()).toBe(0);
  const waba = "100000000000001";
  expect((await hub.app.api("POST", `/wabas/${waba}/close`, { reason: "Invoice 4711" })).status).toBe(200);
  mayOpen = true;
  await untilSeen(mark(page), "Live");
  await row.first().waitFor({ timeout: 5_000 });
  expect((await hub.app.api("POST", `/wabas/${waba}/reopen`, {})).status).toBe(200);
  await page.context().close();
});

test("a browser that is offline says so, opens no page that waits for ever, and is current once it is back", async () => {
  const page = await openLivePage();
  await page.context().setOffline(true);
  await page.clock.fastForward(3_000);
  await untilSeen(banner(page), "Live updates lost");
  await page.getByRole("link", { name: "WABAs", exact: true }).click();
  await untilSeen(page.getByRole("alert"), "Sharekeeper does not answer");
  await page.context().setOffline(false);
  await page.getByRole("row", { name: /Atlas Cycles/ }).waitFor();
  await untilSeen(mark(page), "Live");
  await page.getByRole("alert").waitFor({ state: "detached" });
  await page.context().close();
});

test("a page that slept says how old it is at once when it wakes", async () => {
  const page = await openLivePage();
  const asleepAt = await page.evaluate<number>("Date.now()");
  proxy.stallStreams();
  await page.clock.pauseAt(asleepAt + 5_000);
  await page.clock.setSystemTime(asleepAt + 3 * 3_600_000 + 5_000);
  await page.evaluate("document.dispatchEvent(new Event('resume'))");
  await untilSeen(mark(page), "Updated 3 h ago");
  await untilSeen(banner(page), "This page is 3 h old");
  await page.context().close();
});

test("the tab that holds the stream may freeze: another takes it over", async () => {
  const first = await openLivePage();
  const second = await first.context().newPage();
  await second.clock.install();
  await second.goto(`${proxy.url}/wabas/${WABA}`);
  await untilSeen(mark(second), "Live");
  // Chromium freezes no visible tab of a test; a tab that passes nothing on is the same to the others.
  await first.evaluate("BroadcastChannel.prototype.postMessage = () => undefined");
  const asked = second.waitForRequest("**/events/stream");
  await second.clock.fastForward(31_000);
  await second.clock.fastForward(5_000);
  await asked;
  await untilSeen(mark(second), "Live");
  await first.context().close();
});

test("L12: a server that is gone is asked less and less often", async () => {
  const page = await openLivePage();
  let asked = 0;
  page.on("request", () => void (asked += 1));
  proxy.cut();
  await untilSeen(mark(page), "Updated");
  for (let second = 0; second < 60; second += 1) {
    await page.clock.runFor(1_000);
    // Whatever was asked in this second has failed by now.
    await until("no request under way", async () =>
      (await page.evaluate<boolean>("fetch('/nothing').then(() => false, () => true)")) ? true : undefined,
    );
  }
  const ours = asked - 60;
  expect(ours).toBeGreaterThan(3);
  expect(ours).toBeLessThan(30);
  await untilSeen(banner(page), "Live updates lost");
  await page.context().close();
});
