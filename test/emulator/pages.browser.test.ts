/**
 * The other screens, as a person uses them, and every screen against width, keyboard and accessibility rules.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { BrowserContext, Page } from "playwright-core";
import {
  accessibilityFaultsOf,
  collectErrors,
  fitsWidth,
  openBrowser,
  PHONE,
  WIDE,
} from "../support/browser.ts";
import type { TestBrowser } from "../support/browser.ts";
import { PARTNER, startHarness } from "../wire/emulator-harness.ts";
import type { Harness } from "../wire/emulator-harness.ts";
import { beginSignup, startOpener } from "./opener.ts";
import type { Opener } from "./opener.ts";

const SUITE = "/latest/settings/whatsapp_account";
const BOOKS = `${SUITE}?business_id=510000000000007&selected_asset_id=100000000000008`;
const BAKERY = "100000000000003";
const BAKERY_PHONE = "/phone/200000000000004";

let browser: TestBrowser;
let harness: Harness;
let opener: Opener;
let context: BrowserContext;

beforeAll(async () => {
  [browser, harness] = await Promise.all([openBrowser(), startHarness()]);
  opener = await startOpener(harness.emulator.url);
});
afterAll(() => Promise.all([browser.stop(), harness.stop(), opener.stop()]));
beforeEach(async () => {
  await harness.control("POST", "/reset");
  context = await browser.context();
});
afterEach(() => context.close());

async function visit(path: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(harness.emulator.url + path);
  return page;
}

const press = (page: Page, name: string): Promise<void> =>
  page.getByRole("button", { name, exact: true }).click();

/** An action's button, which has the action's id beside its title. */
const pressAct = (page: Page, action: string): Promise<void> =>
  page.locator(`button[name="action"][value="${action}"]`).click();

async function wabaOf(id: string): Promise<{ partners: { business_id: string; full_control: boolean }[] }> {
  const { wabas } = (await harness.control("GET", "/state")).body;
  return wabas.find((each: { id: string }) => each.id === id);
}

async function eventsSent(count: number): Promise<string[]> {
  const sent = await harness.delivered(count);
  return sent.map((each) => JSON.parse(each.body).entry[0].changes[0].value.event);
}

describe("Business Suite", () => {
  test("the written steps: portfolio, account, Partners, Assign partner, Full control", async () => {
    await harness.act("partner.remove", { waba_id: "100000000000008", silent: true });
    const page = await visit(SUITE);
    await page.getByRole("link", { name: "Linden Books" }).click();
    await page.getByText("No partner has access to this WhatsApp account.").waitFor();
    await press(page, "Assign partner");
    await page.getByLabel("Enter partner business ID").fill(PARTNER);
    await page.getByLabel("Everything").check();
    await press(page, "Assign");
    await page.getByText("Full control: Everything").waitFor();
    expect((await wabaOf("100000000000008")).partners).toEqual([
      expect.objectContaining({ business_id: PARTNER, full_control: true }),
    ]);
    expect(await eventsSent(1)).toEqual(["PARTNER_ADDED"]);
  });

  test("the partial toggles leave partial access, and Remove takes it", async () => {
    const page = await visit(BOOKS);
    await press(page, "Change access");
    await page.getByLabel("Everything").uncheck();
    await page.getByLabel("Messages", { exact: true }).check();
    await press(page, "Assign");
    await page.getByText("Partial access", { exact: true }).waitFor();
    await press(page, "Remove partner");
    await press(page, "Remove");
    await page.getByText("No partner has access to this WhatsApp account.").waitFor();
    expect(await eventsSent(2)).toEqual(["PARTNER_ADDED", "PARTNER_REMOVED"]);
  });

  test("a portfolio is found by its name", async () => {
    const page = await visit(SUITE);
    await page.getByLabel("Name or ID").fill("orchard");
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: "Orchard Dental" }).waitFor();
    expect(await page.getByRole("link", { name: "Linden Books" }).count()).toBe(0);
  });
});

describe("the phone", () => {
  const deeds: [string, string, string[], string][] = [
    [
      "Disconnect account",
      "Settings/Account/Business Platform/Disconnect account",
      ["PARTNER_REMOVED"],
      "Not connected",
    ],
    ["Log out of this device", "Settings", ["PARTNER_REMOVED"], "Not connected"],
    ["Change number", "Settings/Account", ["PARTNER_REMOVED"], "no longer used"],
    ["Register on a new phone", "", ["ACCOUNT_OFFBOARDED"], "Suspended"],
    ["Move to the consumer app", "", ["PARTNER_REMOVED"], "no longer used"],
    ["Ban the number", "", ["PARTNER_REMOVED"], "The account is banned"],
  ];

  test.each(deeds)("%s", async (button, path, events, words) => {
    const page = await visit(BAKERY_PHONE);
    for (const name of path.split("/").filter(Boolean)) {
      await page.getByRole("link", { name, exact: true }).click();
    }
    await press(page, button);
    await page.getByText(words).first().waitFor();
    expect(await eventsSent(events.length)).toEqual(events);
  });

  test("a new phone, and the connection comes back", async () => {
    const page = await visit(BAKERY_PHONE);
    await press(page, "Register on a new phone");
    await press(page, "Let the connection come back");
    await page.getByText("Connected to the Business Platform").waitFor();
    expect(await eventsSent(2)).toEqual(["ACCOUNT_OFFBOARDED", "ACCOUNT_RECONNECTED"]);
  });

  test("M10: after a new phone the device of the initial onboarding can be logged out, and ends the connection", async () => {
    const page = await visit(BAKERY_PHONE);
    expect(await page.getByRole("button", { name: "Log out of the old phone" }).count()).toBe(0);
    await press(page, "Register on a new phone");
    await page.getByText("the device used during the initial onboarding, is still signed in").waitFor();
    await press(page, "Let the connection come back");
    await press(page, "Log out of the old phone");
    await page.getByText("Not connected to the Business Platform").waitFor();
    expect(await page.getByText("This phone is logged out").count()).toBe(0);
    expect(await eventsSent(3)).toEqual(["ACCOUNT_OFFBOARDED", "ACCOUNT_RECONNECTED", "PARTNER_REMOVED"]);
  });

  test("M10: a logged-out phone signs in again before it can connect", async () => {
    const page = await visit(BAKERY_PHONE);
    await page.getByRole("link", { name: "Settings", exact: true }).click();
    await press(page, "Log out of this device");
    await page.getByText("This phone is logged out of the WhatsApp Business app").waitFor();
    await press(page, "Sign in again");
    expect(await page.getByText("This phone is logged out").count()).toBe(0);
  });

  test("the app is opened: no webhook, and the 14 days begin anew", async () => {
    const page = await visit(BAKERY_PHONE);
    await press(page, "Open the app");
    await page.getByText("The app was in use just now.").waitFor();
    expect(await harness.deliveries()).toEqual([]);
  });

  test("a platform number has no such phone, and an unknown one leads to those that have", async () => {
    await (
      await visit("/phone/200000000000001")
    )
      .getByText("This number lives on the platform alone")
      .waitFor();
    await (await visit("/phone/1")).getByRole("link", { name: "+1 555 010 0004" }).waitFor();
  });
});

describe("this world", () => {
  test("an act with its parameters, seen in the journal and in the list", async () => {
    const page = await visit("/?waba_id=100000000000008");
    await page.getByText("How it is sent").click();
    await page.getByLabel("Copies of the webhook").fill("2");
    await pressAct(page, "partner.remove");
    await page.getByText("partner.remove: sent wh_1.").waitFor();
    const rows = page.locator("#deliveries tr");
    await rows.nth(1).waitFor();
    expect(await rows.first().innerText()).toContain("account_update PARTNER_REMOVED · 100000000000008");
    await rows.first().locator("summary").click();
    await rows.first().getByText("x-hub-signature-256").waitFor();
    expect(await page.locator("#state").innerText()).toBe("Not shared with the partner");
  });

  test("ticked tasks are what the partner may do", async () => {
    const page = await visit("/?waba_id=100000000000008");
    const tile = page.locator(".act", { has: page.getByRole("button", { name: "partner.assign" }) });
    await tile.getByText("tasks").first().click();
    await tile.getByLabel("MESSAGING", { exact: true }).check();
    await pressAct(page, "partner.assign");
    await page.getByText("partner.assign: sent wh_1.").waitFor();
    const { wabas } = (await harness.control("GET", "/state")).body;
    const waba = wabas.find((each: { id: string }) => each.id === "100000000000008");
    expect(waba.partners[0].tasks).toEqual(["MESSAGING"]);
  });

  test("a refusal is told in Meta's words", async () => {
    const page = await visit(`/?waba_id=${BAKERY}`);
    await pressAct(page, "partner.assign");
    await page.getByText("used in the WhatsApp Business app").waitFor();
  });

  test("the list shows what happens elsewhere, without a reload", async () => {
    const page = await visit("/");
    await page.getByText("Nothing yet.").first().waitFor();
    await harness.act("partner.remove", { waba_id: "100000000000002" });
    const item = page.getByRole("link", { name: "Northwind Florist Events" });
    await item.getByText("Not shared with the partner").waitFor();
  });

  test("clock, faults, knobs, snapshots and a webhook by hand", async () => {
    const page = await visit("/?tab=clock");
    await press(page, "Freeze the clock");
    await press(page, "1 hour");
    expect((await harness.control("GET", "/clock")).body.mode).toBe("frozen");
    await press(page, "Let time run");

    await page.getByRole("link", { name: "Faults" }).click();
    await press(page, "Meta is down: every request gets 503");
    expect((await harness.graph("GET", "/v25.0/me")).status).toBe(503);
    await press(page, "End all faults");
    await page.getByLabel("Path").fill("*/phone_numbers");
    await page.getByLabel("HTTP status").fill("500");
    await press(page, "Add the rule");
    expect((await harness.graph("GET", "/v25.0/100000000000001/phone_numbers")).status).toBe(500);
    await press(page, "End all faults");

    await page.getByRole("link", { name: "Knobs" }).click();
    await page.getByLabel("max_partners").fill("1");
    await page.getByLabel("signup_error").selectOption("2655093");
    await press(page, "Set the knobs");
    await page.getByText("The knobs are set.").waitFor();
    expect((await harness.control("GET", "/knobs")).body).toMatchObject({
      max_partners: 1,
      signup_error: "2655093",
    });
    await page.getByLabel("signup_error").selectOption("");
    await press(page, "Set the knobs");
    await page.getByText("The knobs are set.").waitFor();
    expect((await harness.control("GET", "/knobs")).body.signup_error).toBe(null);

    await page.getByRole("link", { name: "Snapshots" }).click();
    await page.getByLabel("Name", { exact: true }).fill("before");
    await press(page, "Save this world");
    await harness.act("partner.remove", { waba_id: "100000000000001", silent: true });
    await press(page, "Restore before");
    await page.getByText("This is the world of snapshot before.").waitFor();
    expect((await wabaOf("100000000000001")).partners).toHaveLength(1);

    await page.getByRole("link", { name: "Any webhook" }).click();
    await press(page, "Send");
    expect(await eventsSent(1)).toEqual(["PARTNER_REMOVED"]);
    await page.getByLabel("Value, as JSON").fill("no JSON");
    await press(page, "Send");
    await page.getByText("The value is no JSON object.").waitFor();
  });

  test("14 days without the app end every connection of it", async () => {
    const page = await visit("/?tab=clock");
    await press(page, "14 days");
    await page.getByText("The clock is at").waitFor();
    const reasons = (await harness.deliveries()).map(
      (each) => JSON.parse(each.body).entry[0].changes[0].value.disconnection_info.reason,
    );
    expect(reasons).toEqual(["PRIMARY_INACTIVITY", "PRIMARY_INACTIVITY", "PRIMARY_INACTIVITY"]);
  });

  test("a scenario is played from the page", async () => {
    const page = await visit("/?tab=scenarios");
    await page.getByLabel("Pause before each repair").selectOption("none");
    await press(page, "Play A new phone: suspended, and back in minutes");
    await page.getByText("Scenario coexistence-offboarded-back: 3 of 3 steps are done.").waitFor();
    expect(await eventsSent(2)).toEqual(["ACCOUNT_OFFBOARDED", "ACCOUNT_RECONNECTED"]);
  });

  test("a scenario is played step by step, and its current step is seen", async () => {
    const page = await visit("/?tab=scenarios");
    await press(page, "Step by step: A client removes the partner and assigns it again");
    await page.locator('[aria-current="step"]', { hasText: "Ten minutes pass." }).waitFor();
    expect(await eventsSent(1)).toEqual(["PARTNER_REMOVED"]);
    await press(page, "Next step");
    await press(page, "Next step");
    await page.getByText("3 of 3 steps are done.", { exact: true }).waitFor();
    expect(await eventsSent(2)).toEqual(["PARTNER_REMOVED", "PARTNER_ADDED"]);
  });

  test("an account is found by its number, and all of it by keyboard", async () => {
    const page = await visit("/");
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Skip to content");
    await page.getByLabel("Name, id or number").fill("555 010 0009");
    await page.keyboard.press("Enter");
    await page.waitForURL(/q=/);
    expect(await page.locator("#accounts .pick").count()).toBe(1);
  });
});

const SCREENS = [
  "/",
  `/?waba_id=${BAKERY}`,
  ...["clock", "faults", "knobs", "snapshots", "webhook", "scenarios"].map((tab) => `/?tab=${tab}`),
  SUITE,
  BOOKS,
  `${BOOKS}&tab=numbers`,
  `${BOOKS}&panel=assign`,
  `${BOOKS}&panel=remove&partner_id=${PARTNER}`,
  BAKERY_PHONE,
  `${BAKERY_PHONE}?screen=settings`,
  `${BAKERY_PHONE}?screen=account`,
  `${BAKERY_PHONE}?screen=platform`,
  `${BAKERY_PHONE}?screen=disconnect`,
  "/phone/1",
  "/v25.0/dialog/oauth?session=none",
];

describe("every screen", () => {
  test.each([
    ["light", "wide", WIDE],
    ["dark", "phone", PHONE],
  ] as const)("is clean in %s, %s", async (colorScheme, _name, viewport) => {
    await context.close();
    context = await browser.context({ colorScheme, viewport });
    await harness.send("200000000000001");
    const page = await context.newPage();
    for (const path of SCREENS) {
      await page.goto(harness.emulator.url + path);
      expect([path, ...(await accessibilityFaultsOf(page))]).toEqual([path]);
      expect([path, await fitsWidth(page)]).toEqual([path, true]);
    }
  });

  test.each(["light", "dark"] as const)("of the signup is clean in %s", async (colorScheme) => {
    await context.close();
    context = await browser.context({ colorScheme, viewport: PHONE });
    const { dialog, press: go, choose } = await beginSignup(context, opener);
    const errors = collectErrors(dialog);
    const isClean = async (heading: string): Promise<void> => {
      await dialog.getByRole("heading", { name: heading }).waitFor();
      expect([heading, ...(await accessibilityFaultsOf(dialog))]).toEqual([heading]);
      expect([heading, await fitsWidth(dialog)]).toEqual([heading, true]);
    };
    await isClean("Sign in");
    await go("Continue");
    await isClean("Choose a business portfolio");
    await go("Next");
    await isClean("Choose a WhatsApp account");
    await choose("Create a WhatsApp account");
    await go("Next");
    await isClean("Create a WhatsApp account");
    await go("Next");
    await isClean("Add a phone number");
    await dialog.getByLabel("New number", { exact: true }).fill("1");
    await go("Next");
    await isClean("This can't be completed");
    await go("Try again");
    await choose("Add a number later");
    await go("Next");
    await isClean("Review what is shared");
    await go("Confirm");
    await isClean("All set");
    expect(errors).toEqual([]);
  });
});
