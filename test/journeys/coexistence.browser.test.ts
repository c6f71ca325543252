/**
 * Numbers that live in the WhatsApp Business app, as the client's page and the Hub tell of them: the reminder
 * to open the app, a restoration by Meta that ends well or does not, and a ban that only the client knows to
 * have ended.
 */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accessibilityFaultsOf, collectErrors, fitsWidth, PHONE, PHONE_AGENT } from "../support/browser.ts";
import { openHub, untilSeen, untilStatus, type TestHub } from "../support/hub.ts";
import { until } from "../support/until.ts";

const DAY = 24 * 3_600_000;
const MINUTE = 60_000;

let hub: TestHub;
/** WABA and number of each client with a coexistence number, by the client's name. */
const known = new Map<string, { waba: string; number: string }>();
beforeAll(async () => {
  hub = await openHub();
  const { body } = await hub.app.api("GET", "/wabas?kind=coexistence");
  for (const waba of body.data)
    known.set(waba.client.name, { waba: waba.id, number: waba.numbers[0].phone_number_id });
}, 120_000);
afterAll(() => hub?.stop());

function idsOf(client: string): { waba: string; number: string } {
  const ids = known.get(client);
  if (ids === undefined) throw new Error(`The world has no coexistence number of ${client}`);
  return ids;
}

async function openLink(wabaId: string, query = ""): Promise<Page> {
  const page = await hub.browser.page({
    viewport: PHONE,
    userAgent: PHONE_AGENT,
    hasTouch: true,
    isMobile: true,
  });
  const { url } = (await hub.app.api("POST", `/wabas/${wabaId}/reshare-links`, {})).body;
  await page.goto(`${url}${query}`);
  await page.getByRole("heading", { level: 1 }).waitFor();
  return page;
}

async function expectWellMade(page: Page): Promise<void> {
  expect(await accessibilityFaultsOf(page)).toEqual([]);
  expect(await fitsWidth(page)).toBe(true);
}

/** A green page asks every 15 s only, and at once when its reader comes back to it. */
const comeBack = (page: Page): Promise<unknown> =>
  page.evaluate(`document.dispatchEvent(new Event("visibilitychange"))`);

const heading = (page: Page, name: string): Promise<void> =>
  page.getByRole("heading", { level: 1, name }).waitFor();

async function appActivityOf(client: string): Promise<{ state: string; confirmed_by: string | null } | null> {
  return (await hub.app.waba(idsOf(client).waba)).numbers[0].app_activity;
}

const untilAppActivity = (client: string, state: string, by?: string): Promise<unknown> =>
  until(`${client} ${state}`, async () => {
    const appActivity = await appActivityOf(client);
    return appActivity?.state === state && (by === undefined || appActivity.confirmed_by === by)
      ? true
      : undefined;
  });

async function titlesOf(client: string): Promise<string[]> {
  return (await hub.app.timeline(idsOf(client).waba)).map((entry) => entry.title);
}

/** On the phone itself, where the emulator counts its own 14 days. */
const openApps = (): Promise<unknown> =>
  Promise.all(
    ["Harbor Bakery", "Saltmarsh Surf School", "Brightside Laundry"].map((client) =>
      hub.app.act("coexistence.open_app", { phone_number_id: idsOf(client).number }),
    ),
  );

describe("Meta restores a number by itself", () => {
  const CLIENT = "Harbor Bakery";
  let page: Page;

  test("the page counts down in amber, and there is nothing to do", async () => {
    const { waba, number } = idsOf(CLIENT);
    page = await openLink(waba);
    const errors = collectErrors(page);
    await heading(page, "You're connected");
    await hub.app.act("coexistence.offboard", { phone_number_id: number, reconnect_in_ms: 10 * DAY });
    await hub.app.untilStatus(waba, "reconnecting");
    await comeBack(page);
    await heading(page, "Nothing to do but wait");
    await page.locator('.headline[data-lamp="amber"]').waitFor();
    await page.locator(".countdown", { hasText: /59:\d\d|1:00:00/ }).waitFor();
    await untilSeen(page, "Keep the phone on and connected");
    const left = await page.getByRole("timer").textContent();
    await until("it ticks", async () => (await page.getByRole("timer").textContent()) !== left || undefined);
    await expectWellMade(page);
    expect(errors).toEqual([]);
  });

  test("the Hub says the same", async () => {
    const hubPage = await hub.signedIn(`/wabas/${idsOf(CLIENT).waba}`);
    await untilStatus(hubPage, "RECONNECTING", "amber");
    await untilSeen(hubPage, "Meta is restoring the link to the WhatsApp Business app");
    expect(await accessibilityFaultsOf(hubPage)).toEqual([]);
    await hubPage.close();
  });

  test("Meta reconnects it: green, by itself", async () => {
    await hub.app.act("coexistence.reconnect", { phone_number_id: idsOf(CLIENT).number });
    await heading(page, "Connected again");
    await page.locator('.headline[data-lamp="green"]').waitFor();
    await expectWellMade(page);
    expect((await hub.app.send(idsOf(CLIENT).number)).status).toBe(200);
  });
});

describe("Meta does not restore it in time", () => {
  const CLIENT = "Saltmarsh Surf School";

  test("the same page goes over to the signup", async () => {
    const { waba, number } = idsOf(CLIENT);
    const page = await openLink(waba);
    await hub.app.act("coexistence.offboard", { phone_number_id: number, reconnect_in_ms: 10 * DAY });
    await hub.app.untilStatus(waba, "reconnecting");
    await comeBack(page);
    await heading(page, "Nothing to do but wait");
    expect((await hub.app.waba(waba)).has_reshare_link).toBe(false);
    await hub.app.advance(61 * MINUTE);
    await heading(page, "Messages have stopped");
    await untilSeen(page, "Meta did not restore the link of the number");
    await page.getByRole("heading", { name: "Repeat the signup" }).waitFor();
    await untilSeen(page, "2.24.17 or newer", "Keep the app open until the signup has ended");
    expect(await page.getByRole("timer").count()).toBe(0);
    await expectWellMade(page);
    await hub.app.untilStatus(waba, "disconnected");
    await until(
      "the refusal names the link",
      async () => (await hub.app.waba(waba)).has_reshare_link || undefined,
    );
  });
});

describe("banned in the app", () => {
  const CLIENT = "Brightside Laundry";

  test("first wait and appeal; once the client says that the app works, the signup comes first", async () => {
    const { waba, number } = idsOf(CLIENT);
    await hub.app.act("coexistence.ban", { phone_number_id: number });
    await hub.app.untilStatus(waba, "permission_removed", "coexistence_banned");
    const page = await openLink(waba);
    await untilSeen(
      page,
      "WhatsApp has banned the number",
      "WhatsApp did this automatically",
      "Appeal in the WhatsApp",
    );
    expect(await page.locator(".way h2").allTextContents()).toEqual(["Wait", "Repeat the signup"]);
    // M10: while the ban stands the client's word comes first, and Meta would refuse the signup.
    expect(await page.locator(".button[data-primary]").first().innerText()).toBe("Yes, the app works again");
    expect(await page.getByRole("button", { name: "Connect with Meta" }).count()).toBe(0);
    await expectWellMade(page);
    await page.getByRole("button", { name: "Yes, the app works again" }).click();
    await untilSeen(page, "You told us that the app works again");
    expect(await page.locator(".way h2").allTextContents()).toEqual(["Repeat the signup"]);
    expect(await page.getByText("Appeal in the app and wait").count()).toBe(0);
    await page.getByRole("button", { name: "Connect with Meta" }).waitFor();
    await expectWellMade(page);
    expect(await titlesOf(CLIENT)).toContain("The client says that the WhatsApp Business app works again");
    const methods = (await hub.app.waba(waba)).recovery.methods as { method: string; available: boolean }[];
    expect(methods.filter((each) => each.available)[0]?.method).toBe("embedded_signup");
  });
});

describe("the app wants to be opened every 13 days", () => {
  const CLIENT = "Harbor Bakery";

  test("an echo of a message that was written in the app confirms it", async () => {
    const { waba, number } = idsOf(CLIENT);
    const value = {
      messaging_product: "whatsapp",
      metadata: { phone_number_id: number },
      message_echoes: [{ type: "text", text: { body: "a secret" } }],
    };
    await hub.app.emulator("POST", "/webhooks", { field: "smb_message_echoes", value, entry_id: waba });
    await untilAppActivity(CLIENT, "fresh", "echo");
    expect(JSON.stringify(await hub.app.timeline(waba))).not.toContain("a secret");
  });

  test("due soon after 11 days, overdue after 13: the page, the Hub and the list say so", async () => {
    const { waba } = idsOf(CLIENT);
    await hub.app.advance(11 * DAY);
    await untilAppActivity(CLIENT, "due_soon");
    await openApps();
    const page = await openLink(waba);
    await untilSeen(page, "Please open it soon");
    await expectWellMade(page);
    await hub.app.advance(2 * DAY);
    await comeBack(page);
    await untilSeen(page, "Please open it now");
    await until(
      "it is told",
      async () =>
        (await titlesOf(CLIENT)).some((title) => title.includes("has not been opened for 13 days")) ||
        undefined,
    );
    const hubPage = await hub.signedIn("/wabas?app_activity=overdue");
    await hubPage.getByText(CLIENT).first().click();
    await untilSeen(hubPage, "The WhatsApp Business app is overdue");
    expect(await accessibilityFaultsOf(hubPage)).toEqual([]);
    await page.getByRole("button", { name: "I have opened it" }).click();
    await untilSeen(page, "Last confirmed");
    await untilAppActivity(CLIENT, "fresh", "link");
    await untilSeen(hubPage, "is opened often enough");
    const said = (await titlesOf(CLIENT)).filter((title) => title.startsWith("The WhatsApp Business app"));
    expect(said).toEqual([
      "The WhatsApp Business app was opened",
      "The WhatsApp Business app has not been opened for 13 days, as far as we know",
      "The WhatsApp Business app should be opened soon",
    ]);
  });

  test.each(["pt", "es", "de", "fr", "id"])("the calm panel in %s", async (lang) => {
    const page = await openLink(idsOf(CLIENT).waba, `?lang=${lang}`);
    await page.locator(".app-activity").waitFor();
    await expectWellMade(page);
  });
});
