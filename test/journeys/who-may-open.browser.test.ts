/**
 * Not everybody who signs in may see everything: a client is led to its portal, the holder of one client's
 * key sees that client's WABAs, and where a second factor is required somebody without one adds it first.
 */
import { Secret, TOTP } from "otpauth";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accessibilityFaultsOf, collectErrors, fitsWidth, PHONE } from "../support/browser.ts";
import { openHub, untilLoaded, untilSeen, type TestHub } from "../support/hub.ts";

const PASSWORD = "violet tractor lamp";
const ATLAS = "100000000000004";
const START_MS = 180_000;

/** A new person's page, after the invitation was accepted. */
async function invited(hub: TestHub, person: { role: string; client_id?: string }): Promise<Page> {
  const email = `${person.role}@provider.example`;
  const { body } = await hub.app.api("POST", "/users", { name: "Kim", email, ...person });
  const page = await hub.browser.page({ viewport: PHONE });
  await page.goto(body.invitation.url);
  await page.getByLabel("New password").fill(PASSWORD);
  await page.getByRole("button", { name: "Set the password and go on" }).click();
  return page;
}

describe("here", () => {
  let hub: TestHub;
  let clientId: string;
  beforeAll(async () => {
    hub = await openHub();
    clientId = (await hub.app.waba(ATLAS)).client.id;
  }, START_MS);
  afterAll(() => hub?.stop());

  test("a client who signs in sees its portal, whatever page of the Hub it opens", async () => {
    const page = await invited(hub, { role: "client", client_id: clientId });
    await page.waitForURL("**/portal");
    await untilSeen(page, "Atlas Cycles");
    for (const path of ["/", "/wabas", "/settings"]) {
      await page.goto(hub.app.url() + path);
      await page.waitForURL("**/portal");
    }
  });

  test("the holder of one client's key sees its WABAs, and is offered nothing about all", async () => {
    const made = await hub.app.api("POST", "/api-keys", {
      ...{ name: "Atlas", role: "admin", client_id: clientId },
    });
    const page = await hub.browser.page();
    const errors = collectErrors(page);
    await page.goto(`${hub.app.url()}/sign-in`);
    await page.getByLabel("API key").fill(made.body.key);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL("**/wabas");
    await untilSeen(page, "Atlas Cycles");
    expect(await page.getByText("Northwind").count()).toBe(0);
    const links = page.getByRole("navigation", { name: "Main" }).getByRole("link");
    expect(await links.allInnerTexts()).not.toContain("Overview");
    await page.goto(`${hub.app.url()}/wabas/${ATLAS}`);
    await untilSeen(page, "BSP PERMISSION REMOVED");
    await page.goto(`${hub.app.url()}/settings`);
    await page.waitForURL("**/settings/security");
    await untilLoaded(page);
    expect(await page.getByRole("link", { name: "People" }).count()).toBe(0);
    expect(errors).toEqual([]);
  });
});

describe("where a second factor is required", () => {
  let hub: TestHub;
  beforeAll(async () => {
    hub = await openHub({ SECOND_FACTOR: "required" });
  }, START_MS);
  afterAll(() => hub?.stop());

  test("whoever has none adds one first, and then everything is open", async () => {
    const page = await invited(hub, { role: "support" });
    await page.waitForURL("**/second-factor");
    await page.getByRole("heading", { name: "Add a second factor" }).waitFor();
    await page.getByRole("button", { name: "Set up" }).waitFor();
    expect(await accessibilityFaultsOf(page)).toEqual([]);
    expect(await fitsWidth(page)).toBe(true);
    await page.goto(`${hub.app.url()}/wabas`);
    await page.waitForURL("**/second-factor");
    await page.getByRole("button", { name: "Set up" }).click();
    const label = await page.getByRole("button", { name: /the app's secret/ }).getAttribute("aria-label");
    const app = new TOTP({
      secret: Secret.fromBase32((label ?? "").split(": ")[1]?.replaceAll(" ", "") ?? ""),
    });
    await page.getByLabel("Code that the app shows").fill(app.generate());
    await page.getByRole("button", { name: "Turn on" }).click();
    await page.getByRole("button", { name: "I have kept them" }).click();
    await page.getByRole("button", { name: "Go on to the Hub" }).click();
    await page.waitForURL(`${hub.app.url()}/`);
    await untilSeen(page, "Overview");
  });
});
