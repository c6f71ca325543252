/**
 * What every page of the Hub owes: the tab's title, targets that a finger meets, names, one clock, and the
 * same steps as the client's.
 */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fitsWidth, PHONE } from "../support/browser.ts";
import { openHub, untilLoaded, type TestHub } from "../support/hub.ts";
import { until } from "../support/until.ts";

const NORTHWIND = "100000000000001";
const ATLAS = "100000000000004";
const JUNIPER = "100000000000005";
const FOUND = "100000000000007";
const TOUCH = { viewport: PHONE, hasTouch: true, isMobile: true };

let hub: TestHub;
beforeAll(async () => {
  hub = await openHub();
}, 180_000);
afterAll(() => hub?.stop());

const untilTitle = (page: Page, title: string) =>
  until(title, async () => ((await page.title()) === title ? true : undefined));

test("the tab's title carries the count of red WABAs on every page, live", async () => {
  const page = await hub.signedIn("/wabas");
  await untilTitle(page, "(3) WABAs · Sharekeeper");
  await hub.app.act("partner.remove", { waba_id: NORTHWIND });
  await untilTitle(page, "(4) WABAs · Sharekeeper");
  await page.goto(`${hub.app.url()}/wabas/${NORTHWIND}`);
  await until("the WABA's name once", async () =>
    /^\(4\) [^·]+ · Sharekeeper$/.test(await page.title()) ? true : undefined,
  );
  await hub.app.act("partner.assign", { waba_id: NORTHWIND });
  await until("one less", async () => ((await page.title()).startsWith("(3) ") ? true : undefined));
  await page.context().close();
});

test("P22: after a partial share the Hub shows the steps of the client's page", async () => {
  const page = await hub.signedIn(`/wabas/${JUNIPER}`);
  const ours = await page.locator("#recovery .step-text > p:first-child").allInnerTexts();
  const { url } = (await hub.app.api("POST", `/wabas/${JUNIPER}/reshare-links`, {})).body;
  const client = await hub.browser.page();
  await client.goto(url);
  const way = client.locator(".way").first();
  const theirs = await way.locator(".step > div > p:first-child").allInnerTexts();
  const plain = (steps: string[]): string[] => steps.map((step) => step.replace(/, to do$/, "").trim());
  expect(plain(ours)).toHaveLength(5);
  expect(plain(ours)[3]).toContain("change its access");
  expect(plain(theirs)[3]).toBe(plain(ours)[3]);
  expect(plain(theirs)).toHaveLength(5);
  expect(await page.locator("#recovery .step[data-done=true]").count()).toBe(0);
  await client.context().close();
  await page.context().close();
});

test("P26: after the sandbox's clock was set back a page that stands open names no time that has not come", async () => {
  await hub.app.advance(3_600_000);
  const page = await hub.signedIn("/connection");
  const shown = () =>
    page.evaluate<string[]>(
      `[...document.querySelectorAll("[data-part=webhook-check-since] time")].map((time) => time.dateTime)`,
    );
  await until("the checks of that hour", async () => {
    const times = await shown();
    return times.length > 0 && times.some((at) => Date.parse(at) > Date.now() + 60_000) ? true : undefined;
  });
  await hub.app.emulator("POST", "/reset", {});
  // The page notices with its next answer, and it asks every 10 s.
  await until(
    "every time has come",
    async () => ((await shown()).every((at) => Date.parse(at) < Date.now() + 5_000) ? true : undefined),
    30_000,
  );
  await page.context().close();
});

/** What can be clicked and is smaller than this, or has no name. */
const faultyTargets = (page: Page, leastPx: number): Promise<string[]> =>
  page.evaluate<string[]>(`[...document.querySelectorAll("main :is(a[href], button, summary, select, input)")]
    .filter((target) => target.checkVisibility())
    .map((target) => {
      const { width, height } = target.getBoundingClientRect();
      const name = (target.ariaLabel ?? target.labels?.[0]?.innerText ?? target.innerText).trim();
      return { name, width: Math.round(width), height: Math.round(height) };
    })
    .filter(({ name, width, height }) => name === "" || height < ${leastPx} || width < 24)
    .map(({ name, width, height }) => name + " " + width + "x" + height)`);

describe("P24: what a person points at", () => {
  const PATHS = ["/", "/wabas", `/wabas/${ATLAS}`, `/wabas/${NORTHWIND}`, "/numbers/200000000000005"];
  const PAGES = [...PATHS, "/connection", "/observe", "/onboarding"];

  test("is at least 44 px high for a finger", async () => {
    const page = await hub.signedIn("/", TOUCH);
    const faults: string[] = [];
    for (const path of PAGES) {
      await page.goto(hub.app.url() + path);
      await untilLoaded(page);
      faults.push(...(await faultyTargets(page, 44)).map((fault) => `${path}: ${fault}`));
    }
    expect(faults).toEqual([]);
    await page.context().close();
  }, 60_000);

  test("is at least 24 px high otherwise", async () => {
    const page = await hub.signedIn("/");
    const faults: string[] = [];
    for (const path of PAGES) {
      await page.goto(hub.app.url() + path);
      await untilLoaded(page);
      faults.push(...(await faultyTargets(page, 24)).map((fault) => `${path}: ${fault}`));
    }
    expect(faults).toEqual([]);
    await page.context().close();
  }, 60_000);

  test("each row of a table on the Connection page is named by its first cell", async () => {
    const page = await hub.signedIn("/connection");
    await page.getByText("How often a WABA is checked").click();
    const rows = page.locator("main tbody tr");
    const named = page.locator("main tbody tr:has(> th[scope=row]:first-child:not(:empty))");
    expect(await rows.count()).toBeGreaterThan(10);
    expect(await named.count()).toBe(await rows.count());
    await page.getByRole("rowheader", { name: "With a registered number" }).waitFor();
    await page.context().close();
  });
});

test("on a phone the menu stands beside Check now, whatever else is offered", async () => {
  const page = await hub.signedIn("/", TOUCH);
  for (const waba of [NORTHWIND, ATLAS, FOUND]) {
    await page.goto(`${hub.app.url()}/wabas/${waba}`);
    await untilLoaded(page);
    const check = await page.getByRole("button", { name: "Check now" }).boundingBox();
    const more = await page.getByRole("button", { name: "More actions" }).boundingBox();
    expect([waba, more?.y]).toEqual([waba, check?.y]);
    expect(await fitsWidth(page)).toBe(true);
  }
  await page.context().close();
});
