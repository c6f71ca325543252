/**
 * P7: rows never move under a resting pointer or the focus; what is new waits behind a pill, and a click
 * opens the row that was aimed at.
 */
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openHub, untilCount, untilSeen, type TestHub } from "../support/hub.ts";
import { until } from "../support/until.ts";

/** The Hub is built when it must be, and a busy machine takes its time. */
const START_MS = 180_000;

let hub: TestHub;
beforeAll(async () => {
  hub = await openHub();
}, START_MS);
afterAll(() => hub?.stop());

const boxOf = async (of: Locator) => {
  const box = await of.boundingBox();
  if (!box) throw new Error("The row is not on the page");
  return box;
};

/** Rests the pointer on this row, away from its links. */
async function pointAt(page: Page, row: Locator) {
  await row.scrollIntoViewIfNeeded();
  const box = await boxOf(row);
  const point = { x: box.x + box.width * 0.4, y: box.y + box.height / 2 };
  await page.mouse.move(point.x, point.y);
  return { box, point };
}

const pill = (page: Page): Locator => page.locator("[data-part=fresh-pill]");

test("the Overview keeps its rows under the pointer, whatever comes, and shows what is new on a click", async () => {
  const page = await hub.signedIn("/");
  const aimed = page.locator(".row-card", { hasText: "Juniper Clinic" });
  const { box, point } = await pointAt(page, aimed);
  await hub.app.act("partner.remove", { waba_id: "100000000000008" });
  await untilSeen(pill(page), "1 new");
  // An incident, or any other notice above the list, must not push it away either.
  await page.evaluate(
    "document.querySelector('h1').insertAdjacentHTML('afterend', '<div style=\"height: 90px\">A notice</div>')",
  );
  await until("the page made up for it", async () =>
    (await page.evaluate<number>("scrollY")) > 0 ? true : undefined,
  );
  const after = await boxOf(aimed);
  expect(Math.abs(after.y - box.y)).toBeLessThan(1.5);
  const under = await page.evaluate<string>(
    `document.elementFromPoint(${point.x}, ${point.y}).closest("li").innerText`,
  );
  expect(under).toContain("Juniper Clinic");
  const before = await page.locator(".row-card .row-link").allInnerTexts();
  await pill(page).click();
  await until("the new row is first", async () => {
    const names = await page.locator(".row-card .row-link").allInnerTexts();
    return names.length === before.length + 1 && names[0] !== before[0] ? true : undefined;
  });
  await untilCount(pill(page), 0);
  await page.context().close();
});

test("in the table of all WABAs the click opens the client that it was aimed at, and leaving shows what is new", async () => {
  const page = await hub.signedIn("/wabas");
  const aimed = page.getByRole("row", { name: /Juniper Clinic/ });
  const { box, point } = await pointAt(page, aimed);
  await hub.app.act("partner.remove", { waba_id: "100000000000009" });
  await pill(page).waitFor();
  // The row that was lost changed in its place.
  await untilCount(page.locator("tbody .status[data-lamp=red]"), 5);
  expect((await boxOf(aimed)).y).toBe(box.y);
  await page.mouse.move(point.x, 20);
  await untilCount(pill(page), 0);
  await until("the lost row is first", async () =>
    (await page.locator("tbody tr").first().locator("a[href*='100000000000009']").count()) === 1
      ? true
      : undefined,
  );
  const again = await pointAt(page, aimed);
  await hub.app.act("partner.remove", { waba_id: "100000000000011" });
  await pill(page).waitFor();
  await page.mouse.click(again.point.x, again.point.y);
  await page.waitForURL("**/wabas/100000000000005");
  await page.context().close();
});

test("the focus holds the list as the pointer does", async () => {
  const page = await hub.signedIn("/wabas");
  await page.mouse.move(5, 5);
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  const focused = await page.evaluate<string>("document.activeElement.href");
  await hub.app.act("partner.remove", { waba_id: "100000000000012" });
  await pill(page).waitFor();
  expect(await page.evaluate<string>("document.activeElement.dataset.row")).toBe("1");
  await page.keyboard.press("Enter");
  await page.waitForURL(focused);
  await page.context().close();
});

test("another order or another page of the list is never held back", async () => {
  const page = await hub.signedIn("/wabas");
  await page.getByRole("button", { name: "Client and WABA" }).click();
  await page.waitForURL("**sort=name");
  await until("sorted by name", async () => {
    const names = await page.locator("tbody .row-link").allInnerTexts();
    const sorted = [...names].sort((a, b) => a.toLowerCase().localeCompare(b.toLowerCase(), "en"));
    return names.join() === sorted.join() ? true : undefined;
  });
  await page.context().close();
});

test("a page that was scrolled by keys stays where it is, whatever grows on it", async () => {
  const page = await hub.signedIn("/", { viewport: { width: 1440, height: 400 } });
  await page.locator(".row-card .row-link").first().focus();
  const scrollY = () => page.evaluate<number>("scrollY");
  await page.evaluate(
    "void (window.scrolled = new Promise((end) => document.addEventListener('scrollend', end, { once: true })))",
  );
  await page.keyboard.press("PageDown");
  await page.evaluate("window.scrolled.then(() => undefined)");
  const before = await scrollY();
  expect(before).toBeGreaterThan(100);
  await page.evaluate(
    `(async () => {
      const grown = document.createElement("div");
      grown.style.height = "90px";
      document.querySelector("main").append(grown);
      for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame);
    })()`,
  );
  expect(await scrollY()).toBe(before);
  await page.context().close();
});
