/** Embedded Signup as a person goes through it, and every way out with what the opening page hears. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { BrowserContext } from "playwright-core";
import { openBrowser } from "../support/browser.ts";
import type { TestBrowser } from "../support/browser.ts";
import { APP_SECRET, PARTNER, startHarness } from "../wire/emulator-harness.ts";
import type { Harness } from "../wire/emulator-harness.ts";
import { beginSignup, startOpener } from "./opener.ts";
import type { Heard, Opener, Signup } from "./opener.ts";

const PLATFORM_CONFIG = "620000000000001";

let browser: TestBrowser;
let harness: Harness;
let opener: Opener;
let context: BrowserContext;

beforeAll(async () => {
  [browser, harness] = await Promise.all([openBrowser(), startHarness()]);
  opener = await startOpener(harness.emulator.url);
});
afterAll(() => Promise.all([browser.stop(), harness.stop(), opener.stop()]));
beforeEach(async () => {
  await harness.control("POST", "/reset");
  context = await browser.context();
});
afterEach(() => context.close());

const begin = (login?: Parameters<typeof beginSignup>[2]): Promise<Signup> =>
  beginSignup(context, opener, login);

function eventIn(heard: Heard[]): unknown {
  return heard.find((each) => each.kind === "event")?.said;
}

function codeIn(heard: Heard[]): string | undefined {
  return heard.find((each) => each.kind === "callback")?.said.authResponse?.code;
}

/** Up to the choice of the account, in this client's portfolio. */
async function asClient(signup: Signup, name: string): Promise<void> {
  await signup.press("Continue");
  await signup.choose(name);
  await signup.press("Next");
}

async function exchange(code: string): Promise<{ status: number; body: { access_token?: string } }> {
  const query = new URLSearchParams({ client_id: "600000000000001", client_secret: APP_SECRET, code });
  return harness.graph("GET", `/v25.0/oauth/access_token?${query.toString()}`, { token: null });
}

async function tokenReads(wabaId: string, token: string | undefined): Promise<number> {
  return (await harness.graph("GET", `/v25.0/${wabaId}?fields=id`, { token: token ?? "none" })).status;
}

describe("a signup that ends well", () => {
  test("an existing account after a removal: the share stands again, and the code works once", async () => {
    await harness.act("partner.remove", { waba_id: "100000000000001", silent: true });
    const signup = await begin({ config_id: PLATFORM_CONFIG });
    await asClient(signup, "Northwind Florist");
    await signup.choose("100000000000001");
    await signup.press("Next");
    await signup.choose("+1 555 010 0001");
    await signup.press("Next");
    await signup.press("Confirm");
    await signup.press("Finish");
    const heard = await signup.ended();
    expect(eventIn(heard)).toMatchObject({
      type: "WA_EMBEDDED_SIGNUP",
      event: "FINISH",
      data: {
        waba_id: "100000000000001",
        phone_number_id: "200000000000001",
        business_id: "510000000000001",
      },
    });
    const answer = await exchange(codeIn(heard) ?? "");
    expect(answer.status).toBe(200);
    expect(await tokenReads("100000000000001", answer.body.access_token)).toBe(200);
    expect((await exchange(codeIn(heard) ?? "")).status).toBe(400);
    const events = (await harness.delivered(2)).map(
      (each) => JSON.parse(each.body).entry[0].changes[0].value,
    );
    expect(events.map((each) => each.event)).toEqual(["PARTNER_ADDED", "PARTNER_APP_INSTALLED"]);
  });

  test("a new portfolio, a new account and a new number with its code", async () => {
    const signup = await begin({ config_id: PLATFORM_CONFIG });
    await signup.press("Continue");
    await signup.choose("Create a business portfolio");
    await signup.dialog.getByLabel("Name of a new portfolio").fill("Tallow & Wick");
    await signup.press("Next");
    await signup.choose("Create a WhatsApp account");
    await signup.press("Next");
    await signup.press("Next");
    await signup.dialog.getByLabel("New number", { exact: true }).fill("+1 555 010 0900");
    await signup.press("Next");
    const hint = await signup.dialog.getByText("The simulated message says").innerText();
    await signup.dialog.getByLabel("Six-digit code").fill(/\d{6}/.exec(hint)?.[0] ?? "");
    await signup.press("Verify");
    await signup.press("Confirm");
    await signup.press("Finish");
    const event = eventIn(await signup.ended()) as { event: string; data: Record<string, string> };
    expect(event.event).toBe("FINISH");
    const { wabas, businesses } = (await harness.control("GET", "/state")).body;
    const waba = wabas.find((each: { id: string }) => each.id === event.data["waba_id"]);
    expect(waba).toMatchObject({ name: "Tallow & Wick", business_id: event.data["business_id"] });
    expect(waba.partners).toEqual([expect.objectContaining({ business_id: PARTNER, full_control: true })]);
    expect(businesses.map((each: { name: string }) => each.name)).toContain("Tallow & Wick");
  });

  test("without a number: FINISH_ONLY_WABA", async () => {
    const signup = await begin({ config_id: PLATFORM_CONFIG });
    await asClient(signup, "Linden Books");
    await signup.press("Next");
    await signup.choose("Add a number later");
    await signup.press("Next");
    await signup.press("Confirm");
    await signup.press("Finish");
    expect(eventIn(await signup.ended())).toEqual({
      type: "WA_EMBEDDED_SIGNUP",
      event: "FINISH_ONLY_WABA",
      data: { waba_id: "100000000000008", business_id: "510000000000007" },
    });
  });

  test("the number of the app: confirmed on the phone, and the message names the account only", async () => {
    await harness.act("coexistence.disconnect", { waba_id: "100000000000003", silent: true });
    const signup = await begin();
    await asClient(signup, "Harbor Bakery");
    await signup.choose("Harbor Bakery");
    await signup.press("Next");
    await signup.dialog.getByLabel("Six-digit code").fill("000000");
    await signup.press("Verify");
    await signup.dialog.getByText("Confirm the connection in the WhatsApp Business app first").waitFor();
    const [phone] = await Promise.all([
      context.waitForEvent("page"),
      signup.dialog.getByRole("link", { name: "the phone in this simulator" }).click(),
    ]);
    await phone.getByRole("link", { name: "Connect" }).click();
    await phone.getByRole("button", { name: "Confirm" }).click();
    const code = await phone.locator("#signup-code").innerText();
    await signup.dialog.getByLabel("Six-digit code").fill(code);
    await signup.press("Verify");
    await signup.press("Confirm");
    await signup.press("Finish");
    const heard = await signup.ended();
    expect(eventIn(heard)).toEqual({
      type: "WA_EMBEDDED_SIGNUP",
      event: "FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING",
      data: { waba_id: "100000000000003" },
      version: 3,
    });
    await phone.reload();
    await phone.getByText("Connected to the Business Platform").waitFor();
  });

  test("a number of the app that is on no account yet has a phone of its own", async () => {
    const signup = await begin({ extras: { featureType: "whatsapp_business_app_onboarding" } });
    await asClient(signup, "Linden Books");
    await signup.choose("Another number of the app");
    await signup.press("Next");
    await signup.dialog.getByLabel("The number in your WhatsApp Business app").fill("+1 555 010 0777");
    await signup.dialog.getByLabel("Name that customers see").fill("Linden at home");
    await signup.press("Next");
    const phone = await context.newPage();
    await phone.goto(`${harness.emulator.url}/phone/15550100777?screen=connect`);
    await phone.getByRole("button", { name: "Confirm" }).click();
    await signup.dialog.getByLabel("Six-digit code").fill(await phone.locator("#signup-code").innerText());
    await signup.press("Verify");
    await signup.press("Confirm");
    await signup.press("Finish");
    const event = eventIn(await signup.ended()) as { data: { waba_id: string } };
    const { numbers } = (await harness.control("GET", "/state")).body;
    expect(numbers.find((each: { waba_id: string }) => each.waba_id === event.data.waba_id)).toMatchObject({
      coexistence: true,
      status: "CONNECTED",
    });
  });

  test("closing the window on the last screen counts as success", async () => {
    const signup = await begin({ config_id: PLATFORM_CONFIG });
    await toLastScreen(signup);
    await closeWindow(signup);
    const heard = await signup.ended();
    expect(eventIn(heard)).toMatchObject({ event: "FINISH" });
    expect((await exchange(codeIn(heard) ?? "")).status).toBe(200);
  });

  test("a person may rest on the last screen: the code's 30 s begin when the window closes", async () => {
    await harness.control("POST", "/clock", { mode: "frozen" });
    const signup = await begin({ config_id: PLATFORM_CONFIG });
    await toLastScreen(signup);
    await harness.control("POST", "/clock", { advance_ms: 300_000 });
    await signup.press("Finish");
    const code = codeIn(await signup.ended()) ?? "";
    await harness.control("POST", "/clock", { advance_ms: 31_000 });
    expect((await exchange(code)).status).toBe(400);
    await harness.control("POST", "/clock", { mode: "real" });
  });

  test.each([
    ["event_first", ["event", "noise", "callback"]],
    ["code_first", ["noise", "callback", "event"]],
  ])("knob signup_order %s", async (order, kinds) => {
    await harness.control("POST", "/knobs", { signup_order: order });
    const signup = await begin({ config_id: PLATFORM_CONFIG });
    await toLastScreen(signup);
    await signup.press("Finish");
    await signup.ended();
    await signup.opener.waitForFunction("heard.length === 3");
    const heard = await signup.opener.evaluate<Heard[]>("heard");
    expect(heard.map((each) => each.kind)).toEqual(kinds);
  });
});

async function toLastScreen(signup: Signup): Promise<void> {
  await asClient(signup, "Linden Books");
  await signup.press("Next");
  await signup.press("Next");
  await signup.press("Confirm");
  await signup.dialog.getByRole("heading", { name: "All set" }).waitFor();
}

/** As the cross of the window does. */
async function closeWindow(signup: Signup): Promise<void> {
  await Promise.all([signup.dialog.waitForEvent("close"), signup.dialog.evaluate("window.close()")]);
}

describe("leaving", () => {
  const steps: [string, string, (signup: Signup) => Promise<void>][] = [
    ["BUSINESS_ACCOUNT_SELECTION", "Choose a business portfolio", (signup) => signup.press("Continue")],
    ["WABA_PHONE_PROFILE_PICKER", "Choose a WhatsApp account", (signup) => asClient(signup, "Linden Books")],
    ["WHATSAPP_BUSINESS_PROFILE_SETUP", "Create a WhatsApp account", toProfile],
    ["PHONE_NUMBER_SETUP", "Add a phone number", toNumber],
    ["PHONE_NUMBER_VERIFICATION", "Verify the phone number", toVerification],
    ["PERMISSIONS", "Review what is shared", toPermissions],
  ];

  test.each(steps)("on %s", async (step, heading, goThere) => {
    const signup = await begin({ config_id: PLATFORM_CONFIG });
    await goThere(signup);
    await signup.dialog.getByRole("heading", { name: heading }).waitFor();
    await closeWindow(signup);
    const heard = await signup.ended();
    expect(eventIn(heard)).toEqual(cancelled(step));
    expect(heard.at(-1)?.said).toEqual({ authResponse: null, status: "unknown" });
    expect(await harness.deliveries()).toEqual([]);
  });

  test("by the button Cancel", async () => {
    const signup = await begin({ config_id: PLATFORM_CONFIG });
    await toPermissions(signup);
    await signup.press("Cancel");
    const heard = await signup.ended();
    expect(heard.filter((each) => each.kind === "event").map((each) => each.said)).toEqual([
      cancelled("PERMISSIONS"),
    ]);
  });

  function cancelled(step: string): object {
    return { type: "WA_EMBEDDED_SIGNUP", event: "CANCEL", data: { current_step: step }, version: 3 };
  }

  test("before signing in nothing is said but the callback", async () => {
    const signup = await begin();
    await closeWindow(signup);
    const heard = await signup.ended();
    expect(eventIn(heard)).toBeUndefined();
    expect(codeIn(heard)).toBeUndefined();
  });

  test("Back and reload end nothing", async () => {
    const signup = await begin({ config_id: PLATFORM_CONFIG });
    await toNumber(signup);
    await signup.press("Back");
    await signup.press("Back");
    await signup.dialog.keyboard.press("F5");
    await signup.dialog.getByRole("heading", { name: "Choose a WhatsApp account" }).waitFor();
    expect(await signup.opener.evaluate("heard")).toEqual([]);
  });

  async function toProfile(signup: Signup): Promise<void> {
    await asClient(signup, "Linden Books");
    await signup.choose("Create a WhatsApp account");
    await signup.press("Next");
  }
  async function toNumber(signup: Signup): Promise<void> {
    await toProfile(signup);
    await signup.press("Next");
  }
  async function toVerification(signup: Signup): Promise<void> {
    await toNumber(signup);
    await signup.dialog.getByLabel("New number", { exact: true }).fill("15550100901");
    await signup.press("Next");
  }
  async function toPermissions(signup: Signup): Promise<void> {
    await asClient(signup, "Linden Books");
    await signup.press("Next");
    await signup.press("Next");
  }
});

describe("errors", () => {
  test("after a takeover the signup answers 2655093, and reports it", async () => {
    await harness.act("partner.takeover", { waba_id: "100000000000008", silent: true });
    const signup = await begin({ config_id: PLATFORM_CONFIG });
    await asClient(signup, "Linden Books");
    await signup.press("Next");
    await signup.dialog.getByText("already shared with a partner").waitFor();
    await signup.press("Report and close");
    expect(eventIn(await signup.ended())).toEqual({
      type: "WA_EMBEDDED_SIGNUP",
      event: "CANCEL",
      data: {
        error_message: expect.stringContaining("already shared"),
        error_code: "2655093",
        session_id: expect.stringMatching(/^[0-9a-f]{15}$/),
        timestamp: expect.stringMatching(/^\d{10}$/),
      },
      version: 3,
    });
  });

  test("a number of the app cannot be taken by the platform's configuration: 3441030", async () => {
    const signup = await begin({ config_id: PLATFORM_CONFIG });
    await asClient(signup, "Harbor Bakery");
    await signup.press("Next");
    expect(await signup.dialog.locator("#error-code").innerText()).toBe("3441030");
    await signup.press("Try again");
    await signup.dialog.getByRole("heading", { name: "Choose a WhatsApp account" }).waitFor();
  });

  test("a wrong code: 2593039, and a second try", async () => {
    await harness.act("partner.remove", { waba_id: "100000000000008", silent: true });
    const signup = await begin({ config_id: PLATFORM_CONFIG });
    await asClient(signup, "Linden Books");
    await signup.press("Next");
    await signup.choose("Add a new number");
    await signup.dialog.getByLabel("New number", { exact: true }).fill("15550100902");
    await signup.press("Next");
    await signup.dialog.getByLabel("Six-digit code").fill("000000");
    await signup.press("Verify");
    expect(await signup.dialog.locator("#error-code").innerText()).toBe("2593039");
    await signup.press("Try again");
    await signup.dialog.getByLabel("Six-digit code").waitFor();
  });

  test("any code of Meta's list, by hand, on any screen", async () => {
    const signup = await begin();
    await signup.dialog.getByText("Simulator: let this screen fail").click();
    await signup.dialog.getByLabel("Error").selectOption("2494091");
    await signup.press("Fail here");
    await closeWindow(signup);
    expect(eventIn(await signup.ended())).toMatchObject({ event: "CANCEL", data: { error_code: "2494091" } });
  });

  test("a slip is said on the same screen", async () => {
    const signup = await begin({ config_id: PLATFORM_CONFIG });
    await signup.press("Continue");
    await signup.choose("Create a business portfolio");
    await signup.press("Next");
    await signup.dialog.getByText("Enter the name of the business.").waitFor();
  });

  test("a reset of the world ends the signup", async () => {
    const signup = await begin();
    await harness.control("POST", "/reset");
    await signup.press("Continue");
    await signup.dialog.getByRole("heading", { name: "This signup has ended" }).waitFor();
  });

  test.each([
    ["client_id=1&config_id=2&response_type=code", "Invalid App ID"],
    ["client_id=600000000000001&config_id=x&response_type=code", "Sorry, something went wrong"],
    ["client_id=600000000000001&config_id=2&response_type=token", "Not emulated"],
  ])("%s: %s", async (query, heading) => {
    const page = await context.newPage();
    await page.goto(`${harness.emulator.url}/v25.0/dialog/oauth?${query}`);
    await page.getByRole("heading", { name: heading }).waitFor();
  });
});
