/** P14: what a role may not do is never offered: no button, no dialog, no command, no key. P13: what is offered first is the next step of the job. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openHub, untilLoaded, untilSeen, type TestHub } from "../support/hub.ts";

const PAGES = {
  overview: "/",
  wabas: "/wabas",
  "a live WABA": "/wabas/100000000000001",
  "a lost WABA": "/wabas/100000000000004",
  "a lost coexistence WABA": "/wabas/100000000000006",
  "a found WABA": "/wabas/100000000000007",
  "a live number": "/numbers/200000000000001",
  "a lost number": "/numbers/200000000000005",
  onboarding: "/onboarding?days=all",
  observe: "/observe",
  connection: "/connection",
};
/** What an operator is offered somewhere on these pages. */
const ACTS =
  /^(Check now|Send link to client|Adopt this WABA|Stop messages|End on purpose|Let messages flow again|Create key|Revoke.*|Invite a client|Only observe|Enforce|Start.*|Begin.*|Register.*|More acts)$/;

/** The Hub is built when it must be, and a busy machine takes its time. */
const START_MS = 180_000;

let hub: TestHub;
beforeAll(async () => {
  hub = await openHub();
}, START_MS);
afterAll(() => hub?.stop());

const actsOn = async (page: Page): Promise<string[]> => {
  const buttons = await page.locator("main").getByRole("button", { name: ACTS }).all();
  return Promise.all(buttons.map((button) => button.innerText()));
};

describe("a viewer", () => {
  let page: Page;
  const writes: string[] = [];
  beforeAll(async () => {
    page = await hub.signedIn("/");
    page.on("request", (request) => {
      if (request.method() !== "GET") writes.push(`${request.method()} ${request.url()}`);
    });
    await page.route("**/api/v1/session", async (route) => {
      const answer = await route.fetch();
      const session = (await answer.json()) as { actor: object };
      await route.fulfill({
        response: answer,
        json: { ...session, actor: { ...session.actor, role: "viewer" } },
      });
    });
  });

  test.each(Object.entries(PAGES))("is offered nothing to do on %s", async (_name, path) => {
    await page.goto(hub.house.url() + path);
    await untilLoaded(page);
    expect(await actsOn(page)).toEqual([]);
    for (const key of ["c", "l"]) await page.keyboard.press(key);
    expect(await page.getByRole("dialog").count()).toBe(0);
    await page.keyboard.press("Control+k");
    await page.getByRole("dialog").getByRole("combobox").fill("invite");
    expect(await page.getByRole("option", { name: "Invite a client" }).count()).toBe(0);
    await page.keyboard.press("Escape");
    expect(writes).toEqual([]);
  });
});

describe("an operator", () => {
  test.each([
    ["/wabas/100000000000001", "Check now"],
    ["/wabas/100000000000004", "Send link to client"],
    ["/wabas/100000000000007", "Adopt this WABA"],
  ])("is offered the next step first on %s: %s", async (path, primary) => {
    const page = await hub.signedIn(path);
    expect(await page.locator(".waba-acts [data-primary=true]").allInnerTexts()).toEqual([primary]);
    expect(await actsOn(page)).toContain("Check now");
    await page.context().close();
  });

  test("P13: the link goes to the client by any channel, in its language", async () => {
    const page = await hub.signedIn("/wabas/100000000000004");
    await page.getByRole("button", { name: "Send link to client" }).click();
    const sheet = page.getByRole("dialog", { name: "Send link to client" });
    await sheet.getByRole("combobox").selectOption("de");
    const link = (await hub.house.waba("100000000000004")).reshare_url as string;
    expect(await sheet.getByRole("textbox").inputValue()).toContain(`${link}?lang=de`);
    const whatsApp = await sheet.getByRole("link", { name: /WhatsApp/ }).getAttribute("href");
    expect(decodeURIComponent(whatsApp ?? "")).toContain(`${link}?lang=de`);
    await sheet.getByRole("link", { name: "Write a mail" }).waitFor();
    await page.context().close();
  });

  test("P13: a check that changes nothing answers where it was clicked", async () => {
    const page = await hub.signedIn("/wabas/100000000000004");
    await page.getByRole("button", { name: "Check now" }).click();
    await untilSeen(page.locator(".check-result"), "Checked just now", "still BSP PERMISSION REMOVED");
    await page.context().close();
  });

  test("P14: the timeline says the name that the dialog announced", async () => {
    const page = await hub.signedIn("/wabas/100000000000008");
    await page.getByRole("button", { name: "More acts" }).click();
    await page.getByRole("menuitem", { name: "Stop messages" }).click();
    await untilSeen(page.getByRole("dialog"), "The timeline will say that “Admin key” did this.");
    await page.getByRole("textbox", { name: "Why" }).fill("Invoice 4711");
    await page.keyboard.press("Enter");
    await untilSeen(page.locator(".entry", { hasText: "Invoice 4711" }), "by Admin key");
    await page.context().close();
  });
});
