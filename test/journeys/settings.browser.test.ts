/**
 * Whoever runs the installation gives a program its key, takes it away again and reads that in the audit; and
 * protects the own sign-in with an authenticator app.
 */
import { Secret, TOTP } from "otpauth";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accessibilityFaultsOf, collectErrors, fitsWidth, PHONE } from "../support/browser.ts";
import { call } from "../support/http-call.ts";
import { openHub, untilLoaded, untilSeen, type TestHub } from "../support/hub.ts";

const PASSWORD = "violet tractor lamp";
const TOUCH = { viewport: PHONE, hasTouch: true, isMobile: true };
const WABA = "100000000000001";

let hub: TestHub;
beforeAll(async () => {
  hub = await openHub();
}, 180_000);
afterAll(() => hub?.stop());

/** Targets on the page that are lower than a finger needs, with their text and height. */
const SMALL_TARGETS = `[...document.querySelectorAll("main :is(button, a, select, input)")]
  .map((target) => [target.textContent, target.getBoundingClientRect().height])
  .filter(([, height]) => height > 0 && height < 44)`;

const settingsPage = async (page: Page, name: string): Promise<void> => {
  await page.goto(`${hub.app.url()}/settings/${name}`);
  await untilLoaded(page);
};
const useKey = async (key: string, method: string, path: string): Promise<number> =>
  (
    await call(method, `${hub.app.url()}/api/v1${path}`, method === "GET" ? undefined : {}, {
      "X-API-Key": key,
    })
  ).status;

describe("an administrator", () => {
  let page: Page;
  let key: string;
  beforeAll(async () => {
    page = await hub.signedIn("/settings/api-keys");
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  });

  test("makes a key, copies it, and a program uses it within its limits", async () => {
    await page.getByRole("button", { name: "Create key" }).click();
    const form = page.getByRole("dialog", { name: "Create an API key" });
    await form.getByLabel("Name").fill("billing service");
    await form.getByLabel("Only those of one client").check();
    await form.getByRole("searchbox", { name: "Client" }).fill(WABA);
    await form.getByRole("radio", { name: /Northwind/ }).check();
    expect(await accessibilityFaultsOf(page)).toEqual([]);
    await form.getByRole("button", { name: "Create key" }).click();
    const once = page.getByRole("dialog", { name: "Copy the key now" });
    await once.getByRole("button", { name: "Copy the key" }).click();
    await once.getByRole("button", { name: "Copied", exact: true }).waitFor();
    key = await page.evaluate<string>("navigator.clipboard.readText()");
    expect(key).toMatch(/^shk_[2-9a-z]{8}_/);
    await once.getByRole("button", { name: "I have copied it" }).click();
    expect(await page.content()).not.toContain(key);
    expect(await useKey(key, "GET", `/wabas/${WABA}`)).toBe(200);
    expect(await useKey(key, "GET", "/wabas/100000000000004")).toBe(404);
    expect(await useKey(key, "POST", `/wabas/${WABA}/check`)).toBe(403);
  });

  test("finds the key again by pasting it; its secret stays out of the address", async () => {
    await hub.app.api("POST", "/api-keys", { name: "another", role: "viewer" });
    await page.reload();
    await page.getByRole("searchbox", { name: "Search API keys" }).fill(key);
    await page.getByRole("row", { name: /another/ }).waitFor({ state: "detached" });
    await page.getByRole("row", { name: /billing service/ }).waitFor();
    expect(new URL(page.url()).searchParams.get("q")).toBe(key.split("_").slice(0, 2).join("_"));
  });

  test("revokes it by its name, and the program is refused at once", async () => {
    await page.getByRole("button", { name: "Revoke billing service" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
    await page.getByText("Was revoked").waitFor();
    expect(await useKey(key, "GET", `/wabas/${WABA}`)).toBe(401);
  });

  test("reads in the audit who did that, and what the program was refused", async () => {
    await settingsPage(page, "audit");
    const revoked = page.getByRole("row", { name: /Revoke API key/ }).first();
    await untilSeen(revoked, "Admin key", "billing service", "Done");
    expect(await revoked.locator("time").innerText()).toMatch(/UTC$/);
    await page.getByRole("button", { name: "Refused" }).click();
    const refused = page.getByRole("row", { name: /Check WABA now/ }).first();
    await untilSeen(refused, "billing service", "Refused");
    await refused.getByRole("button", { name: /Details/ }).click();
    await page.getByRole("link", { name: /not_permitted/ }).waitFor();
    expect(await accessibilityFaultsOf(page)).toEqual([]);
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Export" }).click();
    expect((await download).suggestedFilename()).toBe("audit.ndjson");
  });
});

describe("a person", () => {
  const email = "paula@provider.example";
  let page: Page;
  beforeAll(async () => {
    const invited = await hub.app.api("POST", "/users", { email, name: "Paula", role: "operator" });
    page = await hub.browser.page(TOUCH);
    await page.goto(invited.body.invitation.url);
    await page.getByLabel("New password").fill(PASSWORD);
    await page.getByRole("button", { name: "Set the password and go on" }).click();
    await page.waitForURL(`${hub.app.url()}/`);
  });

  test("sets up an authenticator app, keeps the recovery codes, and signs in with the app", async () => {
    const errors = collectErrors(page);
    await settingsPage(page, "security");
    await page.getByRole("button", { name: "Set up" }).click();
    await page.getByRole("img", { name: "QR code for the authenticator app" }).waitFor();
    const label = await page.getByRole("button", { name: /the app's secret/ }).getAttribute("aria-label");
    const app = new TOTP({
      secret: Secret.fromBase32((label ?? "").split(": ")[1]?.replaceAll(" ", "") ?? ""),
    });
    expect(await accessibilityFaultsOf(page)).toEqual([]);
    await page.getByLabel("Code that the app shows").fill(app.generate());
    await page.getByRole("button", { name: "Turn on" }).click();
    await page.getByRole("dialog", { name: "Keep your recovery codes" }).waitFor();
    expect(await page.getByRole("list", { name: "Recovery codes" }).getByRole("listitem").count()).toBe(10);
    await page.getByRole("button", { name: "I have kept them" }).click();
    await page.getByText("In force. 10 recovery codes are left.").waitFor();

    await page.context().clearCookies();
    await page.goto(`${hub.app.url()}/sign-in`);
    await page.getByRole("button", { name: "Use an e-mail address and a password" }).click();
    await page.getByLabel("E-mail address").fill(email);
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    // Each code counts once, so this is the next one.
    await page.getByLabel("Code").fill(app.generate({ timestamp: Date.now() + 30_000 }));
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.waitForURL(`${hub.app.url()}/`);
    expect(errors.filter((error) => !error.includes("401"))).toEqual([]);
  });

  test.each(["people", "api-keys", "audit"])("is not offered the page %s of administrators", async (name) => {
    await settingsPage(page, name);
    await page.getByText("You may not see this").waitFor();
    expect(await page.locator("main").getByRole("button").count()).toBe(0);
  });
});

test.each(["people", "api-keys", "audit", "security", "sessions"])(
  "the page %s fits a phone, and a finger meets everything on it",
  async (name) => {
    const page = await hub.signedIn(`/settings/${name}`, { ...TOUCH, colorScheme: "dark" });
    expect(await fitsWidth(page)).toBe(true);
    expect(await accessibilityFaultsOf(page)).toEqual([]);
    expect(await page.evaluate<string[]>(SMALL_TARGETS)).toEqual([]);
    await page.context().close();
  },
);
