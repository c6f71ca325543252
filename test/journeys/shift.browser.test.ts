/** P23: what stands on a page while it loads has the size of what comes, so that nothing jumps. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openHub, untilLoaded, type TestHub } from "../support/hub.ts";

/** The Hub is built when it must be, and a busy machine takes its time. */
const START_MS = 180_000;
/** "Good" of the Core Web Vitals. */
const GOOD = 0.1;
const OBSERVE = `
  window.shifts = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (entry.hadRecentInput) continue;
      window.shifts.push({
        value: entry.value,
        of: entry.sources.map(({ node }) => (node?.className || node?.nodeName) ?? "?"),
      });
    }
  }).observe({ type: "layout-shift", buffered: true });
`;

let hub: TestHub;
let page: Page;
beforeAll(async () => {
  hub = await openHub();
  page = await hub.signedIn("/");
  await page.addInitScript(OBSERVE);
}, START_MS);
afterAll(() => hub?.stop());

test.each([
  ["/", 1440],
  ["/wabas", 1440],
  ["/", 360],
  ["/wabas", 360],
  ["/wabas/100000000000004", 1440],
  ["/onboarding", 1440],
])("%s at %i px shifts by less than 0.1", async (path, width) => {
  await page.setViewportSize({ width, height: 900 });
  await page.goto(hub.app.url() + path);
  await untilLoaded(page);
  await page.waitForLoadState("networkidle");
  const shifts = await page.evaluate<{ value: number; of: string[] }[]>("window.shifts");
  const sum = shifts.reduce((total, { value }) => total + value, 0);
  if (process.env["SHIFTS"]) console.log("CLS", path, width, sum.toFixed(3), JSON.stringify(shifts));
  expect(sum, JSON.stringify(shifts)).toBeLessThan(GOOD);
});
