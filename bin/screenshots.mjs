// `npm run screenshots [page …]`: every page of the Hub, light and dark, wide and on a phone, into docs/screenshots/.
import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { openHub, untilLoaded } from "../test/support/hub.ts";
import { accountUpdate } from "../test/support/sandbox.ts";
import { until } from "../test/support/until.ts";
import { ROOT } from "./launch.mjs";

const FOLDER = join(ROOT, "docs", "screenshots");

/** In the order taken: what a scene does to the world stays for the ones after it. */
const SCENES = [
  {
    // So that the losses are hours old, as they are in life, and not "just now".
    prepare: (house) => house.advance(AGE_MS),
    pages: {
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
      connection: "/connection",
    },
  },
  { prepare: observeSome, pages: { observe: "/observe", "waba-observed": "/wabas/100000000000008" } },
  { prepare: goDeaf, pages: { "connection-deaf": "/connection" } },
];

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

const AGE_MS = 2.3 * 3_600_000;
/** Longer ago than a repair makes a notice suspect. */
const LONG_AGO_MS = 8 * 86_400_000;
const CHECK_MS = 301_000;

/** Four clients are only watched. One of them is lost and goes on sending; of another Meta says so, and it is not true. */
async function observeSome(house) {
  const [lost, doubtful, ...others] = ["08", "14", "09", "11"].map((end) => `1000000000000${end}`);
  await house.advance(LONG_AGO_MS);
  for (const wabaId of [lost, doubtful, ...others])
    await house.api("POST", "/modes", { mode: "observe", client_id: (await house.waba(wabaId)).client.id });
  await house.act("partner.remove", { waba_id: lost });
  await house.untilStatus(lost, "permission_removed");
  for (const _ of [1, 2, 3]) await house.send("200000000000009");
  await house.advance(AGE_MS);
  const time = Math.floor(Date.parse((await house.api("GET", "/probe-plan")).body.as_of) / 1000);
  await house.webhook(accountUpdate(doubtful, "PARTNER_REMOVED", { time }));
  await house.advance(AGE_MS);
}

const connectionOf = async (house) => (await house.api("GET", "/connections")).body.data[0];

/** Time passes at each try until it is so. */
async function inTime(house, what, isSo) {
  await until(what, async () => {
    if (await isSo()) return true;
    await house.advance(CHECK_MS);
  });
}

/** A subscription is dropped and mended, another may not be; then our own token dies. */
async function goDeaf(house) {
  for (const wabaId of ["100000000000001", "100000000000009"])
    await house.act("subscription.drop", { waba_id: wabaId });
  await inTime(house, "the mend and what may not be mended", async () => {
    const repairs = (await house.api("GET", "/repairs")).body.data;
    return repairs.length > 0 && (await connectionOf(house)).unheard.count > 0;
  });
  await house.act("token.revoke", {});
  await inTime(house, "the dead token", async () =>
    (await connectionOf(house)).webhookChecks.some(({ outcome }) => outcome === "token_dead"),
  );
}

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

async function takeScene(hub, pages) {
  for (const [size, options] of Object.entries(SIZES)) {
    for (const colorScheme of ["light", "dark"]) {
      const { tallestPx: _, ...window } = options;
      const page = await hub.signedIn("/", { colorScheme, ...window });
      for (const [name, path] of pages)
        await take(page, hub.house.url(), name, path, `${size}-${colorScheme}`, options);
      await page.context().close();
    }
  }
}

const wanted = process.argv.slice(2);
await mkdir(FOLDER, { recursive: true });
const hub = await openHub();
try {
  for (const { prepare, pages } of SCENES) {
    await prepare(hub.house);
    await takeScene(
      hub,
      Object.entries(pages).filter(([name]) => wanted.length === 0 || wanted.includes(name)),
    );
  }
} finally {
  await hub.stop();
}
