/**
 * Single sign-on in a real browser, at a provider of another site: the session's strict cookie must come
 * along with the first page of the Hub, which a redirect from that site would not bring about.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBrowser, type TestBrowser } from "../support/browser.ts";
import { createTestApp, type TestApp } from "../support/create-test-app.ts";
import { ANN, oidcEnvOf, startOidcServer, type OidcServer } from "../support/oidc-server.ts";

const START_MS = 60_000;

let oidc: OidcServer;
let app: TestApp;
let browser: TestBrowser;
beforeAll(async () => {
  oidc = await startOidcServer({ host: "localhost" });
  app = await createTestApp(oidcEnvOf(oidc));
  oidc.serve(app.url);
  oidc.signIn(ANN);
  browser = await openBrowser();
}, START_MS);
afterAll(async () => {
  await browser?.stop();
  await app?.stop();
  await oidc?.stop();
});

const START = "/api/v1/auth/oidc/default/start";

test("signs in at the provider, opens the Hub signed in, and signs out at both", async () => {
  const page = await browser.page();
  const arrived = page.waitForRequest(`${app.url}/`);
  // A link on a page of ours, as on the sign-in page.
  await page.goto(`${app.url}/problems/unauthenticated`);
  await page.evaluate(`location.assign(${JSON.stringify(START)})`);
  expect((await (await arrived).allHeaders())["cookie"]).toContain("sharekeeper_session=");
  await page.waitForURL(`${app.url}/`);
  const session = await page.evaluate(`fetch("/api/v1/session").then((answer) => answer.json())`);
  expect(session).toMatchObject({ actor: { name: "Ann", role: "admin" } });

  const signOutUrl = await page.evaluate<string>(`
    fetch("/api/v1/session", { method: "DELETE", headers: { "Content-Type": "application/json" } })
      .then(({ headers }) => headers.get("sign-out-url"))`);
  await page.goto(signOutUrl);
  await page.getByRole("button", { name: "Yes, sign me out" }).click();
  await page.waitForURL(`${app.url}/sign-in`);
  const status = await page.evaluate(`fetch("/api/v1/session").then(({ status }) => status)`);
  expect(status).toBe(401);
});

test("a sign-out at the provider ends the session here", async () => {
  const page = await browser.page();
  await page.goto(app.url + START);
  await page.waitForURL(`${app.url}/`);
  const provider = await page.context().newPage();
  await provider.goto(`${oidc.issuer}/session/end`);
  await provider.getByRole("button", { name: "Yes, sign me out" }).click();
  await provider.getByText("Sign-out Success").waitFor();
  expect(await page.evaluate(`fetch("/api/v1/session").then(({ status }) => status)`)).toBe(401);
});

test("somebody without a role reads why, and finds the way back", async () => {
  oidc.signIn({ ...ANN, sub: "eve-9", email: "eve@example.com", groups: ["others"] });
  const page = await browser.page();
  await page.goto(app.url + START);
  await page.getByRole("heading", { name: "You have no access to Sharekeeper" }).waitFor();
  const back = page.getByRole("link", { name: "Back to the sign-in page" });
  expect(await back.getAttribute("href")).toBe("/sign-in");
});
