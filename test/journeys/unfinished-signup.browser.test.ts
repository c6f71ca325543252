/**
 * Signups that Meta does not complete: the code is lost, the number is refused, another account is chosen.
 */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { accessibilityFaultsOf, fitsWidth, PHONE } from "../support/browser.ts";
import { openHub, untilSeen, untilStatus, type TestHub } from "../support/hub.ts";
import { choosePlatform, createPlatform, openDialog } from "../support/signup-walk.ts";

let hub: TestHub;
beforeAll(async () => {
  hub = await openHub();
}, 120_000);
afterAll(() => hub?.stop());

const knobs = (set: object): Promise<unknown> => hub.app.emulator("POST", "/knobs", set);
const phone = { viewport: PHONE, hasTouch: true, isMobile: true };

async function invited(name: string): Promise<{ id: string; page: Page }> {
  const { id, url } = (await hub.app.api("POST", "/signups", { metadata: { name } })).body;
  const page = await hub.browser.page(phone);
  await page.goto(url);
  await page.getByText("No, or it is a new number").click();
  return { id, page };
}

/** Meta's window to its end, for a new account in this client's portfolio. */
async function finish(page: Page, client: string, number: string): Promise<void> {
  const dialog = await openDialog(page, page.locator('[data-flow="platform"] [data-connect]'));
  await createPlatform(dialog, client, number);
  await dialog.press("Finish");
}

async function expectWellMade(page: Page): Promise<void> {
  expect(await accessibilityFaultsOf(page)).toEqual([]);
  expect(await fitsWidth(page)).toBe(true);
}

test("a window that was finished without a code: the client reads it, and an operator confirms (field case 6)", async () => {
  await knobs({ signup_code: "lost" });
  const { id, page } = await invited("Linden Books");
  await finish(page, "Linden Books", "+1 555 010 0941");
  await page.locator('[data-exit-reason="finished_without_code"]').waitFor();
  await untilSeen(page, "Meta's window was finished", "We are checking with Meta now");
  await expectWellMade(page);
  const desk = await hub.signedIn(`/onboarding/${id}`);
  await untilSeen(desk, "A WABA came without Meta's code");
  expect(await accessibilityFaultsOf(desk)).toEqual([]);
  await desk.getByRole("button", { name: "Confirm this WABA" }).click();
  await desk
    .getByRole("dialog", { name: "Is this the client's WABA?" })
    .getByRole("button", { name: "Confirm this WABA" })
    .click();
  await page.getByRole("heading", { level: 1, name: "Connected" }).waitFor({ timeout: 30_000 });
  await knobs({ signup_code: "given" });
});

test("a number that Meta refuses to register: both pages say so, with Meta's explanation (field case 3)", async () => {
  await knobs({ register_needs_name: true });
  const { id, page } = await invited("Cedar Books");
  await finish(page, "Linden Books", "+1 555 010 0942");
  await page
    .getByRole("heading", { level: 1, name: "The number is not registered yet" })
    .waitFor({ timeout: 30_000 });
  await untilSeen(page, "Meta says:", "Cannot Create Certificate");
  await expectWellMade(page);
  const desk = await hub.signedIn(`/onboarding/${id}`);
  await desk.locator('.waba-head .status[data-lamp="amber"]', { hasText: "Ready" }).waitFor();
  await untilSeen(desk, "A step is left", "Cannot Create Certificate", "Next automatic try");
  expect(await accessibilityFaultsOf(desk)).toEqual([]);
  await knobs({ register_needs_name: false });
});

test("support sees at the top of the WABA which other account the client just chose (M10)", async () => {
  const waba = "100000000000002";
  await hub.app.act("partner.remove", { waba_id: waba });
  await hub.app.untilStatus(waba, "permission_removed", undefined, 20_000);
  const desk = await hub.signedIn(`/wabas/${waba}`);
  await untilStatus(desk, "BSP PERMISSION REMOVED", "red");
  const page = await hub.browser.page(phone);
  await page.goto((await hub.app.api("POST", `/wabas/${waba}/reshare-links`, {})).body.url);
  await page.getByRole("heading", { level: 1, name: "Messages have stopped" }).waitFor();
  const another = page.getByText("Another way: Repeat the signup");
  if ((await another.count()) > 0) await another.click();
  const dialog = await openDialog(page, page.getByRole("button", { name: "Connect with Meta" }).first());
  await choosePlatform(dialog, "Northwind Florist", "100000000000001");
  await dialog.press("Finish");
  await untilSeen(desk, "The client just chose another account", "Northwind Florist (100000000000001)");
  expect(await accessibilityFaultsOf(desk)).toEqual([]);
});
