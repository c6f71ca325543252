import { afterAll, beforeAll, expect, test } from "vitest";
import { accessibilityFaultsOf, fitsWidth, openBrowser, PHONE } from "../support/browser.ts";
import type { TestBrowser } from "../support/browser.ts";
import { startHarness } from "../wire/emulator-harness.ts";
import type { Harness } from "../wire/emulator-harness.ts";

let browser: TestBrowser;
let harness: Harness;
beforeAll(async () => {
  [browser, harness] = await Promise.all([openBrowser(), startHarness()]);
});
afterAll(() => Promise.all([browser.stop(), harness.stop()]));

test.each(["/", "/latest/settings/whatsapp_account"])("%s is clean", async (path) => {
  const page = await browser.page({ viewport: PHONE });
  await page.goto(harness.emulator.url + path);
  expect(await accessibilityFaultsOf(page)).toEqual([]);
  expect(await fitsWidth(page)).toBe(true);
  await page.context().close();
});
