/**
 * A client on a phone gets a link, knows nothing of WABAs, and gives the access back on Meta's screens. The
 * tests run in order; each is the next sentence.
 */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accessibilityFaultsOf, collectErrors, fitsWidth, PHONE, PHONE_AGENT } from "../support/browser.ts";
import { openHub, untilCount, untilSeen, type TestHub } from "../support/hub.ts";
import { until } from "../support/until.ts";

const ATLAS = { waba: "100000000000004", number: "200000000000005" };
const PARTNER = "734443296905665";

let hub: TestHub;
beforeAll(async () => {
  hub = await openHub();
}, 120_000);
afterAll(() => hub?.stop());

const phone = { viewport: PHONE, userAgent: PHONE_AGENT, hasTouch: true, isMobile: true };

async function linkOf(wabaId: string, wish: unknown = {}): Promise<string> {
  return (await hub.app.api("POST", `/wabas/${wabaId}/reshare-links`, wish)).body.url;
}

/** Buttons, links and summaries that a thumb would miss. */
async function smallTargetsOf(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`[...document.querySelectorAll("button, a, summary, input")]
    .map((target) => ({ target, box: target.getBoundingClientRect() }))
    .filter(({ box }) => box.width > 0 && (box.height < 44 || box.width < 44))
    .map(({ target, box }) => target.textContent.trim() + " " + box.width + "x" + box.height)`);
}

/** What holds on every state of the page. */
async function expectWellMade(page: Page): Promise<void> {
  expect(await accessibilityFaultsOf(page)).toEqual([]);
  expect(await fitsWidth(page)).toBe(true);
  expect(await smallTargetsOf(page)).toEqual([]);
}

describe("from partner_removed to green, by the link alone", () => {
  let page: Page;
  let suite: Page;
  let errors: string[];

  test("the refusal of a message names the link", async () => {
    const refused = await hub.app.send(ATLAS.number);
    expect(refused.status).toBe(403);
    expect(refused.body.error.error_data.reshare_url).toBe(await linkOf(ATLAS.waba));
  });

  test("the page opens without signing in and says what to do", async () => {
    page = await hub.browser.page(phone);
    errors = collectErrors(page);
    await page.goto(await linkOf(ATLAS.waba));
    await page.getByRole("heading", { level: 1, name: "Messages have stopped" }).waitFor();
    await page.getByText("An admin of the business portfolio Atlas Cycles").waitFor();
    expect(await page.locator(".step").count()).toBe(6 + 3);
    await expectWellMade(page);
  });

  test("the deep link leads to this WABA's partners at Meta", async () => {
    await page.getByText("On a computer: Give 360dialog access again").click();
    const opening = page.context().waitForEvent("page");
    await page.getByRole("link", { name: "Open at Meta" }).first().click();
    suite = await opening;
    await suite.getByText(ATLAS.waba).first().waitFor();
    expect(await suite.evaluate<string>("document.referrer")).toBe("");
  });

  test("given back with partial access only: the page says exactly that, by itself", async () => {
    await suite.getByRole("button", { name: "Assign partner" }).click();
    await suite.getByLabel("Enter partner business ID").fill(PARTNER);
    await suite.getByLabel("Messages", { exact: true }).check();
    await suite.getByRole("button", { name: "Assign", exact: true }).click();
    await suite.getByText("now has partial access").waitFor();
    await page.getByText("Still to do: give 360dialog full control.", { exact: true }).waitFor();
    await page.getByText("Full control (Everything) is missing").first().waitFor();
    await page.locator('li[data-check="Shared"][data-status="True"]').waitFor();
    await expectWellMade(page);
  });

  test("with full control it ends green, and messages flow", async () => {
    await suite.getByRole("button", { name: "Change access" }).click();
    await suite.getByLabel("Everything").check();
    await suite.getByRole("button", { name: "Assign", exact: true }).click();
    await suite.getByText("now has full control").waitFor();
    // Meta sends no webhook for a change of access: the page's own probe finds it, or the button.
    await page.getByRole("button", { name: "Check now" }).click();
    await page.getByRole("heading", { level: 1, name: "You're reconnected" }).waitFor();
    await page.locator('.headline[data-lamp="green"]').waitFor();
    expect((await hub.app.send(ATLAS.number)).status).toBe(200);
    await expectWellMade(page);
    expect(errors).toEqual([]);
  });

  test("a later visitor reads that it is repaired already, and the provider sees the story", async () => {
    const later = await hub.browser.page(phone);
    await later.goto(await linkOf(ATLAS.waba));
    await later.getByText("Messages are being sent again.").waitFor();
    const titles = (await hub.app.timeline(ATLAS.waba)).map((entry) => entry.title);
    expect(titles).toContain("The client opened the re-share link");
    expect(titles).toContain("Repaired after the re-share link was opened");
    expect((await hub.app.waba(ATLAS.waba)).has_reshare_link).toBe(false);
  });
});

describe("P4: on a phone the one-tap way comes first", () => {
  const JUNIPER = "100000000000005";
  const IN_APP =
    "Mozilla/5.0 (Linux; Android 14; wv) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/500;]";

  test.each([
    ["360 x 640", { width: 360, height: 640 }, {}],
    ["360 x 740 inside another app", PHONE, { userAgent: IN_APP }],
  ])(
    "%s: its button is in the first fold, Business Suite is for a computer",
    async (_name, viewport, more) => {
      const page = await hub.browser.page({ ...phone, viewport, ...more });
      await page.goto(await linkOf(JUNIPER));
      const connect = page.getByRole("button", { name: "Connect with Meta" });
      const box = await connect.boundingBox();
      expect((box?.y ?? 9999) + (box?.height ?? 0)).toBeLessThanOrEqual(viewport.height);
      expect(await page.locator(".way h2").allTextContents()).toEqual(["Repeat the signup"]);
      await page.getByText("On a computer: Change the partner's access to Full control").waitFor();
      await expectWellMade(page);
      if ("userAgent" in more) {
        const copy = await page.locator(".in-app").getByRole("button").boundingBox();
        expect(copy?.y ?? 9999).toBeLessThan(viewport.height / 2);
      }
    },
  );

  test("on a computer both methods are open, and a chat's preview has a title", async () => {
    const page = await hub.browser.page();
    await page.goto(await linkOf(JUNIPER));
    expect(await page.locator(".way h2").allTextContents()).toEqual([
      "Change the partner's access to Full control",
      "Another way: Repeat the signup",
    ]);
    expect(await page.locator('meta[property="og:title"]').getAttribute("content")).toContain("360dialog");
    expect((await fetch(`${hub.app.url()}/icon.svg`)).status).toBe(200);
    await expectWellMade(page);
  });
});

describe("every other state of the page is well made too", () => {
  const JUNIPER = "100000000000005";
  const QUARRY = "100000000000006";

  test.each(["light", "dark"] as const)("coexistence, in %s", async (colorScheme) => {
    const page = await hub.browser.page({ ...phone, colorScheme });
    await page.goto(await linkOf(QUARRY));
    await page.getByText("Why not").click();
    await page.getByText("I removed access on purpose", { exact: true }).click();
    await expectWellMade(page);
  });

  test.each(["pt", "es", "de", "fr", "id"])("a partial share in %s", async (lang) => {
    const page = await hub.browser.page(phone);
    await page.goto(`${await linkOf(JUNIPER)}?lang=${lang}`);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await expectWellMade(page);
  });

  test("the language is switched on the page, and stays when it redraws", async () => {
    const page = await hub.browser.page(phone);
    await page.goto(await linkOf(JUNIPER));
    await page.getByRole("link", { name: "Deutsch" }).click();
    await page.getByRole("heading", { name: "Nachrichten sind gestoppt" }).waitFor();
    await page.getByRole("button", { name: "Jetzt prüfen" }).click();
    await page.getByText("Gerade geprüft.").first().waitFor();
  });

  test("intended, and back again", async () => {
    const page = await hub.browser.page(phone);
    await page.goto(await linkOf(JUNIPER));
    await page.getByText("I removed access on purpose", { exact: true }).click();
    await page.getByRole("button", { name: "Yes, keep it removed" }).click();
    await page.getByRole("heading", { level: 1, name: "You removed access on purpose" }).waitFor();
    await expectWellMade(page);
    await page.getByRole("button", { name: "I changed my mind" }).click();
    await page.getByRole("heading", { level: 1, name: "Messages have stopped" }).waitFor();
  });

  test("a link that is rotated under an open page shows its end by itself; so does a wrong one", async () => {
    const page = await hub.browser.page(phone);
    await page.goto(await linkOf(JUNIPER));
    await linkOf(JUNIPER, { rotate: true });
    await page.getByRole("heading", { level: 1, name: "This link is no longer valid" }).waitFor();
    await expectWellMade(page);
    await page.goto(`${hub.app.url()}/reshare/nonsense`);
    await page.getByRole("heading", { level: 1, name: "This link is not known" }).waitFor();
    await expectWellMade(page);
  });

  test("expired: a fresh one is asked for where the old one was", async () => {
    const url = await linkOf(JUNIPER, { rotate: true, expires_in_s: 60 });
    await hub.app.advance(61_000);
    const page = await hub.browser.page(phone);
    await page.goto(url);
    await page.getByRole("heading", { level: 1, name: "This link has expired" }).waitFor();
    await expectWellMade(page);
    await page.getByRole("button", { name: "Ask for a new link" }).click();
    await page.getByRole("heading", { level: 1, name: "We have told 360dialog" }).waitFor();
    await expectWellMade(page);
  });

  test("without script every act is a form", async () => {
    const page = await hub.browser.page({ ...phone, javaScriptEnabled: false });
    await page.goto(await linkOf(JUNIPER));
    await page.getByRole("button", { name: "Check now" }).click();
    await page.getByRole("heading", { level: 1, name: "Messages have stopped" }).waitFor();
    await page.getByRole("button", { name: "Copy the link" }).waitFor({ state: "hidden" });
  });
});

test("S24: a page that nobody touches says so in its polls, until somebody does", async () => {
  const page = await hub.browser.page(phone);
  await page.clock.install();
  await page.goto(await linkOf(ATLAS.waba));
  let polls: boolean[] = [];
  page.on("request", (request) => {
    if (request.url().includes("/state")) polls.push(request.headers()["sharekeeper-background"] === "1");
  });
  const untilPolled = (isBackground: boolean) =>
    until("a poll with this header", async () => {
      await page.clock.fastForward(16_000);
      return polls.includes(isBackground) ? true : undefined;
    });
  await untilPolled(true);
  await page.keyboard.press("Shift");
  polls = [];
  await untilPolled(false);
  await page.close();
});

test("support copies the link on the WABA's page, by button or by l", async () => {
  const QUARRY = "100000000000006";
  const page = await hub.signedIn(`/wabas/${QUARRY}`);
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.getByRole("button", { name: "Send link to client" }).waitFor();
  await page.keyboard.press("l");
  await page.getByRole("button", { name: "Copy the link" }).click();
  await page.getByRole("button", { name: "Copied", exact: true }).waitFor();
  expect(await page.evaluate<string>("navigator.clipboard.readText()")).toBe(await linkOf(QUARRY));
});

test("P3, P6, L9: support sees live what the client does and asks for, and sends a text that names the account", async () => {
  const JUNIPER = "100000000000005";
  const desk = await hub.signedIn(`/wabas/${JUNIPER}`);
  const strip = desk.locator("[data-part=client-strip]");
  const client = await hub.browser.page(phone);
  const old = await linkOf(JUNIPER, { rotate: true, expires_in_s: 60 });
  await client.goto(old);
  await untilSeen(strip, "The client had the page open");
  await hub.app.advance(61_000);
  await client.goto(old);
  await client.getByRole("button", { name: "Ask for a new link" }).click();
  await untilSeen(strip, "The client asked for a new link");
  await untilSeen(desk.locator(".facts"), "Us");
  expect(await accessibilityFaultsOf(desk)).toEqual([]);
  await strip.getByRole("button", { name: "Send it" }).click();
  const text = desk.getByRole("textbox", { name: "Text" });
  expect(await text.inputValue()).toMatch(
    /account Juniper Clinic \(\+1 555 010 0006\).*The link is valid until \d+/s,
  );
  await desk.getByRole("button", { name: "Close" }).click();
  await strip.getByText("asked for a new link").waitFor({ state: "detached" });
  const list = await hub.signedIn("/wabas?client_signal=intended");
  await client.goto(await linkOf(JUNIPER));
  await client.getByText("I removed access on purpose", { exact: true }).click();
  await client.getByRole("button", { name: "Yes, keep it removed" }).click();
  await untilSeen(list.getByRole("row"), "Juniper Clinic", "On purpose");
  await untilSeen(strip, "removed access on purpose");
  await untilSeen(desk.locator(".facts"), "Nobody");
  // Nobody has a next step, so none is offered as one.
  await untilCount(desk.locator(".waba-actions").getByRole("link", { name: "See how to fix it" }), 0);
});
