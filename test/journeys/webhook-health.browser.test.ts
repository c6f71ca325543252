/**
 * The Connection and Observe pages: what is wrong with our own hearing, and what would have been done, had we
 * enforced.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { accessibilityFaultsOf, collectErrors, fitsWidth, PHONE, WIDE } from "../support/browser.ts";
import { openHub, untilLoaded, untilSeen, type TestHub } from "../support/hub.ts";
import { until } from "../support/until.ts";

const LINDEN = { waba: "100000000000008", number: "200000000000009" };
/** Longer than the five minutes between two webhook checks. */
const CHECK_MS = 301_000;
/** The Hub is built when it must be, and a busy machine takes its time. */
const START_MS = 180_000;

let hub: TestHub;
beforeAll(async () => {
  hub = await openHub();
}, START_MS);
afterAll(() => hub?.stop());

test("Observe: one WABA is only watched, loses its share, and is enforced after a word of warning", async () => {
  const page = await hub.signedIn("/observe");
  const errors = collectErrors(page);
  await untilSeen(page, "Every WABA is enforced");
  await page.goto(`${hub.app.url()}/wabas/${LINDEN.waba}`);
  const watch = page.getByRole("region", { name: "Monitoring" });
  await untilSeen(watch, "Shared with our portfolio", "Our system user's token", "Sent to our app");
  await watch.getByRole("button", { name: "Monitor only" }).click();
  const dialog = page.getByRole("dialog");
  await untilSeen(dialog, "No messages are blocked now.", "no client is contacted");
  await dialog.getByRole("button", { name: "Monitor only" }).click();
  await untilSeen(watch, "Monitor only", "Set on this WABA");
  await hub.app.act("partner.remove", { waba_id: LINDEN.waba });
  await hub.app.untilStatus(LINDEN.waba, "permission_removed");
  await untilSeen(page, "Messages are still sent: this WABA is in observe mode.");

  await page.goto(`${hub.app.url()}/observe`);
  const closing = page.getByRole("listitem").filter({ hasText: "Linden Books" });
  await untilSeen(closing, "Ongoing", "The client removed our access", "none sent");
  await page.getByRole("link", { name: /Would have been blocked: 1\. Show only Linden Books/ }).click();
  await page.waitForURL("**/observe?client_id=*");
  expect(await accessibilityFaultsOf(page)).toEqual([]);
  await page.getByRole("button", { name: "May be false alarms" }).click();
  await untilSeen(page, "No false alarms");

  await page.goto(`${hub.app.url()}/wabas/${LINDEN.waba}`);
  await watch.getByRole("button", { name: "Enforce" }).click();
  await untilSeen(dialog, "1 WABA is switched.", "Messages of 1 WABA stop at once", LINDEN.waba);
  expect(await accessibilityFaultsOf(page)).toEqual([]);
  await dialog.getByRole("button", { name: "Enforce" }).click();
  await untilSeen(page, "Messages have stopped since.");
  await page.goto(`${hub.app.url()}/observe`);
  await untilSeen(closing, "Now enforced");
  expect(errors).toEqual([]);
  await page.context().close();
});

test("Connection: all is well, then our token is dead: shown on the Overview too, with who must act", async () => {
  const page = await hub.signedIn("/connection");
  const errors = collectErrors(page);
  await untilSeen(page, "Webhooks and API access are healthy.", "No automatic repairs yet.");
  await untilSeen(page.getByRole("row", { name: /^Silent removal the sweep/ }), "45 s");
  await untilSeen(page, "No checks were delayed");
  expect(await accessibilityFaultsOf(page)).toEqual([]);
  await hub.app.act("token.revoke", {});
  await until("the dead token", async () => {
    const { webhook_checks: checks } = (await hub.app.api("GET", "/connections")).body.data[0];
    if (checks.some(({ outcome }: { outcome: string }) => outcome === "token_dead")) return true;
    await hub.app.advance(CHECK_MS);
    return undefined;
  });
  await page.setViewportSize(PHONE);
  await page.emulateMedia({ colorScheme: "dark" });
  await page.goto(hub.app.url());
  await page.getByRole("link", { name: "See the connection" }).first().click();
  await page.waitForURL("**/connection");
  await untilLoaded(page);
  await untilSeen(page, "NOT WORKING", "Our token is no longer valid.");
  await untilSeen(page, "Action needed: provider.", "META_SYSTEM_USER_TOKEN");
  expect(await accessibilityFaultsOf(page)).toEqual([]);
  expect(await fitsWidth(page)).toBe(true);
  await page.getByRole("button", { name: "Menu" }).click();
  await page.getByRole("menuitem", { name: "Observe" }).click();
  await page.waitForURL("**/observe");
  await untilLoaded(page);
  expect(await accessibilityFaultsOf(page)).toEqual([]);
  expect(await fitsWidth(page)).toBe(true);
  await page.setViewportSize(WIDE);
  await page.keyboard.press("g");
  await page.keyboard.press("c");
  await page.waitForURL("**/connection");
  expect(errors).toEqual([]);
  await page.context().close();
});
