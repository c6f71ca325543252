/**
 * A client that is new to the provider: from the invitation to a live WABA and back to the provider's own
 * page.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildHubIfNeeded, HUB_DIST } from "../../bin/build-hub.mjs";
import { accessibilityFaultsOf, collectErrors, fitsWidth, openBrowser, PHONE } from "../support/browser.ts";
import type { TestBrowser } from "../support/browser.ts";
import { openSandbox, type TestSandbox } from "../support/sandbox.ts";
import { asClient, chooseNewAppNumber, createPlatform, openDialog } from "../support/signup-walk.ts";

const HOSTED_PATH = "/hosted-es";
let app: TestSandbox;
let browser: TestBrowser;
let provider: { url: string; stop(): Promise<void> };

beforeAll(async () => {
  await buildHubIfNeeded();
  provider = await startProvider();
  browser = await openBrowser();
  const env = { ALLOWED_RETURN_URLS: provider.url, META_HOSTED_SIGNUP_URL: provider.url + HOSTED_PATH };
  app = await openSandbox(env, HUB_DIST);
}, 120_000);
afterAll(async () => {
  await browser?.stop();
  await app?.stop();
  await provider?.stop();
});

/** Where clients are sent back to; it also stands for Meta's hosted page, which says nothing to us. */
async function startProvider(): Promise<{ url: string; stop(): Promise<void> }> {
  const server = createServer((request, response) => {
    response.writeHead(200, { "content-type": "text/html" });
    response.end(`<!doctype html><title>Provider</title><h1>Provider ${request.url}</h1>`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const phone = { viewport: PHONE, hasTouch: true, isMobile: true };

async function invite(wish: object = {}): Promise<{ id: string; url: string }> {
  const { status, body } = await app.api("POST", "/signups", wish);
  expect(status).toBe(200);
  return body;
}

async function open(url: string): Promise<Page> {
  const page = await browser.page(phone);
  await page.goto(url);
  await page.getByRole("heading", { level: 1 }).waitFor();
  return page;
}

async function expectWellMade(page: Page): Promise<void> {
  expect(await accessibilityFaultsOf(page)).toEqual([]);
  expect(await fitsWidth(page)).toBe(true);
}

const signupOf = async (id: string) => (await app.api("GET", `/signups/${id}`)).body;

describe("the client chooses the flow", () => {
  test("a new number, left once, then through to green and back to the provider", async () => {
    const { id, url } = await invite({
      external_id: "crm-77",
      return_urls: {
        success: `${provider.url}/ok`,
        cancel: `${provider.url}/no`,
        error: `${provider.url}/bad`,
      },
    });
    const page = await open(url);
    const errors = collectErrors(page);
    await page
      .getByRole("heading", { level: 1, name: "Connect your WhatsApp number with 360dialog" })
      .waitFor();
    expect((await signupOf(id)).state).toBe("invited");
    await page.getByText("No, or it is a new number").click();
    await expectWellMade(page);
    const connect = page.locator('[data-flow="platform"] [data-connect]');
    const first = await openDialog(page, connect);
    await first.press("Continue");
    await first.window.getByRole("heading", { name: "Choose a business portfolio" }).waitFor();
    await first.close();
    await page.locator('[data-exit-reason="left"]').waitFor();
    expect(await page.getByRole("link", { name: "Go back to" }).getAttribute("href")).toBe(
      `${provider.url}/bad`,
    );
    await expectWellMade(page);
    const dialog = await openDialog(page, connect);
    await createPlatform(dialog, "Linden Books", "+1 555 010 0931");
    await dialog.press("Finish");
    await page.getByRole("heading", { level: 1, name: "Connected" }).waitFor({ timeout: 30_000 });
    await expectWellMade(page);
    const done = await signupOf(id);
    expect(done).toMatchObject({ state: "ready", flow: "platform", external_id: "crm-77" });
    expect((await app.waba(done.waba_id)).status).toBe("live");
    await page.waitForURL(`${provider.url}/ok`);
    expect(errors).toEqual([]);
    await page.goBack();
    await page.getByRole("link", { name: "Continue" }).waitFor();
  });

  test("a number of the app, after the first answer was the wrong one", async () => {
    const { id, url } = await invite({ language: "de" });
    const page = await open(url);
    await page.getByText("Nein, oder es ist eine neue Nummer").click();
    const wrong = await openDialog(page, page.locator('[data-flow="platform"] [data-connect]'));
    await asClient(wrong, "Harbor Bakery");
    await wrong.press("Next");
    expect(await wrong.window.locator("#error-code").innerText()).toBe("3441030");
    await wrong.press("Report and close");
    await page.locator('[data-exit-reason="number_registered"]').waitFor();
    await page.getByText("Ja, und ich möchte die App weiter nutzen").click();
    const dialog = await openDialog(page, page.locator('[data-flow="coexistence"] [data-connect]'));
    await chooseNewAppNumber(dialog, "Linden Books", "+1 555 010 0788");
    await dialog.press("Finish");
    await page.getByRole("heading", { level: 1, name: "Verbunden" }).waitFor({ timeout: 30_000 });
    expect(await signupOf(id)).toMatchObject({ state: "ready", flow: "coexistence" });
  });
});

test("the provider fixed the flow: one button, and the other flow is refused", async () => {
  const { id, url } = await invite({ flow: "platform" });
  const page = await open(url);
  await page.getByRole("button", { name: "Connect with Meta" }).waitFor();
  await expectWellMade(page);
  const other = await app.api("POST", `/signups/${id}/events`, { type: "begun", flow: "coexistence" });
  expect(other.body.code).toBe("signup_not_offered");
});

test("hosted: Meta's own page is opened, and the share itself shows that it was finished", async () => {
  const { id, url } = await invite({ flow: "hosted" });
  const page = await open(url);
  await expectWellMade(page);
  const [hosted] = await Promise.all([
    page.waitForEvent("popup"),
    page.getByRole("link", { name: "Open Meta's page" }).click(),
  ]);
  await hosted.getByRole("heading", { name: `Provider ${HOSTED_PATH}` }).waitFor();
  const shared = await app.emulator("POST", "/signup", {
    new_business: { name: "Hazel Bikes" },
    new_waba: { name: "Hazel Bikes" },
    new_phone: { display_phone_number: "+1 555 010 0955", verified_name: "Hazel Bikes" },
  });
  await page.getByRole("heading", { level: 1, name: "Connected" }).waitFor({ timeout: 30_000 });
  expect(await signupOf(id)).toMatchObject({ state: "ready", waba_id: shared.body.waba_id });
});

describe("what leads nowhere", () => {
  test("an ended invitation is 410, a wrong one 404, each with a next step", async () => {
    const { id, url } = await invite();
    const page = await open(url);
    await app.api("POST", `/signups/${id}/abandon`, {});
    await page.getByRole("heading", { level: 1, name: "This invitation has ended" }).waitFor();
    await expectWellMade(page);
    expect((await fetch(url)).status).toBe(410);
    const wrong = `${url.slice(0, -2)}!!`;
    expect((await fetch(wrong)).status).toBe(404);
    await page.goto(wrong);
    await page.getByText("Open the link from the message again").waitFor();
    await expectWellMade(page);
  });

  test("nothing is opened by a HEAD or a preview, and scripts come from Meta's SDK only", async () => {
    const { id, url } = await invite();
    await fetch(url, { method: "HEAD" });
    const answer = await fetch(url, { headers: { "User-Agent": "WhatsApp/2.23" } });
    expect((await signupOf(id)).state).toBe("invited");
    const policy = answer.headers.get("content-security-policy") ?? "";
    const meta = app.emulatorUrl();
    expect(policy).toContain(`script-src 'self' ${meta}/en_US/sdk.js;`);
    expect(`${policy};`).toContain(`frame-src ${meta};`);
    expect(answer.headers.get("referrer-policy")).toBe("no-referrer");
    expect(app.logged()).not.toContain(url.split(".").at(-1) ?? url);
  });
});
