/** H14: somebody is invited, signs in, gets another role, and is out at once when suspended. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { accessibilityFaultsOf, collectErrors, fitsWidth, PHONE } from "../support/browser.ts";
import { openHub, untilSeen, type TestHub } from "../support/hub.ts";

const PASSWORD = "a sentence that only Paula knows";
const ATLAS = "100000000000004";

let hub: TestHub;
beforeAll(async () => {
  hub = await openHub();
}, 180_000);
afterAll(() => hub?.stop());

test("an invitation is accepted on a phone; the role follows at once, and a suspension signs out", async () => {
  const invited = await hub.app.api("POST", "/users", {
    ...{ email: "paula@example.com", name: "Paula", role: "viewer" },
  });
  expect(invited.status).toBe(201);
  const page = await hub.browser.page({ viewport: PHONE });
  const errors = collectErrors(page);
  await page.goto(invited.body.invitation.url);
  await untilSeen(page, "Welcome, Paula. You sign in as paula@example.com, to read.");
  expect(await accessibilityFaultsOf(page)).toEqual([]);
  expect(await fitsWidth(page)).toBe(true);
  await page.getByLabel("New password").fill(PASSWORD);
  await page.getByRole("button", { name: "Set the password and go on" }).click();
  await page.waitForURL(`${hub.app.url()}/`);
  await page.goto(`${hub.app.url()}/wabas/${ATLAS}`);
  await untilSeen(page, "BSP PERMISSION REMOVED", "Nobody");
  expect(await page.getByRole("button", { name: "I'm on it" }).count()).toBe(0);

  // Nothing is loaded anew: the stream ends with the role, and with the session.
  const isLive = page.locator("[data-part=live-mark][data-state=live]");
  await isLive.waitFor({ state: "attached" });
  await hub.app.api("PATCH", `/users/${invited.body.id}`, { role: "support" });
  await page.getByRole("button", { name: "I'm on it" }).click();
  await page.getByRole("option", { name: "Paula" }).first().waitFor({ state: "attached" });

  await isLive.waitFor({ state: "attached" });
  const seenList = 'sessionStorage.getItem("sharekeeper-list")';
  await page.evaluate('sessionStorage.setItem("sharekeeper-list", "{}")');
  await hub.app.api("PATCH", `/users/${invited.body.id}`, { state: "suspended" });
  await page.waitForURL("**/sign-in?**");
  await expect.poll(() => page.evaluate(seenList)).toBeNull();
  await page.getByLabel("API key").waitFor();
  expect(errors.filter((error) => !error.includes("401"))).toEqual([]);
});

test("the link lets in once, and says what to do afterwards", async () => {
  const invited = await hub.app.api("POST", "/users", {
    ...{ email: "sam@example.com", name: "Sam", role: "support" },
  });
  const { url } = invited.body.invitation;
  const accept = { token: new URL(url).hash.replace("#invitation=", ""), password: PASSWORD };
  expect((await hub.app.api("POST", "/session/invitation", accept)).status).toBe(200);
  const page = await hub.browser.page();
  await page.goto(url);
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await page.getByText(/link/i).first().waitFor();
  expect(await page.getByLabel("New password").count()).toBe(0);
});
