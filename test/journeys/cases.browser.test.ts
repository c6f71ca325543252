/** FEATURES H15: a case has an owner and notes, which the other person on call sees without a reload. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { accessibilityFaultsOf, collectErrors, fitsWidth, PHONE } from "../support/browser.ts";
import { openHub, untilSeen, type TestHub } from "../support/hub.ts";

const ATLAS = "100000000000004";

let hub: TestHub;
beforeAll(async () => {
  hub = await openHub();
}, 180_000);
afterAll(() => hub?.stop());

test("“I'm on it”, a tag and a note are seen by the other person on call, and the snooze ends by hand", async () => {
  const [mine, other] = [await hub.signedIn(`/wabas/${ATLAS}`), await hub.signedIn(`/wabas/${ATLAS}`)];
  const errors = collectErrors(mine);
  await mine.getByRole("button", { name: "I'm on it" }).click();
  await other.getByLabel("On it").and(other.locator("select")).waitFor();
  await other.getByRole("option", { name: "Admin key" }).waitFor({ state: "attached" });

  await mine.getByRole("button", { name: "Add tags" }).click();
  await mine.getByLabel("Tags, separated by commas").fill("vip, invoice");
  await mine.getByRole("button", { name: "Save" }).click();
  await untilSeen(other, "vip", "invoice");

  await mine.getByLabel("Note", { exact: true }).fill("Called the client.\nThey repair it today.");
  await mine.getByRole("button", { name: "Add note" }).click();
  await untilSeen(other, "Called the client.");

  await mine.getByLabel("Snooze", { exact: true }).selectOption({ label: "For an hour" });
  await untilSeen(other, "Snoozed until");
  await other.getByRole("button", { name: "End the snooze" }).click();
  await mine.getByLabel("Snooze", { exact: true }).waitFor();

  expect(await accessibilityFaultsOf(mine)).toEqual([]);
  await mine.setViewportSize(PHONE);
  expect(await fitsWidth(mine)).toBe(true);
  expect(errors).toEqual([]);
});

test("what is mine, and what has a tag, is a filter of the list", async () => {
  const page = await hub.signedIn("/wabas?tag=vip");
  await untilSeen(page, "Atlas Cycles");
  expect(await page.getByText("Linden Books").count()).toBe(0);
  await page.getByRole("button", { name: "Clear" }).click();
  await untilSeen(page, "Linden Books");
  await page.getByRole("button", { name: "Mine" }).click();
  await page.getByText("Linden Books").waitFor({ state: "detached" });
  await untilSeen(page, "Atlas Cycles");
});
