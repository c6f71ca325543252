/**
 * P8, P9: names of any length, script and direction, and phone numbers, never break a page: nothing sticks
 * out, nothing overlaps, numbers are whole.
 */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fitsWidth, takeScreenshot } from "../support/browser.ts";
import { openHub, untilLoaded, untilSeen, type TestHub } from "../support/hub.ts";

const NAMES = {
  "100000000000004": "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamten",
  "100000000000005": "شركة النخيل للتجارة والمقاولات العامة المحدودة",
  "100000000000006": "深圳市前海跨境电子商务供应链管理有限公司",
  "100000000000001": '<img src=x onerror="alert(1)"><b>Bold & Sons</b>',
};
const LONG = "100000000000004";
const ARABIC = "100000000000005";
const WIDTHS = [360, 1024, 1440];
const PAGES = {
  overview: "/",
  wabas: "/wabas",
  "a WABA with a word of 68 letters": `/wabas/${LONG}`,
  "an Arabic WABA": `/wabas/${ARABIC}`,
  "a Chinese WABA": "/wabas/100000000000006",
  "a WABA that looks like HTML": "/wabas/100000000000001",
  number: "/numbers/200000000000005",
  onboarding: "/onboarding?days=all",
};
/** The Hub is built when it must be, and a busy machine takes its time. */
const START_MS = 180_000;

let hub: TestHub;
let page: Page;
beforeAll(async () => {
  hub = await openHub();
  const db = hub.app.database();
  // Every probe brings Meta's names back; with the clock nothing is probed.
  await hub.app.emulator("POST", "/clock", { mode: "frozen" });
  const invited = await hub.app.api("POST", "/signups", { metadata: { name: NAMES[LONG] } });
  expect(invited.status).toBe(200);
  for (const [wabaId, name] of Object.entries(NAMES)) {
    const of = "(select owner_id from meta_id where type = 'waba' and meta_id = $2)";
    await db.query(`update asset set name = $1 where id in ${of}`, [name, wabaId]);
    await db.query(
      `update client set name = $1 where id in (select client_id from asset where id in ${of})`,
      [name, wabaId],
    );
    await db.query(
      `update number
        set verified_name = $1, display_phone_number = '+49 1500 0007' || (select right(meta_id, 3)
        from meta_id where owner_id = number.id) where asset_id in ${of}`,
      [name, wabaId],
    );
  }
  page = await hub.signedIn("/");
}, START_MS);
afterAll(() => hub?.stop());

/** What is wrong with the boxes on the page, in words; run in the browser. */
const faultsWithin = (where: string): string => `(() => {
  const boxOf = (element) => element.getBoundingClientRect();
  const judged = "[data-part=name], .phone, .copy-id, .status, .button, .tag, dt, dd, time[data-part=rel]";
  const seen = [...document.querySelector("${where}").querySelectorAll(judged)]
    .filter((element) => element.checkVisibility({ visibilityProperty: true }) && boxOf(element).width > 1)
    .filter((element) => !element.closest(".vh"));
  const faults = [];
  const wordsOf = (element) => element.className + ' "' + element.textContent.slice(0, 40) + '"';
  for (const element of seen) {
    const box = boxOf(element);
    if (element.matches(".phone")) {
      if (element.getClientRects().length !== 1) faults.push("broken: " + wordsOf(element));
      for (let around = element.parentElement; around; around = around.parentElement) {
        const style = getComputedStyle(around);
        if (style.overflowX !== "hidden" && style.overflowX !== "clip") continue;
        const isCut = boxOf(around).right < box.right - 1 || boxOf(around).left > box.left + 1;
        if (isCut) faults.push("cut: " + wordsOf(element));
      }
    }
  }
  const holdsOther = (element) => seen.some((other) => other !== element && element.contains(other));
  const leaves = seen.filter((element) => !holdsOther(element));
  for (const [at, one] of leaves.entries()) {
    for (const other of leaves.slice(at + 1)) {
      for (const a of clipped(one)) for (const b of clipped(other)) {
        const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (wide > 1 && high > 3) faults.push("overlap: " + wordsOf(one) + " and " + wordsOf(other));
      }
    }
  }
  return faults;
  /** The lines of an element, as far as its surroundings let them be seen. */
  function clipped(element) {
    return [...element.getClientRects()].map(({ left, right, top, bottom }) => {
      const seenBox = { left, right, top, bottom };
      for (let around = element.parentElement; around; around = around.parentElement) {
        if (getComputedStyle(around).overflowX === "visible") continue;
        const box = boxOf(around);
        seenBox.left = Math.max(seenBox.left, box.left);
        seenBox.right = Math.min(seenBox.right, box.right);
      }
      return seenBox;
    });
  }
})()`;

describe.each(WIDTHS)("%i px", (width) => {
  test.each(Object.entries(PAGES))("%s", async (name, path) => {
    await page.setViewportSize({ width, height: 900 });
    await page.goto(hub.app.url() + path);
    await untilLoaded(page);
    if (process.env["SHOTS"])
      await takeScreenshot(page, `${process.env["SHOTS"]}/${name.replaceAll(" ", "-")}-${width}.png`);
    await expect.poll(() => page.evaluate(faultsWithin("main"))).toEqual([]);
    expect(await fitsWidth(page)).toBe(true);
  });

  test("the palette", async () => {
    await page.setViewportSize({ width, height: 900 });
    await page.goto(`${hub.app.url()}/`);
    await untilLoaded(page);
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox").fill("1500 0007");
    await untilSeen(page.getByRole("listbox"), "Donaudampf", "النخيل", "深圳市");
    if (process.env["SHOTS"]) await takeScreenshot(page, `${process.env["SHOTS"]}/palette-${width}.png`);
    const list = "document.querySelector('[data-part=palette-list]')";
    expect(await page.evaluate(`${list}.scrollWidth <= ${list}.clientWidth`)).toBe(true);
    await expect.poll(() => page.evaluate(faultsWithin("[data-part=palette-list]"))).toEqual([]);
    expect(await fitsWidth(page)).toBe(true);
    await page.keyboard.press("Escape");
  });
});

test("a name that looks like HTML is shown as it is written", async () => {
  await page.goto(`${hub.app.url()}/wabas/100000000000001`);
  await untilSeen(page.locator("h1"), '<img src=x onerror="alert(1)">');
});
