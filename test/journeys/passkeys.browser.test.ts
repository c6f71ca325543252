/**
 * Passkeys in a real browser, with Chromium's virtual authenticator in place of a finger. The page is any of
 * ours: what counts is its origin.
 */
import type { CDPSession, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { insertPerson } from "../../src/access/person-store.ts";
import { openSession } from "../../src/access/open-session.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { systemRandom } from "../../src/lib/random.ts";
import { openBrowser, type TestBrowser } from "../support/browser.ts";
import { createTestApp, type TestApp } from "../support/create-test-app.ts";

const START_MS = 60_000;

let app: TestApp;
let browser: TestBrowser;
let page: Page;
let cdp: CDPSession;
let authenticatorId: string;
/** The address under a host name: a browser keeps no passkey for 127.0.0.1. */
let url: string;
beforeAll(async () => {
  app = await createTestApp();
  url = app.url.replace("127.0.0.1", "localhost");
  browser = await openBrowser();
}, START_MS);
afterAll(async () => {
  await browser?.stop();
  await app?.stop();
});
beforeEach(async () => {
  await app.database.db.query("delete from person");
  page = await browser.page();
  await page.goto(`${url}/problems/not_found`);
  cdp = await page.context().newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  ({ authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  }));
  await signInWithPassword();
});

/** Ann's browser, in which she has a session without a passkey. */
async function signInWithPassword(): Promise<void> {
  const { db } = app.database;
  const ann = {
    id: "usr_ann",
    email: "ann@example.com",
    name: "Ann",
    role: "support",
    clientId: null,
  } as const;
  await insertPerson(db, { ...ann, state: "active", createdAt: 0 });
  const { token } = await openSession(
    { db, clock: systemClock, random: systemRandom, sessionMs: 3_600_000 },
    { credential: { with: "password", personId: ann.id, personVersion: 1 }, address: null, agent: null },
  );
  await page.context().addCookies([{ name: "sharekeeper_session", value: token, url, sameSite: "Strict" }]);
}

interface Reply {
  status: number;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body: any;
}

/** What the Hub's page does, in the page: ask for options, hand them to the browser, send its answer. */
const CEREMONY = `async ({ kind, name }) => {
  const ask = async (path, body) => {
    const headers = { "Content-Type": "application/json" };
    const answer = await fetch("/api/v1" + path, { method: "POST", headers, body: JSON.stringify(body) });
    const text = await answer.text();
    return { status: answer.status, body: text === "" ? null : JSON.parse(text) };
  };
  const path = kind === "create" ? "/passkeys" : "/session/passkey";
  const options = await ask(path + "/options", {});
  if (options.status !== 200) return options;
  if (kind === "create") {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options.body);
    const made = await navigator.credentials.create({ publicKey });
    return ask(path, { name, response: made.toJSON() });
  }
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options.body);
  const found = await navigator.credentials.get({ publicKey });
  return ask(path, found.toJSON());
}`;

const run = (kind: "create" | "get", name?: string): Promise<Reply> =>
  page.evaluate<Reply>(`(${CEREMONY})(${JSON.stringify({ kind, name })})`);
const whoIs = async (): Promise<number> =>
  page.evaluate<number>(`fetch("/api/v1/session").then(({ status }) => status)`);
const signOut = () => page.context().clearCookies();

describe("a passkey in the browser", () => {
  test("is made by a signed-in person, and signs in without a name", async () => {
    expect(await run("create", "Ann's laptop")).toMatchObject({
      status: 201,
      body: { name: "Ann's laptop" },
    });
    const { credentials } = await cdp.send("WebAuthn.getCredentials", { authenticatorId });
    expect(credentials).toMatchObject([{ isResidentCredential: true, rpId: "localhost" }]);
    await signOut();
    expect(await whoIs()).toBe(401);
    expect(await run("get")).toMatchObject({ status: 200, body: { actor: { id: "usr_ann", name: "Ann" } } });
    expect(await whoIs()).toBe(200);
    const [cookie] = await page.context().cookies();
    expect(cookie).toMatchObject({ name: "sharekeeper_session", httpOnly: true, sameSite: "Strict" });
  });

  test("that is removed ends the session of that browser", async () => {
    const { body } = await run("create", "phone");
    await signOut();
    await run("get");
    const headers = { "Content-Type": "application/json" };
    const removal = JSON.stringify({ method: "DELETE", headers });
    const status = await page.evaluate<number>(
      `fetch("/api/v1/passkeys/${String(body.id)}", ${removal}).then(({ status }) => status)`,
    );
    expect([status, await whoIs()]).toEqual([204, 401]);
    expect(await run("get")).toMatchObject({ status: 401, body: { code: "passkey_refused" } });
  });

  test("is not made twice on one device", async () => {
    expect((await run("create", "first")).status).toBe(201);
    await expect(run("create", "second")).rejects.toThrow(/InvalidStateError|already registered/);
  });

  test("whose counter goes back is refused", async () => {
    await run("create", "phone");
    await signOut();
    expect((await run("get")).status).toBe(200);
    await app.database.db.query("update passkey set counter = counter + 100");
    expect(await run("get")).toMatchObject({ status: 401, body: { code: "passkey_refused" } });
  });

  test("without a finger or PIN is not used", async () => {
    await run("create", "phone");
    await signOut();
    await cdp.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
    await expect(run("get")).rejects.toThrow(/NotAllowedError|not allowed/);
    expect(await whoIs()).toBe(401);
  });

  test("under 127.0.0.1 the person reads which address to open", async () => {
    await page.goto(`${app.url}/problems/not_found`);
    expect(await run("get")).toMatchObject({ status: 409, body: { code: "passkeys_need_name" } });
  });
});
