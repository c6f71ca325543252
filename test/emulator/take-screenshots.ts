/**
 * `npm run screenshots:emulator`: every screen of the emulator, wide and on a phone, light and dark, into
 * docs/screenshots/.
 */
import { join } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { openBrowser, PHONE, takeScreenshot, WIDE } from "../support/browser.ts";
import type { TestBrowser } from "../support/browser.ts";
import { startHarness } from "../wire/emulator-harness.ts";
import type { Harness } from "../wire/emulator-harness.ts";
import { beginSignup, startOpener } from "./opener.ts";
import type { Opener } from "./opener.ts";

const FOLDER = join(import.meta.dirname, "..", "..", "docs", "screenshots");
/** What follows further down looks like what stands above. */
const MOST_HEIGHT = 1600;
const SUITE = "/latest/settings/whatsapp_account";
const LINDEN = `${SUITE}?business_id=510000000000007&selected_asset_id=100000000000008`;

interface Stage {
  harness: Harness;
  opener: Opener;
  context: BrowserContext;
  /** Takes the picture of a page under a name. */
  shoot(name: string, page: Page): Promise<void>;
  visit(path: string): Promise<Page>;
}

async function shootPages({ visit, shoot, harness }: Stage): Promise<void> {
  await harness.act("partner.remove", { waba_id: "100000000000012" });
  await harness.act("partner.reduce", { waba_id: "100000000000011" });
  await harness.act("coexistence.offboard", { waba_id: "100000000000010" });
  await harness.graph("GET", "/v25.0/100000000000012?fields=id,name");
  await harness.send("200000000000001");
  await harness.delivered(3);
  const world = await visit("/?waba_id=100000000000003");
  await world.locator("#requests tr").nth(1).waitFor();
  await shoot("world", world);
  for (const tab of ["clock", "faults", "knobs", "snapshots", "webhook", "scenarios"]) {
    await shoot(`world-${tab}`, await visit(`/?tab=${tab}`));
  }
  await shoot("suite-portfolios", await visit(SUITE));
  await shoot("suite-partners", await visit(LINDEN));
  await shoot("suite-assign", await visit(`${LINDEN}&panel=assign`));
  await shoot("suite-remove", await visit(`${LINDEN}&panel=remove&partner_id=734443296905665`));
  await shoot("suite-numbers", await visit(`${LINDEN}&tab=numbers`));
}

async function shootPhone({ visit, shoot, harness }: Stage): Promise<void> {
  const phone = "/phone/200000000000004";
  await shoot("phone", await visit(phone));
  await shoot("phone-settings", await visit(`${phone}?screen=settings`));
  await shoot("phone-disconnect", await visit(`${phone}?screen=disconnect`));
  await harness.act("coexistence.ban", { waba_id: "100000000000003", silent: true });
  await shoot("phone-banned", await visit(phone));
  await harness.act("coexistence.unban", { waba_id: "100000000000003", silent: true });
}

async function shootSignup({ context, opener, shoot, visit }: Stage): Promise<void> {
  const { dialog, press, choose } = await beginSignup(context, opener);
  const at = (name: string, heading: string): Promise<void> =>
    dialog
      .getByRole("heading", { name: heading })
      .waitFor()
      .then(() => shoot(`signup-${name}`, dialog));
  await at("1-sign-in", "Sign in");
  await press("Continue");
  await at("2-portfolio", "Choose a business portfolio");
  await choose("Harbor Bakery");
  await press("Next");
  await at("3-account", "Choose a WhatsApp account");
  await choose("Create a WhatsApp account");
  await press("Next");
  await at("4-profile", "Create a WhatsApp account");
  await press("Next");
  await at("5-number", "Add a phone number");
  await dialog.getByLabel("New number", { exact: true }).fill("+1 555 010 0950");
  await press("Next");
  await at("6-code", "Verify the phone number");
  for (let back = 0; back < 3; back += 1) await press("Back");
  await choose("Harbor Bakery");
  await press("Next");
  await at("6-app", "Verify the phone number");
  const phone = await visit("/phone/200000000000004");
  await shoot("phone-request", phone);
  await phone.getByRole("link", { name: "Connect" }).click();
  await shoot("phone-connect", phone);
  await phone.getByRole("button", { name: "Confirm" }).click();
  await shoot("phone-code", phone);
  await dialog.getByLabel("Six-digit code").fill(await phone.locator("#signup-code").innerText());
  await press("Verify");
  await at("7-permissions", "Review what is shared");
  await press("Confirm");
  await at("8-success", "All set");
}

async function shootError({ context, opener, shoot, harness }: Stage): Promise<void> {
  await harness.act("partner.takeover", { waba_id: "100000000000008", silent: true });
  const { dialog, press, choose } = await beginSignup(context, opener);
  await press("Continue");
  await choose("Linden Books");
  await press("Next");
  await press("Next");
  await dialog.getByRole("heading", { name: "This can't be completed" }).waitFor();
  await shoot("signup-error", dialog);
}

/** Every screen in two looks, the chief ones in all four: what differs between them is seen on these. */
const CHIEF = ["world", "suite-partners", "suite-assign", "phone", "signup-3-account", "signup-8-success"];

const LOOKS = [
  { name: "wide-light", viewport: WIDE, colorScheme: "light", only: null },
  { name: "phone-dark", viewport: PHONE, colorScheme: "dark", only: null },
  { name: "wide-dark", viewport: WIDE, colorScheme: "dark", only: CHIEF },
  { name: "phone-light", viewport: PHONE, colorScheme: "light", only: CHIEF },
] as const;

async function shootLook(browser: TestBrowser, look: (typeof LOOKS)[number]): Promise<number> {
  const harness = await startHarness();
  await harness.control("POST", "/clock", { mode: "frozen", now: "2026-11-22T12:00:00Z" });
  const opener = await startOpener(harness.emulator.url);
  const { name: suffix, only, ...options } = look;
  const context = await browser.context(options);
  let count = 0;
  const stage: Stage = {
    harness,
    opener,
    context,
    shoot: async (name, page) => {
      if (only && !only.includes(name)) return;
      count += 1;
      await page.setViewportSize(look.viewport);
      await takeScreenshot(page, join(FOLDER, `emulator-${name}-${suffix}.png`), MOST_HEIGHT);
    },
    visit: async (path) => {
      const page = await context.newPage();
      await page.goto(harness.emulator.url + path);
      return page;
    },
  };
  for (const shoot of [shootPages, shootPhone, shootSignup, shootError]) await shoot(stage);
  await Promise.all([context.close(), opener.stop(), harness.stop()]);
  return count;
}

const browser = await openBrowser();
for (const look of LOOKS)
  console.log(`${look.name}: ${await shootLook(browser, look)} screens in docs/screenshots/`);
await browser.stop();
