/** An incident on the Overview: one banner above everything, and the WABAs keep their gates. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { accessibilityFaultsOf, collectErrors, fitsWidth, PHONE } from "../support/browser.ts";
import { openHub, untilCount, untilSeen, type TestHub } from "../support/hub.ts";
import { until } from "../support/until.ts";

const DENIED = ["08", "09", "11", "12", "14", "15"].map((end) => `1000000000000${end}`);
/** Sends with our system user's token. */
const WABA = "100000000000001";
const OUT_OF_REACH = {
  status: 400,
  error: { message: "Unsupported get request", code: 100, error_subcode: 33 },
};
/** The Hub is built when it must be, and a busy machine takes its time. */
const START_MS = 180_000;

let hub: TestHub;
beforeAll(async () => {
  hub = await openHub();
}, START_MS);
afterAll(() => hub?.stop());

test.each(["light", "dark"] as const)(
  "one banner, in %s and on a phone, that goes away by itself",
  async (colorScheme) => {
    const page = await hub.signedIn("/", { viewport: PHONE, colorScheme });
    const errors = collectErrors(page);
    const banner = page.locator("[data-part=incident]", { hasText: "WABAs fail together" });
    await untilCount(banner, 0);
    for (const waba_id of DENIED)
      await hub.app.fault({ match: { waba_id, method: "GET" }, respond: OUT_OF_REACH });
    await hub.app.advance(16_000);
    await until("the incident", async () => {
      const { body } = await hub.app.api("GET", "/incidents?open=true");
      return body.data.length === 1 ? true : undefined;
    });
    await page.reload();
    await untilCount(banner, 1);
    await untilSeen(banner, "Meta seems to have a problem", "Sending continues as before", "since");
    expect(await accessibilityFaultsOf(page)).toEqual([]);
    expect(await fitsWidth(page)).toBe(true);
    await hub.app.clearFaults();
    await hub.app.advance(16_000);
    await banner.waitFor({ state: "detached", timeout: 25_000 });
    expect(errors).toEqual([]);
  },
  60_000,
);

test("P2: where an incident explains all that is broken, nothing says that everything is live", async () => {
  const page = await hub.signedIn("/connection");
  const { data } = (await hub.app.api("GET", "/incidents")).body;
  const incident = { ...data[0], about: "provider", reason: "provider_token_invalid", ended_at: null };
  let explained = 15;
  await page.route("**/api/v1/incidents?*", (route) =>
    route.fulfill({ json: { data: [{ ...incident, explained }], has_more: false, next_cursor: null } }),
  );
  const asked: string[] = [];
  await page.route("**/api/v1/wabas?*", (route) => {
    asked.push(new URL(route.request().url()).search);
    return route.fulfill({ json: { data: [], has_more: false, next_cursor: null } });
  });
  await page.goto(`${hub.app.url()}/`);
  await untilSeen(page, "The incident above is the cause of every other WABA", "Show the 15 affected WABAs");
  expect(await page.locator("main").innerText()).not.toContain("Everything is live");
  expect(asked.at(-1)).toContain("broken=true&incident=none");
  // Before anything is refused, and while we only observe, it explains nothing yet.
  explained = 0;
  await page.reload();
  await untilSeen(page, "The incident above is the cause of every other WABA");
  expect(await page.getByRole("link", { name: /affected WABAs?/ }).count()).toBe(0);
  await page.context().close();
});

test("P2: our dead token is red everywhere, with what has stopped and the repair, and goes away once it is back", async () => {
  const page = await hub.signedIn("/");
  await hub.app.act("token.revoke", {});
  await hub.app.advance(16_000);
  const banner = page.locator("[data-part=incident][data-lamp=red]");
  await until("sending has stopped", async () => {
    const { sending } = (await hub.app.api("GET", "/overview")).body;
    return sending.refused_by_token.wabas > 5 ? true : undefined;
  });
  await until("the incident", async () => {
    const { body } = await hub.app.api("GET", "/incidents?open=true");
    return body.data.some((each: { about: string }) => each.about === "provider") ? true : undefined;
  });
  await page.reload();
  // More WABAs are found refused meanwhile, and the banner follows the gate.
  await until(
    "the banner counts what the gate refuses",
    async () => {
      const { wabas, numbers } = (await hub.app.api("GET", "/overview")).body.sending.refused_by_token;
      const title = `All sending with our token has stopped: ${wabas} WABAs, ${numbers} numbers`;
      return (await banner.allInnerTexts()).join().includes(title) ? true : undefined;
    },
    20_000,
  );
  await untilSeen(banner, "META_SYSTEM_USER_TOKEN", "The clients did nothing wrong");
  expect(await banner.innerText()).not.toContain("Sending continues as before");
  // The rows that it explains are behind its one link.
  await untilCount(page.locator(".row-card", { hasText: "CHECKING" }), 0);
  // A screen reader reads a live region as a whole, so nothing in one may tick.
  expect(await page.locator("[role=status] [data-part=rel]").count()).toBe(0);
  expect(await accessibilityFaultsOf(page)).toEqual([]);
  await banner.getByRole("link", { name: "See the connection" }).click();
  await untilSeen(page.locator("[data-part=verdict][data-lamp=red]"), "NOT WORKING");
  await page.goto(`${hub.app.url()}/wabas/${WABA}`);
  await untilSeen(page.locator(".waba-head[data-lamp=red]"), "SENDING REFUSED: OUR TOKEN");
  await page.getByRole("link", { name: "Replace the token" }).waitFor();
  await hub.app.act("token.restore", {});
  await hub.app.advance(16_000);
  await page.goto(`${hub.app.url()}/`);
  await banner.waitFor({ state: "detached", timeout: 25_000 });
  await page.context().close();
}, 90_000);
