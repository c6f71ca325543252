import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApp, OURS, type Answer, type TestApp } from "../../../../test/support/create-test-app.ts";
import {
  ANN,
  CookieBrowser,
  oidcEnvOf,
  startOidcServer,
  type OidcServer,
} from "../../../../test/support/oidc-server.ts";
import { browserOf, PASSWORD, standingOf } from "../../../../test/support/people.ts";
import { openFirstAdminLink } from "../../../access/claim-first-admin.ts";
import { createPasswordHasher } from "../../../access/create-password-hasher.ts";
import { openSession } from "../../../access/open-session.ts";
import { insertPerson, savePasswordHash, savePerson } from "../../../access/person-store.ts";
import { systemClock } from "../../../lib/clock.ts";
import { systemRandom } from "../../../lib/random.ts";

const OLGA = {
  id: "usr_olga",
  email: "olga@example.com",
  name: "Olga",
  role: "operator",
  clientId: null,
} as const;

let oidc: OidcServer;
let app: TestApp;
beforeAll(async () => {
  oidc = await startOidcServer();
  app = await createTestApp({ ...oidcEnvOf(oidc), PASSWORDS: "off" });
  oidc.serve(app.url);
  const { db } = app.database;
  await insertPerson(db, { ...OLGA, state: "active", createdAt: 0 });
  await savePasswordHash(db, OLGA.id, await createPasswordHasher({ random: systemRandom }).hash(PASSWORD));
});
afterAll(async () => {
  await app?.stop();
  await oidc?.stop();
});

const refusalOf = ({ status, body }: Answer): unknown[] => [status, body.code];
const OFF = [403, "passwords_off"];

/** A session that was opened while passwords were on. */
async function openAs(how: "password" | "link" | "oidc"): Promise<Record<string, string>> {
  const who = { personId: OLGA.id, personVersion: 1 };
  const { token } = await openSession(
    { db: app.database.db, clock: systemClock, random: systemRandom, sessionMs: 3_600_000 },
    {
      ...{ address: null, agent: null },
      credential: how === "oidc" ? { with: how, ...who, oidcSession: null } : { with: how, ...who },
    },
  );
  return { Cookie: `sharekeeper_session=${token}`, Origin: app.url, "Content-Type": "application/json" };
}

test("a right password is refused with what to do instead, as a wrong one is", async () => {
  for (const password of [PASSWORD, "wrong"]) {
    const refused = await app.ask("POST", "/api/v1/session", { email: OLGA.email, password }, {});
    expect(refusalOf(refused)).toEqual(OFF);
    expect(refused.body.detail).toContain("single sign-on or a passkey");
  }
  const { body } = await app.ask("GET", "/api/v1/session/ways", undefined, {});
  expect(body).toMatchObject({ password: false, oidc: [{ id: "default" }] });
});

test("single sign-on and API keys let in", async () => {
  const browser = new CookieBrowser();
  oidc.signIn(ANN);
  await browser.open(`${app.url}/api/v1/auth/oidc/default/start`);
  const { response } = await browser.open(`${app.url}/api/v1/session`);
  expect(await response.json()).toMatchObject({ actor: { name: "Ann", role: "admin" } });
  const withKey = await app.ask("POST", "/api/v1/session", { api_key: OURS["X-API-Key"] }, {});
  expect(withKey.status).toBe(200);
  expect(await standingOf(app, browserOf(app, withKey))).toBe(200);
});

test("an invitation shows whom it is for and sets no password, and the first admin's link makes nobody", async () => {
  const invited = await app.ask("POST", "/api/v1/users", {
    email: "new@example.com",
    name: "New",
    role: "viewer",
  });
  const token = new URL(invited.body.invitation.url).hash.replace("#invitation=", "");
  const accept = (body: object) => app.ask("POST", "/api/v1/session/invitation", { token, ...body }, {});
  expect((await accept({})).body).toMatchObject({ invited: { name: "New" }, session: null });
  expect(refusalOf(await accept({ password: PASSWORD }))).toEqual(OFF);
  const { db } = app.database;
  await db.query("update person set state = 'suspended' where role = 'admin'");
  const first = await openFirstAdminLink({ db, clock: systemClock, random: systemRandom });
  const wish = { token: first, name: "Ada", email: "ada@example.com", password: PASSWORD };
  expect(refusalOf(await app.ask("POST", "/api/v1/session/first-admin", wish, {}))).toEqual(OFF);
});

test("sessions that rest on a password are over; those of single sign-on stand, and set none", async () => {
  for (const how of ["password", "link"] as const) expect(await standingOf(app, await openAs(how))).toBe(401);
  const browser = await openAs("oidc");
  expect(await standingOf(app, browser)).toBe(200);
  const listed = await app.ask("GET", "/api/v1/sessions", undefined, browser);
  expect(listed.body.data.map(({ opened_with: how }: { opened_with: string }) => how)).toEqual(["oidc"]);
  const change = { current: PASSWORD, new: "copper ladder evening" };
  expect(refusalOf(await app.ask("PUT", "/api/v1/session/password", change, browser))).toEqual(OFF);
});

test("a client's session of the portal, which rests on no password, stands", async () => {
  const { db } = app.database;
  const [client] = await db.query<{ id: string }>("select id from client limit 1");
  await savePerson(db, { ...OLGA, role: "client", clientId: client?.id ?? "", state: "active" });
  try {
    for (const [how, status] of [
      ["link", 200],
      ["password", 401],
    ] as const) {
      const portal = await app.ask("GET", "/api/v1/portal", undefined, await openAs(how));
      expect([how, portal.status]).toEqual([how, status]);
    }
  } finally {
    await savePerson(db, { ...OLGA, state: "active" });
  }
});

test("the last administrator who can sign in without a password stays", async () => {
  const { db } = app.database;
  await db.query("update person set state = 'active', role = 'admin'");
  const [ann] = await db.query<{ id: string }>("select id from person where oidc_subject = $1", [ANN.sub]);
  const refused = await app.ask("DELETE", `/api/v1/users/${ann?.id}`);
  expect(refusalOf(refused)).toEqual([409, "last_admin"]);
});

test("the start says whether single sign-on works, and that no administrator has used it yet", async () => {
  const working = await startOidcServer();
  working.serve("https://share.example.com");
  const silent = { ...oidcEnvOf(working), OIDC_ISSUER: "http://127.0.0.1:1" };
  const wrong = { ...oidcEnvOf(working), OIDC_CLIENT_SECRET: "another" };
  try {
    for (const [env, sentence] of [
      [oidcEnvOf(working), "the OpenID provider answers and accepts the client"],
      [wrong, "the OpenID provider refuses the client: run sharekeeper doctor"],
      [silent, "the OpenID provider does not answer: run sharekeeper doctor"],
    ] as const) {
      const own = await createTestApp({ ...env, PASSWORDS: "off", PUBLIC_URL: "https://share.example.com" });
      await own.stop();
      expect(own.logged()).toContain(sentence);
      expect(own.logged()).toContain("no administrator has signed in by single sign-on yet");
    }
  } finally {
    await working.stop();
  }
});
