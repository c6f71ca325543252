/**
 * Every exit reason of Meta's window on the client's page: what happened, what to do, and the button for it.
 */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accessibilityFaultsOf, fitsWidth, PHONE, PHONE_AGENT } from "../support/browser.ts";
import { openHub, type TestHub } from "../support/hub.ts";
import { until } from "../support/until.ts";
import { asClient, choosePlatform, openDialog, untilLoaded, type Dialog } from "../support/signup-walk.ts";

const NORTHWIND = { name: "Northwind Florist", waba: "100000000000001" };
const EVENTS = { name: "Northwind Florist", waba: "100000000000002" };
const ATLAS = { name: "Atlas Cycles", waba: "100000000000004" };
const QUARRY = { name: "Quarry Tools", waba: "100000000000006" };
const LINDEN = { name: "Linden Books", waba: "100000000000008", number: "200000000000009" };
const COPPER = { name: "Copper Kettle Coffee", waba: "100000000000009" };
const FERN = { name: "Fern & Fable Toys", waba: "100000000000011" };
const CAFE = { name: "Café Lumière", waba: "100000000000015", number: "200000000000018" };
const ALDER = { name: "Alder Row Opticians", waba: "100000000000014", number: "200000000000017" };

let hub: TestHub;
beforeAll(async () => {
  hub = await openHub();
}, 120_000);
afterAll(() => hub?.stop());

const phone = { viewport: PHONE, userAgent: PHONE_AGENT, hasTouch: true, isMobile: true };

async function linkOf({ waba }: { waba: string }): Promise<string> {
  return (await hub.app.api("POST", `/wabas/${waba}/reshare-links`, {})).body.url;
}

async function lose({ waba }: { waba: string }): Promise<void> {
  if ((await hub.app.waba(waba)).status === "permission_removed") return;
  await hub.app.act("partner.remove", { waba_id: waba });
  await hub.app.untilStatus(waba, "permission_removed", undefined, 20_000);
}

async function openPage(client: { waba: string }, before?: (page: Page) => Promise<unknown>): Promise<Page> {
  const page = await hub.browser.page(phone);
  await before?.(page);
  await page.goto(await linkOf(client));
  await page.getByRole("heading", { level: 1, name: "Messages have stopped" }).waitFor();
  return page;
}

/** The page shows this exit reason, with a heading and how to continue. */
async function untilShown(page: Page, code: string): Promise<void> {
  await page.locator(`[data-exit-reason="${code}"]`).waitFor();
  expect(await page.locator(`[data-exit-reason="${code}"] h2`).innerText()).not.toBe("");
  // P5: in view and focused, where the person is who pressed the button.
  await until("it is in view and has the focus", async () => {
    const isThere = await page.evaluate<boolean>(`(() => {
      const { top, bottom } = document.activeElement.getBoundingClientRect();
      return document.activeElement.matches(".wayout") && top >= 0 && bottom <= innerHeight;
    })()`);
    return isThere ? true : undefined;
  });
}

async function expectWellMade(page: Page): Promise<void> {
  expect(await accessibilityFaultsOf(page)).toEqual([]);
  expect(await fitsWidth(page)).toBe(true);
}

/** The button of the page now: of the method, or of the exit reason shown. */
const BUTTON = /^(Connect with Meta|Start again)$/;
const begin = (page: Page): Promise<Dialog> =>
  openDialog(page, page.getByRole("button", { name: BUTTON }).first());

describe("leaving", () => {
  let page: Page;
  beforeAll(async () => {
    page = await openPage(ATLAS);
  });

  test("before signing in", async () => {
    const dialog = await begin(page);
    await dialog.close();
    await untilShown(page, "login_cancelled");
    await expectWellMade(page);
  });

  const screens: [string, string, (dialog: Dialog) => Promise<void>][] = [
    ["BUSINESS_ACCOUNT_SELECTION", "Choose a business portfolio", (dialog) => dialog.press("Continue")],
    ["WABA_PHONE_PROFILE_PICKER", "Choose a WhatsApp account", (dialog) => asClient(dialog, ATLAS.name)],
    ["WHATSAPP_BUSINESS_PROFILE_SETUP", "Create a WhatsApp account", toProfile],
    ["PHONE_NUMBER_SETUP", "Add a phone number", toNumber],
    ["PHONE_NUMBER_VERIFICATION", "Verify the phone number", toVerification],
    ["PERMISSIONS", "Review what is shared", toPermissions],
  ];

  test.each(screens)("on the screen %s", async (step, heading, goThere) => {
    const dialog = await begin(page);
    await goThere(dialog);
    await dialog.window.getByRole("heading", { name: heading }).waitFor();
    await dialog.close();
    await untilShown(page, "left");
    // The previous screen showed the same exit reason: this attempt's own is waited for.
    const { value } = await until("the attempt has ended", async () => {
      const { data } = (await hub.app.api("GET", `/signups?waba_id=${ATLAS.waba}`)).body;
      return data[0].attempts[0].outcome === null ? undefined : data[0].attempts[0];
    });
    expect(value).toMatchObject({ outcome: "left", step });
    expect((await hub.app.waba(ATLAS.waba)).status).toBe("permission_removed");
  });

  async function toProfile(dialog: Dialog): Promise<void> {
    await asClient(dialog, ATLAS.name);
    await dialog.choose("Create a WhatsApp account");
    await dialog.press("Next");
  }
  async function toNumber(dialog: Dialog): Promise<void> {
    await toProfile(dialog);
    await dialog.press("Next");
  }
  async function toVerification(dialog: Dialog): Promise<void> {
    await toNumber(dialog);
    await dialog.window.getByLabel("New number", { exact: true }).fill("15550100901");
    await dialog.press("Next");
  }
  async function toPermissions(dialog: Dialog): Promise<void> {
    await asClient(dialog, ATLAS.name);
    await dialog.choose(ATLAS.waba);
    await dialog.press("Next");
    await dialog.press("Next");
  }
});

describe("what Meta's window says by a code", () => {
  let page: Page;
  beforeAll(async () => {
    page = await openPage(QUARRY);
  });

  test.each([
    ["2655049", "already_shared"],
    ["2494029", "cannot_share"],
    ["2593072", "not_yours"],
    ["2494091", "provider_unverified"],
    ["2494119", "same_provider"],
    ["3441049", "wait_15_minutes"],
    ["3441030", "number_registered"],
    ["3441041", "number_elsewhere"],
    ["3441045", "not_eligible"],
    ["3441042", "region"],
    ["4563015", "app_outdated"],
    ["2655095", "not_in_app"],
    ["2388098", "limit"],
    ["1675004", "too_often"],
    ["2655089", "restricted"],
    ["2388002", "phone_invalid"],
    ["2593039", "verification_code"],
    ["4612001", "two_step_pin"],
    ["1349246", "permissions"],
  ])("%s: %s", async (code, exitReason) => {
    const dialog = await begin(page);
    await dialog.window.getByText("Simulator: let this screen fail").click();
    await dialog.window.getByLabel("Error").selectOption(code);
    await dialog.press("Fail here");
    await dialog.press("Report and close");
    await untilShown(page, exitReason);
  });
});

describe("what the page itself sees", () => {
  test("the browser keeps Meta's window shut", async () => {
    const page = await openPage(ATLAS, (fresh) => fresh.addInitScript("window.open = () => null"));
    const button = page.getByRole("button", { name: BUTTON }).first();
    await untilLoaded(button);
    await button.click();
    await untilShown(page, "popup_blocked");
    await expectWellMade(page);
  });

  test("Meta's script is held back, then let through: the next click opens the window", async () => {
    let isBlocked = true;
    const page = await openPage(ATLAS, (fresh) =>
      fresh.route("**/sdk.js", (route) => (isBlocked ? route.abort() : route.continue())),
    );
    const button = page.getByRole("button", { name: BUTTON }).first();
    await untilLoaded(button);
    isBlocked = false;
    await button.click();
    await untilShown(page, "sdk_blocked");
    const dialog = await begin(page);
    await dialog.close();
    await untilShown(page, "login_cancelled");
  });

  test("tried too often within the hour: Meta's window is shut again, and the page says so", async () => {
    const link = await linkOf(EVENTS).catch(() => "");
    await lose(EVENTS);
    const signup = new URL(link).pathname + "/signup";
    for (let tries = 0; tries < 30; tries += 1) {
      const answer = await fetch(hub.app.url() + signup, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ type: "begun" }),
      });
      expect(answer.status).toBe(200);
    }
    const page = await openPage(EVENTS);
    const button = page.getByRole("button", { name: BUTTON }).first();
    await untilLoaded(button);
    await button.click();
    await page.getByText("Wait an hour, then start again.").first().waitFor();
    await hub.app.advance(3_600_000);
  });
});

describe("what comes back from Meta", () => {
  test("another WABA is named, and nothing is changed", async () => {
    await lose(EVENTS);
    const page = await openPage(EVENTS);
    const dialog = await begin(page);
    await choosePlatform(dialog, NORTHWIND.name, NORTHWIND.waba);
    await dialog.press("Finish");
    await untilShown(page, "wrong_waba");
    await page.getByText(`You chose Northwind Florist (${NORTHWIND.waba})`).waitFor();
    expect((await hub.app.waba(EVENTS.waba)).status).toBe("permission_removed");
    expect((await hub.app.waba(NORTHWIND.waba)).status).toBe("live");
    await expectWellMade(page);
  });

  test("a code that reaches us after its 30 seconds: the share that Meta's window made is proven all the same", async () => {
    const page = await openPage(ATLAS, (fresh) =>
      fresh.route(/\/signup\?/, async (route) => {
        if (route.request().postDataJSON().type === "code") await hub.app.advance(31_000);
        await route.continue();
      }),
    );
    const dialog = await begin(page);
    await choosePlatform(dialog, ATLAS.name, ATLAS.waba);
    await dialog.press("Finish");
    await page.getByRole("heading", { level: 1, name: "You're reconnected" }).waitFor({ timeout: 30_000 });
    const { data } = (await hub.app.api("GET", `/signups?waba_id=${ATLAS.waba}`)).body;
    expect(data[0].attempts[0].outcome).toBe("code_expired");
  });

  test("without a network for a while the code is brought as soon as there is one", async () => {
    let lost = 0;
    await lose(FERN);
    const page = await openPage(FERN, (fresh) =>
      fresh.route(/\/signup\?/, (route) => {
        const isLost = route.request().postDataJSON().type === "code" && (lost += 1) <= 2;
        return isLost ? route.abort("internetdisconnected") : route.continue();
      }),
    );
    const dialog = await begin(page);
    await choosePlatform(dialog, FERN.name, FERN.waba);
    await dialog.press("Finish");
    await page.getByRole("heading", { level: 1, name: "You're reconnected" }).waitFor({ timeout: 30_000 });
    // The page is green by the share alone, which may be proven first.
    await until("the code is brought at the third try", () => lost === 3 || undefined);
  });

  test.each([
    ["event_first", LINDEN],
    ["code_first", COPPER],
  ])("the events in the order %s", async (order, client) => {
    await hub.app.emulator("POST", "/knobs", { signup_order: order });
    await lose(client);
    const page = await openPage(client);
    const dialog = await begin(page);
    await choosePlatform(dialog, client.name, client.waba);
    await dialog.press("Finish");
    await page.getByRole("heading", { level: 1, name: "You're reconnected" }).waitFor({ timeout: 30_000 });
  });
});

describe("a number that is not registered", () => {
  /** For every seeded number; nobody has reported it. */
  const PIN = "123456";

  test("after the signup its own PIN is asked for: refused once, then green", async () => {
    await hub.app.act("number.deregister", { phone_number_id: CAFE.number });
    await lose(CAFE);
    const page = await openPage(CAFE);
    const dialog = await begin(page);
    await choosePlatform(dialog, CAFE.name, CAFE.waba);
    await dialog.press("Finish");
    const field = page.getByLabel("Six-digit PIN");
    await field.waitFor({ timeout: 30_000 });
    await expectWellMade(page);
    expect(await page.getByRole("heading", { level: 1, name: "You're reconnected" }).count()).toBe(0);
    await field.fill("111111");
    await page.getByRole("button", { name: "Register the number" }).click();
    await page.getByText("Meta did not accept this PIN").first().waitFor();
    await page.getByLabel("Six-digit PIN").fill(PIN);
    await page.getByRole("button", { name: "Register the number" }).click();
    await page.getByRole("heading", { level: 1, name: "You're reconnected" }).waitFor({ timeout: 30_000 });
    expect((await hub.app.waba(CAFE.waba)).status).toBe("live");
  });

  test("without a loss of the share: registered on the page, three tries a day", async () => {
    await hub.app.act("number.deregister", { phone_number_id: ALDER.number });
    await hub.app.check(ALDER.waba);
    await hub.app.untilStatus(ALDER.waba, "disconnected", undefined, 20_000);
    const page = await hub.browser.page(phone);
    await page.goto(await linkOf(ALDER));
    await page.getByText("One click is enough").waitFor();
    await page.getByRole("button", { name: "Register the number" }).click();
    const field = page.getByLabel("Six-digit PIN");
    await field.waitFor();
    await field.fill("000000");
    await page.getByRole("button", { name: "Register the number" }).click();
    await page.getByText("Meta did not accept this PIN").first().waitFor();
    await field.fill("999999");
    await page.getByRole("button", { name: "Register the number" }).click();
    await field.fill(PIN);
    await expectWellMade(page);
    await page.getByRole("button", { name: "Register the number" }).click();
    await page.getByText("You have tried three times today").first().waitFor();
    await hub.app.advance(24 * 3_600_000);
    await page.getByLabel("Six-digit PIN").fill(PIN);
    await page.getByRole("button", { name: "Register the number" }).click();
    await page.getByRole("heading", { level: 1, name: /You.re (re)?connected/ }).waitFor({ timeout: 20_000 });
    expect((await hub.app.waba(ALDER.waba)).status).toBe("live");
  });
});
