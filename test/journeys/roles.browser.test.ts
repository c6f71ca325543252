/**
 * P14: what a role may not do is never offered: no button, no dialog, no command, no key. P13: what is
 * offered first is the next step of the job.
 */
import type { Page, Request } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ROUTES } from "../../src/http/server/route-table.ts";
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
  people: "/settings/people",
  "API keys": "/settings/api-keys",
  audit: "/settings/audit",
  "own security": "/settings/security",
};
/** What an operator is offered somewhere on these pages. */
const ACTS =
  /^(Check now|Send link to client|Adopt this WABA|Stop messages|Offboard|Resume messages|Create key|Revoke.*|Invite a client|Only observe|Enforce|Start.*|Begin.*|Register.*|Accept.*|Confirm.*|More acts|Invite somebody|Export)$/;

/** The route that answers a request, by the same table that the server mounts. */
const routeOf = (request: Request) => {
  const { pathname } = new URL(request.url());
  const fits = (path: string): boolean =>
    new RegExp(`^${path.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(pathname);
  return ROUTES.find(({ method, path }) => method === request.method() && fits(path));
};
const mayViewer = (request: Request): boolean => ["anyone", "viewer"].includes(routeOf(request)?.who ?? "");

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
  /** What the server would have refused, and every write. */
  const refused: string[] = [];
  beforeAll(async () => {
    page = await hub.signedIn("/");
    await page.route("**/api/v1/**", async (route, request) => {
      if (request.method() === "GET" && mayViewer(request)) return route.continue();
      refused.push(`${request.method()} ${new URL(request.url()).pathname}`);
      await route.fulfill({ status: 403, json: { code: "forbidden", title: "Forbidden", status: 403 } });
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
    await page.goto(hub.app.url() + path);
    await untilLoaded(page);
    expect(await actsOn(page)).toEqual([]);
    for (const key of ["c", "l"]) await page.keyboard.press(key);
    expect(await page.getByRole("dialog").count()).toBe(0);
    await page.keyboard.press("Control+k");
    await page.getByRole("dialog").getByRole("combobox").fill("invite");
    expect(await page.getByRole("option", { name: "Invite a client" }).count()).toBe(0);
    await page.keyboard.press("Escape");
    expect(await page.locator("main form").count()).toBe(0);
    expect(refused).toEqual([]);
  });

  test("reads that a link exists, and is given neither the link nor a button for it", async () => {
    const { id } = (await hub.app.api("POST", "/signups", {})).body;
    const pages = {
      [`/onboarding/${id}`]: "The client has an invitation link. An operator can copy or send it.",
      "/wabas/100000000000004": "The client has a re-share link. The role Support can send it.",
    };
    for (const [path, sentence] of Object.entries(pages)) {
      await page.goto(hub.app.url() + path);
      await untilSeen(page, sentence);
      expect(await page.getByRole("button", { name: /link/i }).count()).toBe(0);
    }
    expect(refused).toEqual([]);
  });

  test("sees which number waits for a PIN, and is not asked for it", async () => {
    const { id } = (await hub.app.api("POST", "/signups", { metadata: { name: "Willow Books" } })).body;
    await page.route(`**/api/v1/signups/${id}`, async (route) => {
      const answer = await route.fetch();
      const signup = (await answer.json()) as { steps: { id: string }[] };
      const waits = {
        status: "waiting",
        pins_wanted: [{ phone_number_id: "1", display_phone_number: "+1 555" }],
      };
      const steps = signup.steps.map((step) => (step.id === "register" ? { ...step, ...waits } : step));
      await route.fulfill({ response: answer, json: { ...signup, steps } });
    });
    await page.goto(`${hub.app.url()}/onboarding/${id}`);
    await untilSeen(page, "Waiting for the PIN");
    expect(await page.locator("main form").count()).toBe(0);
    expect(refused).toEqual([]);
    await page.unrouteAll({ behavior: "ignoreErrors" });
  });
});

describe("an operator", () => {
  test.each([
    ["/wabas/100000000000001", "Check now"],
    ["/wabas/100000000000004", "Send link to client"],
    ["/wabas/100000000000007", "Adopt this WABA"],
  ])("is offered the next step first on %s: %s", async (path, primary) => {
    const page = await hub.signedIn(path);
    expect(await page.locator(".waba-actions [data-variant=filled]").allInnerTexts()).toEqual([primary]);
    expect(await actsOn(page)).toContain("Check now");
    await page.context().close();
  });

  test("P13: the link goes to the client by any channel, in its language", async () => {
    const page = await hub.signedIn("/wabas/100000000000004");
    await page.getByRole("button", { name: "Send link to client" }).click();
    const sheet = page.getByRole("dialog", { name: "Send link to client" });
    await sheet.getByRole("combobox").selectOption("de");
    const { body } = await hub.app.api("POST", "/wabas/100000000000004/reshare-links", {});
    const link = String(body.url);
    expect(await sheet.getByRole("textbox").inputValue()).toContain(`${link}?lang=de`);
    const whatsApp = await sheet.getByRole("link", { name: /WhatsApp/ }).getAttribute("href");
    expect(decodeURIComponent(whatsApp ?? "")).toContain(`${link}?lang=de`);
    await sheet.getByRole("link", { name: "Compose email" }).waitFor();
    await page.context().close();
  });

  test("S10: the link of an invitation is asked for by the click that copies it", async () => {
    const { id, url } = (await hub.app.api("POST", "/signups", {})).body;
    const page = await hub.signedIn(`/onboarding/${id}`);
    const asked = `/api/v1/signups/${id}/invitation-link`;
    const copy = page.getByRole("button", { name: "Copy the link" });
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    const asking = page.waitForResponse((response) => new URL(response.url()).pathname === asked);
    await copy.click();
    expect((await asking).status()).toBe(200);
    await page.getByRole("button", { name: "Copied", exact: true }).waitFor();
    expect(await page.evaluate<string>("navigator.clipboard.readText()")).toBe(url);
    // A browser that refuses shows the link instead.
    await page.evaluate("navigator.clipboard.write = () => Promise.reject(new Error('not now'))");
    await copy.click();
    const dialog = page.getByRole("dialog", { name: "Copy the link yourself" });
    expect(await dialog.getByRole("textbox", { name: "Link" }).inputValue()).toBe(url);
    await page.context().close();
  });

  test("P13: the text of a repair's own page names the account, and until when the link is valid", async () => {
    const { id } = (await hub.app.api("POST", "/signups", { waba_id: "100000000000004" })).body;
    const page = await hub.signedIn(`/onboarding/${id}`);
    await page.getByRole("button", { name: "Send link to client" }).click();
    const sheet = page.getByRole("dialog", { name: "Send link to client" });
    await sheet.getByRole("combobox").selectOption("en");
    const text = await sheet.getByRole("textbox").inputValue();
    expect(text).toMatch(/your WhatsApp Business account Atlas Cycles.*, and/);
    expect(text).toMatch(/valid until \d+ \w+ \d{4}\./);
    await page.context().close();
  });

  test("P10: the palette shows the number that was dictated, not the first of the WABA", async () => {
    const { data } = (await hub.app.api("GET", "/wabas?limit=100")).body as {
      data: { id: string; numbers: { display_phone_number: string }[] }[];
    };
    const waba = data.find(({ numbers }) => numbers.length > 1);
    const dictated = waba?.numbers[1]?.display_phone_number ?? "";
    const page = await hub.signedIn("/");
    await page.keyboard.press("Control+k");
    await page.getByRole("dialog").getByRole("combobox").fill(dictated.replace("+1 ", "+1 (0) "));
    await untilSeen(page.getByRole("option", { name: waba?.id ?? "" }), dictated);
    await page.context().close();
  });

  test("P14: to stop messages is asked anew each time, and a refusal stands in the question", async () => {
    const page = await hub.signedIn("/wabas/100000000000001");
    const ask = async () => {
      await page.getByRole("button", { name: "More actions" }).click();
      await page.getByRole("menuitem", { name: "Stop messages" }).click();
      return page.getByRole("dialog", { name: /^Stop the messages of \u2068.*\u2069\?$/ });
    };
    let dialog = await ask();
    const why = dialog.getByRole("textbox", { name: "Why" });
    const end = dialog.locator("input[type=datetime-local]");
    await why.fill("Invoice 4711");
    expect(Date.parse(`${await end.getAttribute("min")}Z`)).toBeGreaterThan(Date.now());
    await page.route("**/close", (route) =>
      route.fulfill({
        status: 400,
        json: { code: "invalid_request", title: "Refused for a test", status: 400 },
      }),
    );
    await dialog.getByRole("button", { name: "Stop messages" }).click();
    await untilSeen(dialog.getByRole("alert"), "Refused for a test");
    expect(await why.inputValue()).toBe("Invoice 4711");
    await dialog.getByRole("button", { name: "Cancel" }).click();
    dialog = await ask();
    expect(await why.inputValue()).toBe("");
    expect(await end.inputValue()).toBe("");
    expect(await page.getByRole("alert").count()).toBe(0);
    await page.context().close();
  });

  test("P13: a check that changes nothing answers where it was clicked", async () => {
    const page = await hub.signedIn("/wabas/100000000000004");
    await page.getByRole("button", { name: "Check now" }).click();
    await untilSeen(
      page.locator("[data-part=check-result]"),
      "Checked just now",
      "still BSP PERMISSION REMOVED",
    );
    await page.context().close();
  });

  test("P14: the timeline says the name that the dialog announced", async () => {
    const page = await hub.signedIn("/wabas/100000000000008");
    await page.getByRole("button", { name: "More actions" }).click();
    await page.getByRole("menuitem", { name: "Stop messages" }).click();
    await untilSeen(page.getByRole("dialog"), "The timeline will name “Admin key”.");
    await page.getByRole("textbox", { name: "Why" }).fill("Invoice 4711");
    await page.keyboard.press("Enter");
    await untilSeen(page.locator("[data-part=entry]", { hasText: "Invoice 4711" }), "by Admin key");
    await page.context().close();
  });
});
