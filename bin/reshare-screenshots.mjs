// `node bin/reshare-screenshots.mjs [name …]`: the client's pages in the states of a signup, at 360 px, into
// docs/screenshots/reshare/.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { PHONE, PHONE_AGENT, takeScreenshot } from "../test/support/browser.ts";
import { openHub } from "../test/support/hub.ts";
import { asClient, choosePlatform, openDialog } from "../test/support/signup-walk.ts";
import { ROOT } from "./launch.mjs";

const FOLDER = join(ROOT, "docs", "screenshots", "reshare");
const TALLEST_PX = 2600;
const phone = { viewport: PHONE, userAgent: PHONE_AGENT, hasTouch: true, isMobile: true };

const ATLAS = "100000000000004";
const QUARRY = "100000000000006";
const COPPER = "100000000000009";
const FERN = "100000000000011";
const ALDER = "100000000000014";
const CAFE = { waba: "100000000000015", number: "200000000000018" };

const wanted = process.argv.slice(2);
await mkdir(FOLDER, { recursive: true });
const hub = await openHub();
const { app } = hub;

async function take(page, name) {
  if (wanted.length > 0 && !wanted.includes(name)) return;
  await takeScreenshot(page, join(FOLDER, `${name}.png`), TALLEST_PX);
  process.stdout.write(`${name}.png\n`);
}

const linkOf = async (waba) => (await app.api("POST", `/wabas/${waba}/reshare-links`, {})).body.url;

async function openPage(url, options = {}) {
  const page = await hub.browser.page({ ...phone, ...options });
  await page.goto(url);
  await page.getByRole("heading", { level: 1 }).waitFor();
  return page;
}

async function lose(waba, action = "partner.remove") {
  await app.act(action, { waba_id: waba });
  await app.untilStatus(waba, "permission_removed", undefined, 20_000);
}

async function failWith(page, button, code) {
  const dialog = await openDialog(page, button);
  await dialog.window.getByText("Simulator: let this screen fail").click();
  await dialog.window.getByLabel("Error").selectOption(code);
  await dialog.press("Fail here");
  await dialog.press("Report and close");
  await page.locator("[data-exit-reason]").waitFor();
}

/** The pictures, in order. */
const SERIES = [
  async () => {
    const page = await openPage(await linkOf(QUARRY));
    await take(page, "coexistence-offered");
    const dialog = await openDialog(page, "Connect with Meta");
    await page.getByText("Meta's window is open").waitFor();
    await take(page, "window-open");
    await dialog.close();
    await page.locator('[data-exit-reason="login_cancelled"]').waitFor();
    await take(page, "exit-reason-login-cancelled");
    await failWith(page, "Start again", "3441049");
    await take(page, "exit-reason-wait-15-minutes");
    const dark = await openPage(await linkOf(QUARRY), { colorScheme: "dark" });
    await take(dark, "exit-reason-dark");
  },
  async () => {
    const page = await openPage(await linkOf(ATLAS));
    await take(page, "platform-offered");
    const dialog = await openDialog(page, "Connect with Meta");
    await choosePlatform(dialog, "Northwind Florist", "100000000000001");
    await dialog.press("Finish");
    await page.locator('[data-exit-reason="wrong_waba"]').waitFor();
    await take(page, "exit-reason-wrong-waba");
    const again = await openDialog(page, "Start again");
    await choosePlatform(again, "Atlas Cycles", ATLAS);
    // Meta proves nothing for a while, so that the ticks do not change during the picture.
    await app.fault({ match: { method: "POST", path: "**/assigned_users" }, respond: { status: 500 } });
    await again.press("Finish");
    await page.locator("[data-progress]").waitFor();
    await take(page, "ticks");
    await app.clearFaults();
    await page.getByRole("heading", { level: 1, name: "You're reconnected" }).waitFor({ timeout: 60_000 });
    await take(page, "green");
  },
  async () => {
    await lose(COPPER, "partner.takeover");
    const page = await openPage(await linkOf(COPPER));
    const dialog = await openDialog(page, "Connect with Meta");
    await asClient(dialog, "Copper Kettle Coffee");
    await dialog.choose(COPPER);
    await dialog.press("Next");
    await dialog.press("Report and close");
    await page.locator('[data-exit-reason="taken_over"]').waitFor();
    await take(page, "taken-over");
  },
  async () => {
    await lose(FERN, "waba.delete");
    await take(await openPage(await linkOf(FERN)), "deleted");
  },
  async () => {
    await app.act("number.deregister", { phone_number_id: CAFE.number });
    await lose(CAFE.waba);
    const page = await openPage(await linkOf(CAFE.waba));
    const dialog = await openDialog(page, "Connect with Meta");
    await choosePlatform(dialog, "Café Lumière", CAFE.waba);
    await dialog.press("Finish");
    await page.getByLabel("Six-digit PIN").waitFor();
    await take(page, "pin");
    await app.act("number.deregister", { phone_number_id: "200000000000017" });
    await app.check(ALDER);
    await app.untilStatus(ALDER, "disconnected", undefined, 20_000);
    await take(await openPage(await linkOf(ALDER)), "register");
  },
  async () => {
    const { body } = await app.api("POST", "/signups", {});
    const page = await openPage(body.url);
    await take(page, "invitation");
    await page.getByText("Yes, and I want to keep using the app").click();
    await take(page, "invitation-app");
    for (const language of ["pt", "es", "de", "fr", "id"])
      await take(await openPage(`${body.url}?lang=${language}`), `invitation-${language}`);
    await app.api("POST", `/signups/${body.id}/abandon`, {});
    await take(await openPage(body.url), "invitation-ended");
  },
];

try {
  for (const series of SERIES) await series();
} finally {
  await hub.stop();
}
