/** HUB.md: the palette has acts, not only pages, and a client beside the screen scans the link. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { accessibilityFaultsOf, collectErrors, fitsWidth, PHONE } from "../support/browser.ts";
import { openHub, untilLoaded, untilSeen, type TestHub } from "../support/hub.ts";

const ATLAS = "100000000000004";
const LINDEN = "100000000000008";

let hub: TestHub;
beforeAll(async () => {
  hub = await openHub();
}, 180_000);
afterAll(() => hub?.stop());

async function order(page: Page, q: string, name: RegExp): Promise<void> {
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Commands and search" }).fill(q);
  await page.getByRole("option", { name }).click();
}

test("a WABA that is found is checked from anywhere, and the answer stands on its page", async () => {
  const page = await hub.signedIn("/connection");
  await order(page, "555 010 0005", /^Check now: Atlas Cycles/);
  await page.waitForURL(`**/wabas/${ATLAS}`);
  await untilSeen(
    page.locator("[data-part=check-result]"),
    "Checked",
    "just now",
    "still BSP PERMISSION REMOVED",
  );
  await order(page, "Atlas", /^Check now: Atlas Cycles/);
  await untilSeen(page.locator("[data-part=check-result]"), "Checked", "just now");
  await order(page, "Linden", /^Check now: Linden Books/);
  await page.waitForURL(`**/wabas/${LINDEN}`);
  await untilSeen(page.locator("[data-part=check-result]"), "Checked", "just now", "still LIVE");
  await page.context().close();
});

test("the re-share link is sent from anywhere, with a code that a phone scans; a reload does nothing again", async () => {
  const page = await hub.signedIn("/");
  const errors = collectErrors(page);
  await order(page, "Atlas", /^Send the re-share link: Atlas Cycles/);
  const sheet = page.getByRole("dialog", { name: "Send link to client" });
  await sheet.getByRole("img", { name: "QR code of the link" }).waitFor();
  expect(await accessibilityFaultsOf(page)).toEqual([]);
  await page.setViewportSize(PHONE);
  expect(await fitsWidth(page)).toBe(true);
  await page.reload();
  await untilSeen(page, "BSP PERMISSION REMOVED");
  expect(await sheet.count()).toBe(0);
  expect(errors).toEqual([]);
  await page.context().close();
});

test("a live WABA has no link to send, and a viewer is offered no act", async () => {
  const page = await hub.signedIn("/");
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Commands and search" }).fill("Linden");
  await page.getByRole("option", { name: /^Check now: Linden Books/ }).waitFor();
  expect(await page.getByRole("option", { name: /^Send the re-share link/ }).count()).toBe(0);
  await page.route("**/api/v1/session", async (route) => {
    const answer = await route.fetch();
    const session = (await answer.json()) as { actor: object };
    await route.fulfill({
      response: answer,
      json: { ...session, actor: { ...session.actor, role: "viewer" } },
    });
  });
  await page.reload();
  await untilLoaded(page);
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Commands and search" }).fill("Atlas");
  await page.getByRole("option", { name: /Atlas Cycles/ }).waitFor();
  expect(await page.getByRole("option", { name: /^(Check now|Send)/ }).count()).toBe(0);
  await page.context().close();
});
