// `npm run screenshots [page …]`: every page of the Hub, light and dark, wide and on a phone, into
// docs/screenshots/.
import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { call } from "../test/support/http-call.ts";
import { openHub, untilLoaded } from "../test/support/hub.ts";
import { accountUpdate } from "../test/support/sandbox.ts";
import { until } from "../test/support/until.ts";
import { ROOT } from "./launch.mjs";

const FOLDER = join(ROOT, "docs", "screenshots");

/** In this order: the changes of a scene stay for the scenes after it. */
const SCENES = [
  {
    prepare: fillSettings,
    pages: {
      people: "/settings/people",
      "api-keys": "/settings/api-keys",
      audit: "/settings/audit",
      security: "/settings/security",
      sessions: "/settings/sessions",
    },
  },
  {
    // Losses are hours old, as in production, and not "just now".
    prepare: (app) => app.advance(AGE_MS),
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
  { prepare: breakWebhooks, pages: { "connection-failing": "/connection" } },
];

/** `tallestPx`: the height limit of a picture, in CSS pixels, to keep the files small. */
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
/** Longer ago than the time in which a notice after a repair is doubted. */
const LONG_AGO_MS = 8 * 86_400_000;
const CHECK_MS = 301_000;

/**
 * Some people and keys, and a program that asked for more than its key may do. The first scene, because
 * sessions and keys go by the wall clock.
 */
async function fillSettings(app) {
  const clientId = (await app.waba("100000000000004")).client.id;
  for (const [name, role] of Object.entries({ Olga: "operator", Priya: "support", Sam: "admin" }))
    await app.api("POST", "/users", { email: `${name.toLowerCase()}@provider.example`, name, role });
  await app.api("POST", "/users", {
    ...{ email: "kim@atlas.example", name: "Kim", role: "client", client_id: clientId },
  });
  const inDays = (days) => new Date(Date.now() + days * 86_400_000).toISOString();
  const keyOf = async (wish) => (await app.api("POST", "/api-keys", wish)).body;
  const billing = await keyOf({
    ...{ name: "Billing service", role: "viewer", scopes: ["can-send"], expires_at: inDays(9) },
  });
  await keyOf({ name: "Shop of Atlas", role: "support", scopes: ["reshare"], client_id: clientId });
  const form = await keyOf({ name: "Onboarding form", role: "operator", expires_at: inDays(300) });
  await app.api("POST", `/api-keys/${form.id}/rotate`, { overlap_s: 3600 });
  const gone = await keyOf({ name: "Laptop of Sam", role: "admin" });
  await app.api("DELETE", `/api-keys/${gone.id}`);
  await call("POST", `${app.url()}/api/v1/wabas/100000000000004/check`, {}, { "X-API-Key": billing.key });
}

/**
 * Four clients are in observe mode. One is lost and still sends; for another one Meta announces a loss that
 * is not true.
 */
async function observeSome(app) {
  const [lost, doubtful, ...others] = ["08", "14", "09", "11"].map((end) => `1000000000000${end}`);
  await app.advance(LONG_AGO_MS);
  for (const wabaId of [lost, doubtful, ...others])
    await app.api("POST", "/modes", { mode: "observe", client_id: (await app.waba(wabaId)).client.id });
  await app.act("partner.remove", { waba_id: lost });
  await app.untilStatus(lost, "permission_removed");
  for (const _ of [1, 2, 3]) await app.send("200000000000009");
  await app.advance(AGE_MS);
  const time = Math.floor(Date.parse((await app.api("GET", "/probe-plan")).body.as_of) / 1000);
  await app.webhook(accountUpdate(doubtful, "PARTNER_REMOVED", { time }));
  await app.advance(AGE_MS);
}

const connectionOf = async (app) => (await app.api("GET", "/connections")).body.data[0];

/** Advances the clock until `isSo` holds. */
async function inTime(app, what, isSo) {
  await until(what, async () => {
    if (await isSo()) return true;
    await app.advance(CHECK_MS);
  });
}

/** One dropped subscription is repaired, another must not be; then our own token is revoked. */
async function breakWebhooks(app) {
  for (const wabaId of ["100000000000001", "100000000000009"])
    await app.act("subscription.drop", { waba_id: wabaId });
  await inTime(app, "the repair and the WABA that is not repaired", async () => {
    const repairs = (await app.api("GET", "/repairs")).body.data;
    return repairs.length > 0 && (await connectionOf(app)).unsubscribed.count > 0;
  });
  await app.act("token.revoke", {});
  await inTime(app, "the revoked token", async () =>
    (await connectionOf(app)).webhook_checks.some(({ outcome }) => outcome === "token_dead"),
  );
}

async function take(page, base, name, path, suffix, { viewport, tallestPx }) {
  await page.setViewportSize(viewport);
  await page.goto(base + path);
  await untilLoaded(page);
  const full = await page.evaluate("document.documentElement.scrollHeight");
  // As tall as the page, so that elements fixed to the window's edge are at the edge of the picture.
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
        await take(page, hub.app.url(), name, path, `${size}-${colorScheme}`, options);
      await page.context().close();
    }
  }
}

const wanted = process.argv.slice(2);
await mkdir(FOLDER, { recursive: true });
const hub = await openHub();
try {
  for (const { prepare, pages } of SCENES) {
    await prepare(hub.app);
    await takeScene(
      hub,
      Object.entries(pages).filter(([name]) => wanted.length === 0 || wanted.includes(name)),
    );
  }
} finally {
  await hub.stop();
}
