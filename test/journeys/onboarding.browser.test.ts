/**
 * An operator invites a client, watches it arrive, goes through Embedded Signup with another one on the
 * phone, registers a number, and accepts a successor. Tests of one block run in order; each is the next
 * sentence.
 */
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accessibilityFaultsOf, collectErrors, fitsWidth, PHONE, WIDE } from "../support/browser.ts";
import { openHub, untilCount, untilLoaded, untilSeen, untilStatus, type TestHub } from "../support/hub.ts";
import { until } from "../support/until.ts";

const NORTHWIND = { waba: "100000000000001", business: "510000000000001" };
const ATLAS = { waba: "100000000000004", number: "+1 555 010 0005", name: "Atlas Cycles" };
const SIBLING = "100000000000002";

let hub: TestHub;
beforeAll(async () => {
  hub = await openHub();
}, 180_000);
afterAll(() => hub?.stop());

const api = async (method: string, path: string, body?: unknown) =>
  (await hub.app.api(method, path, body)).body;

/** The client finishes Meta's window elsewhere; both events come over the API. */
async function finish(signupId: string, choice: object): Promise<void> {
  const { attempt_id } = await api("POST", `/signups/${signupId}/events`, { type: "begun" });
  const { code, event } = (await hub.app.emulator("POST", "/signup", choice)).body;
  await api("POST", `/signups/${signupId}/events`, { type: "code", attempt_id, code });
  await api("POST", `/signups/${signupId}/events`, { type: "session", attempt_id, message: event });
}

const rowOf = (page: Page, name: string): Locator => page.locator(".row-card", { hasText: name });

describe("an invitation", () => {
  let page: Page;
  let errors: string[];
  let signupId: string;

  test("begins on an empty page that says what comes next", async () => {
    page = await hub.signedIn("/onboarding");
    errors = collectErrors(page);
    await untilSeen(page, "No invitations yet");
    expect(await accessibilityFaultsOf(page)).toEqual([]);
  });

  test("is made in a dialog with an address of its own, and gives a link", async () => {
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: "Commands and search" }).fill("invite");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/onboarding?invite=true");
    await page.getByLabel("Client's name").fill("Willow Books");
    await page.getByLabel("Your reference").fill("crm-4711");
    await page.getByLabel("Language").selectOption("de");
    await page.getByText("Metadata and return addresses").click();
    await page.getByLabel("Key 1").fill("deal");
    await page.getByLabel("Value 1").fill("spring");
    expect(await accessibilityFaultsOf(page)).toEqual([]);
    await page.getByRole("button", { name: "Create link" }).click();
    await page.getByRole("dialog", { name: "Send this to the client" }).waitFor();
    const { data } = await api("GET", "/signups?q=crm-4711");
    expect(data).toHaveLength(1);
    expect(data[0]).toMatchObject({
      external_id: "crm-4711",
      language: "de",
      metadata: { name: "Willow Books", deal: "spring" },
    });
    signupId = data[0].id;
    const link = await api("POST", `/signups/${signupId}/invitation-link`, {});
    await untilSeen(page, link.url);
    expect(await accessibilityFaultsOf(page)).toEqual([]);
  });

  test("comes with a text in the client's language, to copy or to mail", async () => {
    const text = page.getByLabel("Text", { exact: true });
    expect(await text.inputValue()).toContain("bitte verbinden Sie Ihre WhatsApp-Nummer mit 360dialog");
    expect(await text.inputValue()).toContain("?lang=de");
    await page.getByLabel("Language").selectOption("pt");
    expect(await text.inputValue()).toContain("conecte o seu número do WhatsApp com a 360dialog");
    const mail = await page.getByRole("link", { name: "Compose email" }).getAttribute("href");
    const body = new URL(mail ?? "").searchParams.get("body");
    expect(body?.replaceAll("\r\n", "\n")).toBe(await text.inputValue());
    await page.getByRole("button", { name: "Done", exact: true }).click();
    await page.waitForURL("**/onboarding");
  });

  test("a return address that is not allowed is refused in words", async () => {
    await page.getByRole("button", { name: "Invite a client" }).click();
    await page.getByText("Metadata and return addresses").click();
    await page.getByLabel("When it is done").fill("https://elsewhere.example/");
    await page.getByRole("button", { name: "Create link" }).click();
    await untilSeen(page.getByRole("alert"), "This return address is not on the allow-list");
    await page.getByRole("button", { name: "Cancel" }).click();
  });

  test("is in the list, which changes to ready by itself when the client arrives", async () => {
    await untilSeen(rowOf(page, "Willow Books"), "The invitation was not opened yet.", "The client says");
    await finish(signupId, {
      new_business: { name: "Willow Books" },
      new_waba: { name: "Willow Books" },
      new_phone: { display_phone_number: "+1 555 019 0001", verified_name: "Willow Books" },
    });
    await rowOf(page, "Willow Books").locator('.status[data-lamp="green"]', { hasText: "Ready" }).waitFor();
    await page.getByRole("button", { name: /^Ready 1/ }).click();
    await page.waitForURL("**/onboarding?state=ready");
    await untilCount(page.locator(".row-card"), 1);
    await page.getByRole("button", { name: /^Invited 0/ }).click();
    await untilSeen(page, "No signup matches");
    await page.goBack();
    await untilCount(page.locator(".row-card"), 1);
  });

  test("its page shows each step, the attempt and the WABA that came", async () => {
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.waitForURL(`**/onboarding/${signupId}`);
    await untilCount(page.locator(".signup-steps .step[data-done=true]"), 5);
    await untilSeen(page.getByRole("table"), "Finished");
    await page.getByRole("link", { name: "Willow Books" }).click();
    await page.waitForURL("**/wabas/*");
    await untilStatus(page, "LIVE", "green");
    expect(errors.filter((error) => !/status of 400/.test(error))).toEqual([]);
    await page.context().close();
  });
});

describe("with a client on the phone", () => {
  let page: Page;
  let dialog: Page;

  const press = async (name: string): Promise<void> => {
    // A button that ends the signup takes its window with it, sometimes before the click is reported as done.
    await dialog
      .getByRole("button", { name, exact: true })
      .click()
      .catch((error: unknown) => {
        if (!dialog.isClosed()) throw error;
      });
  };
  const openWindow = async (name: string): Promise<void> => {
    const popup = page.waitForEvent("popup");
    await page.getByRole("button", { name }).click();
    dialog = await popup;
    await dialog.getByRole("heading", { name: "Sign in" }).waitFor();
  };

  test("the way back by Embedded Signup begins on the WABA's page, with a signup made for it", async () => {
    page = await hub.signedIn(`/wabas/${ATLAS.waba}?way=embedded_signup`);
    // S20: the page is loaded anew, for only the page of a signup admits Meta's script.
    const policies: string[] = [];
    page.on("response", (answer) => {
      if (answer.request().isNavigationRequest() && answer.frame() === page.mainFrame())
        policies.push(answer.headers()["content-security-policy"] ?? "");
    });
    await page.getByRole("button", { name: "Connect together now" }).click();
    await page.waitForURL("**signup=sgn_*");
    await page.getByRole("button", { name: "Open Meta's window" }).waitFor();
    expect(policies).toEqual([expect.stringMatching(/script-src 'self' http:\S+\/sdk\.js;/)]);
    policies.length = 0;
    expect(await accessibilityFaultsOf(page)).toEqual([]);
  });

  test("a window that is left says so, and starts again", async () => {
    await openWindow("Open Meta's window");
    await untilSeen(page, "Meta's window is open");
    await press("Continue");
    await press("Cancel");
    await untilSeen(page, "You left before the end");
  });

  test("the window that is finished brings it back: the steps tick, and the page becomes green", async () => {
    await openWindow("Start again");
    await press("Continue");
    await dialog.getByRole("radio", { name: ATLAS.name }).check();
    await press("Next");
    await dialog.getByRole("radio", { name: ATLAS.waba }).check();
    await press("Next");
    await dialog.getByRole("radio", { name: ATLAS.number }).check();
    await press("Next");
    await press("Confirm");
    await press("Finish");
    await untilStatus(page, "LIVE", "green");
    await untilSeen(page, "Repaired");
    const [signup] = (await api("GET", `/signups?waba_id=${ATLAS.waba}`)).data;
    await until("the signup is ready", async () =>
      (await api("GET", `/signups/${signup.id}`)).state === "ready" ? true : undefined,
    );
    const { attempts } = await api("GET", `/signups/${signup.id}`);
    expect((await api("GET", `/signups?waba_id=${ATLAS.waba}`)).data).toHaveLength(1);
    expect(attempts.map((attempt: { outcome: string }) => attempt.outcome)).toEqual(["finished", "left"]);
  });

  test("an invitation that leaves the flow to the client asks before its window opens, and opens the right one", async () => {
    const { id } = await api("POST", "/signups", { metadata: { name: "Ruby Salon" } });
    const other = await hub.signedIn(`/onboarding/${id}`);
    const open = other.getByRole("button", { name: "Open Meta's window" });
    expect(await open.getAttribute("aria-disabled")).toBe("true");
    await other.getByLabel("Yes, and the client keeps using the app").check();
    await other.locator('button[aria-disabled="false"]', { hasText: "Open Meta's window" }).waitFor();
    expect(await accessibilityFaultsOf(other)).toEqual([]);
    const asking = other.context().waitForEvent("request", (request) => request.url().includes("config_id="));
    await open.click();
    const asked = new URL((await asking).url()).searchParams.get("config_id");
    await until("the answer is kept", async () =>
      (await api("GET", `/signups/${id}`)).flow === "coexistence" ? true : undefined,
    );
    const { launches } = await api("GET", `/signups/${id}`);
    expect(launches.platform.config_id).not.toBe(launches.coexistence.config_id);
    expect(asked).toBe(launches.coexistence.config_id);
    await other.context().close();
  });

  test("where clients give up is counted", async () => {
    await page.getByRole("link", { name: "Onboarding" }).click();
    await untilSeen(page.locator("[data-part=funnel-outcomes]"), "Left before the end", "Finished");
    await page.context().close();
  });
});

describe("a number that Meta deregistered", () => {
  test("is registered from its WABA's page; its PIN is asked for when nobody knows it", async () => {
    const { numbers } = await hub.app.waba(SIBLING);
    const { phone_number_id, display_phone_number } = numbers[0];
    await hub.app.act("number.deregister", { phone_number_id });
    await hub.app.check(SIBLING);
    const page = await hub.signedIn(`/wabas/${SIBLING}`);
    await page
      .getByRole("button", { name: `Register ${display_phone_number}` })
      .first()
      .click();
    const field = page.getByLabel(`PIN of ${display_phone_number}`);
    await field.fill("12");
    await page.getByRole("button", { name: "Register with this PIN" }).click();
    await untilSeen(page, "Six digits.");
    await field.fill("000000");
    await page.getByRole("button", { name: "Register with this PIN" }).click();
    await untilSeen(page.getByRole("alert"), "The PIN was not accepted");
    expect(await accessibilityFaultsOf(page)).toEqual([]);
    await field.fill("123456");
    await page.getByRole("button", { name: "Register with this PIN" }).click();
    await untilStatus(page, "LIVE", "green");
    await page.context().close();
  });
});

describe("a WABA that was deleted", () => {
  test("has a successor once the operator has accepted it, in a question that names both", async () => {
    await hub.app.act("waba.delete", { waba_id: NORTHWIND.waba });
    await hub.app.untilStatus(NORTHWIND.waba, "permission_removed", "waba_deleted");
    const { id } = await api("POST", "/signups", { waba_id: NORTHWIND.waba });
    await finish(id, {
      business_id: NORTHWIND.business,
      new_waba: { name: "Northwind Two" },
      new_phone: { display_phone_number: "+1 555 019 0002", verified_name: "Northwind Two" },
    });
    const page = await hub.signedIn(`/onboarding/${id}`);
    await untilSeen(page, "Another WABA was chosen");
    await page.getByRole("button", { name: "Accept as successor" }).click();
    const question = page.getByRole("dialog", { name: "Accept as successor?" });
    await untilSeen(question, "Northwind Two", NORTHWIND.waba);
    expect(await accessibilityFaultsOf(page)).toEqual([]);
    await question.getByRole("button", { name: "Accept as successor" }).click();
    await page.locator('.waba-head .status[data-lamp="green"]', { hasText: "Ready" }).waitFor();
    await page.context().close();
  });
});

describe("every page, in light and dark, wide and on a phone", () => {
  test("has no accessibility fault and fits its window", async () => {
    const { data } = await api("GET", "/signups");
    const oneOfEach = Map.groupBy(data as { id: string; state: string }[], ({ state }) => state).values();
    const page = await hub.signedIn("/onboarding");
    const paths = [
      "/onboarding",
      "/onboarding?invite=true",
      "/onboarding?q=nobody",
      "/onboarding/sgn_nobody",
      ...[...oneOfEach].map(([signup]) => `/onboarding/${signup?.id ?? ""}`),
    ];
    for (const path of paths) {
      for (const colorScheme of ["light", "dark"] as const) {
        for (const size of [WIDE, PHONE]) {
          await page.setViewportSize(size);
          await page.emulateMedia({ colorScheme });
          await page.goto(hub.app.url() + path);
          await untilLoaded(page);
          expect([path, colorScheme, await accessibilityFaultsOf(page)]).toEqual([path, colorScheme, []]);
          expect([path, await fitsWidth(page)]).toEqual([path, true]);
        }
      }
    }
    await page.context().close();
  }, 120_000);

  test("an invitation that was abandoned says so and offers nothing more", async () => {
    const { id } = await api("POST", "/signups", { metadata: { name: "Old Mill" } });
    const page = await hub.signedIn(`/onboarding/${id}`);
    await page.getByRole("button", { name: "Abandon" }).click();
    await page.getByRole("button", { name: "Abandon signup" }).click();
    await untilSeen(page, "This signup was given up");
    expect(await page.getByRole("button", { name: "Open Meta's window" }).count()).toBe(0);
    await page.context().close();
  });
});
