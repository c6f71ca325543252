// `npm run screenshots [page …]`: every page of the Hub, light and dark, wide and on a phone, into docs/screenshots/.
import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { openHub, untilLoaded, untilStatus } from "../test/support/hub.ts";
import { ROOT } from "./launch.mjs";

const FOLDER = join(ROOT, "docs", "screenshots");

/** In the order taken; the first three need the seeded world as it is. */
const PAGES = {
  "sign-in": "/sign-in",
  overview: "/",
  wabas: "/wabas",
  "waba-live": "/wabas/100000000000002",
  "waba-lost": "/wabas/100000000000004",
  "waba-partial": "/wabas/100000000000005",
  "coexistence-lost": "/wabas/100000000000006",
  discovered: "/wabas/100000000000007",
  "number-live": "/numbers/200000000000001",
  "number-lost": "/numbers/200000000000005",
};

/** The tallest picture, in CSS pixels: enough to see how a page is built, and no heavier than a README can carry. */
const SIZES = {
  wide: { viewport: { width: 1440, height: 900 }, tallestPx: 1500 },
  phone: {
    viewport: { width: 360, height: 740 },
    tallestPx: 1300,
    deviceScaleFactor: 2,
    isMobile: true,
    hasTouch: true,
  },
};

/** So that the losses are hours old, as they are in life, and not "just now". */
const AGE_MS = 2.3 * 3_600_000;

async function take(page, base, name, path, suffix, { viewport, tallestPx }) {
  await page.setViewportSize(viewport);
  await page.goto(base + path);
  await untilLoaded(page);
  const full = await page.evaluate("document.documentElement.scrollHeight");
  // As tall as the page, so that what is fixed to the window's edge stands at the picture's.
  const height = Math.min(Math.max(full, viewport.height), tallestPx);
  await page.setViewportSize({ width: viewport.width, height });
  await untilLoaded(page);
  const file = join(FOLDER, `${name}-${suffix}.png`);
  await page.screenshot({ path: file, animations: "disabled", caret: "hide" });
  const { size } = await stat(file);
  process.stdout.write(`${name}-${suffix}.png  ${Math.round(size / 1024)} KB\n`);
}

const wanted = process.argv.slice(2);
const pages = Object.entries(PAGES).filter(([name]) => wanted.length === 0 || wanted.includes(name));
await mkdir(FOLDER, { recursive: true });
const hub = await openHub();
try {
  await hub.house.advance(AGE_MS);
  for (const [size, options] of Object.entries(SIZES)) {
    for (const colorScheme of ["light", "dark"]) {
      const { tallestPx: _, ...window } = options;
      const page = await hub.signedIn("/wabas/100000000000001", { colorScheme, ...window });
      await untilStatus(page, "LIVE", "green");
      for (const [name, path] of pages)
        await take(page, hub.house.url(), name, path, `${size}-${colorScheme}`, options);
      await page.context().close();
    }
  }
} finally {
  await hub.stop();
}
