/**
 * The story of the product as a new user lives it, in a real browser: the client removes the partner,
 * messages stop, the client shares again, messages flow. The tests run in order; each is the next sentence.
 * Nobody reloads.
 */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startStopwatch } from "../../src/lib/stopwatch.ts";
import { openHub, signIn, untilSeen, untilStatus, type TestHub } from "../support/hub.ts";
import { PARTNER } from "../support/sandbox.ts";

const WABA = "100000000000001";
const NUMBER = "200000000000001";
const SIBLING = "200000000000002";
const LINDEN = "200000000000009";
const T1 = "Please contact support. Something is preventing this number from working";
const T2 = "BSP PERMISSION REMOVED";
const T3 =
  "We couldn’t load your WhatsApp Commerce settings. The linked phone number is no longer active or has been removed from Meta, " +
  "and messaging/number functionality will not work until resolved. Please contact support to resolve this issue.";
const PATH = "Meta Business Suite > Settings > Accounts > select WhatsApp Account > Partners";
const SIX_STEPS = [
  "Go to the Meta Business Suite and select the correct Business Portfolio.",
  "Go to Business Settings",
  "Navigate to Accounts and select the specific WABA",
  "Click Partners > Assign Partner",
  `Enter the 360dialog Business Partner ID : ${PARTNER}`,
  "Grant full control / Everything > Assign",
];

/** The Hub is built when it must be, and a busy machine takes its time. */
const START_MS = 180_000;

let hub: TestHub;
/** Three windows of the day: the WABA's page, its number's page, and the client at Meta. */
let page: Page;
let numberPage: Page;
let client: Page;

beforeAll(async () => {
  hub = await openHub();
  const context = await hub.browser.context();
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  page = await context.newPage();
  numberPage = await context.newPage();
}, START_MS);
afterAll(() => hub?.stop());

/** A mark that a reload would wipe away. */
const MARK = "window.neverReloaded";
const isMarked = (which: Page): Promise<unknown> => which.evaluate(MARK);
const steps = () => page.locator("#recovery .step");

describe("a new user signs in", () => {
  test("the key is filled in, and the list shows every client with its state", async () => {
    await page.goto(hub.app.url());
    await page.waitForURL("**/sign-in");
    await signIn(page);
    await page.getByRole("heading", { name: "Overview" }).waitFor();
    await page.getByRole("link", { name: "WABAs", exact: true }).click();
    const atlas = page.getByRole("row", { name: /Atlas Cycles/ });
    await untilSeen(atlas, T2, "The client removed our access", "ago", "Client");
    await atlas.locator(".lamp[data-lamp=red]").waitFor();
    const found = page.getByRole("row", { name: /Meadow Pets/ });
    await untilSeen(found, "FOUND, NOT ADOPTED", "Us");
    await page
      .getByRole("row", { name: /Linden Books/ })
      .locator(".lamp[data-lamp=green]")
      .waitFor();
    expect(await page.locator("tbody tr").count()).toBeGreaterThanOrEqual(12);
  });

  test("the WABA's page says that messages flow, and its number's page has its commerce settings", async () => {
    await page.locator(`a.row-link[href*="${WABA}"]`).click();
    await untilStatus(page, "LIVE", "green");
    await untilSeen(page, "All checks passed. Messages are being sent.");
    await numberPage.goto(`${hub.app.url()}/numbers/${NUMBER}`);
    await untilSeen(numberPage, "Cart", "This number can send.");
    for (const each of [page, numberPage]) await each.evaluate(`${MARK} = true`);
  });

  test("a message is accepted and reaches Meta", async () => {
    expect((await hub.app.send(NUMBER)).status).toBe(200);
    expect(await hub.app.sentToMeta(NUMBER)).toHaveLength(1);
  });
});

describe("the client removes the partner in Business Suite", () => {
  test("within two seconds the Hub shows it, without a reload", async () => {
    client = await hub.browser.page();
    await client.goto(
      `${hub.app.emulatorUrl()}/latest/settings/whatsapp_account?business_id=510000000000001` +
        `&selected_asset_id=${WABA}`,
    );
    await client.getByRole("button", { name: "Remove partner" }).click();
    const remove = client.getByRole("button", { name: "Remove", exact: true });
    await remove.waitFor();
    const elapsedMs = startStopwatch();
    await Promise.all([remove.click(), untilStatus(page, T2, "red")]);
    expect(elapsedMs()).toBeLessThan(2_000);
    expect(await isMarked(page)).toBe(true);
  });

  test("T1 stands on the number, and under it cause, since when, who must act and the way back", async () => {
    const number = page.locator("[data-part=number]", { hasText: "+1 555 010 0001" });
    await untilSeen(number, T1, "The client removed our access", "Since", "Waiting on", "Client");
    await number.locator(".lamp[data-lamp=red]").waitFor();
    expect(await number.getByRole("link", { name: "See how to fix it" }).getAttribute("href")).toBe(
      "#recovery",
    );
    await untilSeen(
      page.locator(".waba-summary"),
      "Northwind Florist removed 360dialog",
      "Messages have stopped",
    );
  });

  test("M3: the lamp of T2 is part of the text, so that what is copied or printed is what the seed document says", async () => {
    const copied = await page.evaluate(`(() => {
      getSelection().selectAllChildren(document.querySelector(".waba-head .status"));
      const text = getSelection().toString();
      getSelection().removeAllRanges();
      return text;
    })()`);
    expect(copied).toBe("🔴BSP PERMISSION REMOVED");
    expect(await page.locator(".waba-head .status").innerText()).toBe("🔴BSP PERMISSION REMOVED");
  });

  test("the WABA Management App shows T3 in place of the settings, and what happened", async () => {
    await untilSeen(numberPage, T3, "What happened", "Northwind Florist removed 360dialog");
    await numberPage.getByText("Cart").waitFor({ state: "detached" });
    await untilSeen(numberPage, "This number cannot send.");
    expect(await isMarked(numberPage)).toBe(true);
  });

  test("the message is refused and nothing reaches Meta; the sibling and others still send", async () => {
    const refused = await hub.app.send(NUMBER);
    expect(refused.status).toBe(403);
    expect(refused.body.error).toMatchObject({ code: 131005, error_data: { reason: "partner_removed" } });
    expect(await hub.app.sentToMeta(NUMBER)).toHaveLength(1);
    expect((await hub.app.send(SIBLING)).status).toBe(200);
    expect((await hub.app.send(LINDEN)).status).toBe(200);
  });
});

describe("the way back", () => {
  test("the page lists the six steps, with our portfolio id to copy", async () => {
    await untilSeen(page.locator("#recovery"), "Assign 360dialog as partner again");
    expect(await page.locator("#recovery [data-part=path]").innerText()).toBe(PATH);
    expect(await steps().locator(".step-text > p:first-child").allInnerTexts()).toEqual(
      SIX_STEPS.map((text) => expect.stringContaining(text)),
    );
    await steps().nth(4).getByRole("button", { name: "Copy" }).click();
    await steps().nth(4).getByText("Copied").waitFor();
    expect(await page.evaluate("navigator.clipboard.readText()")).toBe(PARTNER);
  });

  test("the deep link opens the right page of Business Suite", async () => {
    const opening = page.waitForEvent("popup");
    await steps().first().getByRole("link", { name: "Open" }).click();
    client = await opening;
    await untilSeen(client, "Business settings", "No partner has access to this WhatsApp account.");
    expect(new URL(client.url()).searchParams.get("selected_asset_id")).toBe(WABA);
  });

  test("with partial access only, full control is said to be missing and the gate stays closed", async () => {
    await client.getByRole("button", { name: "Assign partner" }).click();
    await client.getByLabel("Enter partner business ID").fill(PARTNER);
    await client.getByLabel("Messages", { exact: true }).check();
    await client.getByLabel("Phone numbers: manage").check();
    await client.getByRole("button", { name: "Assign", exact: true }).click();
    await untilSeen(page.locator(".waba-summary"), "full control (Everything) is missing");
    await untilStatus(page, T2, "red");
    await untilSeen(page.locator("#recovery"), "Change the partner's access to Full control");
    await untilSeen(
      page.locator("#recovery"),
      "Click Partners, then 360dialog in the list",
      "Grant full control",
    );
    expect(await page.locator("#recovery .step[data-done=true]").count()).toBe(0);
    expect((await hub.app.send(NUMBER)).status).toBe(403);
  });

  test("with full control the steps tick, the lamp turns green and messages flow", async () => {
    await client.getByRole("button", { name: "Change access" }).click();
    await client.getByLabel("Everything").check();
    await client.getByRole("button", { name: "Assign", exact: true }).click();
    await untilStatus(page, "LIVE", "green");
    await untilSeen(page.locator("#recovery"), "Repaired", "A check with Meta then confirmed full control.");
    // M2: no step is ticked that nobody did, and nothing is left to start.
    expect(await page.locator("#recovery .step").count()).toBe(0);
    expect(await page.locator("#recovery").getByRole("button").count()).toBe(0);
    await page.getByText(T1).waitFor({ state: "detached" });
    await untilSeen(numberPage, "Cart", "This number can send.");
    expect((await hub.app.send(NUMBER)).status).toBe(200);
    for (const each of [page, numberPage]) expect(await isMarked(each)).toBe(true);
  });
});
