import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestApp, type Answer, type TestApp } from "../../../../test/support/create-test-app.ts";
import { SoftwarePasskey } from "../../../../test/support/software-passkey.ts";
import { openSession } from "../../../access/open-session.ts";
import { insertPerson } from "../../../access/person-store.ts";
import { systemClock } from "../../../lib/clock.ts";
import { systemRandom } from "../../../lib/random.ts";

let app: TestApp;
let url: string;
let ann: Record<string, string>;
beforeAll(async () => {
  app = await createTestApp();
  url = app.url.replace("127.0.0.1", "localhost");
});
afterAll(() => app.stop());
beforeEach(async () => {
  await app.database.db.query("delete from person");
  await app.database.db.query("delete from sign_in_attempt");
  ann = await signedIn("ann");
});

/** The headers of a browser in which this person is signed in. */
async function signedIn(name: string): Promise<Record<string, string>> {
  const { db } = app.database;
  const id = `usr_${name}`;
  const email = `${name}@example.com`;
  await insertPerson(db, {
    ...{ id, email, name, role: "support", clientId: null, state: "active" },
    createdAt: 0,
  });
  const { token } = await openSession(
    { db, clock: systemClock, random: systemRandom, sessionMs: 3_600_000 },
    { credential: { with: "password", personId: id, personVersion: 1 }, address: null, agent: null },
  );
  return { Cookie: `sharekeeper_session=${token}` };
}

/** As from a page under the name localhost, whatever address the request goes to. */
const page = (): Record<string, string> => ({ Host: new URL(url).host, Origin: url });
const ask = async (
  method: string,
  path: string,
  body: unknown = {},
  headers: Record<string, string> = {},
): Promise<Answer> => {
  const sent = method === "GET" ? {} : { body: JSON.stringify(body) };
  const all = { ...page(), "Content-Type": "application/json", ...headers };
  const response = await fetch(`${url}/api/v1${path}`, { method, ...sent, headers: all });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === "" ? null : JSON.parse(text) };
};
const add = async (passkey: SoftwarePasskey, who = ann, name = "phone"): Promise<Answer> => {
  const options = (await ask("POST", "/passkeys/options", {}, who)).body;
  return ask("POST", "/passkeys", { name, response: passkey.create(options) }, who);
};
const signIn = async (passkey: SoftwarePasskey): Promise<Answer> =>
  ask("POST", "/session/passkey", passkey.get((await ask("POST", "/session/passkey/options")).body));
const cookieOf = ({ headers }: Answer): Record<string, string> => ({
  Cookie: headers.getSetCookie()[0]?.split(";")[0] ?? "",
});

describe("a passkey", () => {
  test("is added, listed, and signs in without a name", async () => {
    const passkey = new SoftwarePasskey(url);
    expect(await add(passkey)).toMatchObject({ status: 201, body: { name: "phone", last_used_at: null } });
    const answer = await signIn(passkey);
    expect(answer).toMatchObject({ status: 200, body: { actor: { id: "usr_ann", role: "support" } } });
    expect((await ask("GET", "/session", {}, cookieOf(answer))).body.actor).toMatchObject({ id: "usr_ann" });
    const { body } = await ask("GET", "/passkeys", {}, ann);
    expect(body.data).toMatchObject([{ name: "phone", last_used_at: expect.any(String) }]);
  });

  test("that is the last admin's only way to sign in is not removed", async () => {
    const { db } = app.database;
    await db.query("update person set role = 'admin'");
    const { body } = await add(new SoftwarePasskey(url));
    const remove = () => ask("DELETE", `/passkeys/${body.id}`, {}, ann);
    expect(await remove()).toMatchObject({ status: 409, body: { code: "last_admin" } });
    expect((await ask("GET", "/passkeys", {}, ann)).body.data).toHaveLength(1);
    await db.query("update person set password_hash = 'of a password'");
    expect((await remove()).status).toBe(204);
  });

  test("is added and removed only within ten minutes after the sign-in", async () => {
    const passkey = new SoftwarePasskey(url);
    const { body } = await add(passkey);
    const stale = "update session set created_at = created_at - interval '11 minutes'";
    await app.database.db.query(stale);
    expect(await ask("POST", "/passkeys/options", {}, ann)).toMatchObject({
      status: 403,
      body: { code: "sign_in_again", detail: expect.stringContaining("10 minutes") },
    });
    expect((await ask("DELETE", `/passkeys/${body.id}`, {}, ann)).body.code).toBe("sign_in_again");
    expect((await ask("POST", "/session/totp", {}, ann)).body.code).toBe("sign_in_again");
    const again = cookieOf(await signIn(passkey));
    expect((await ask("POST", "/session/totp", {}, again)).status).toBe(201);
    expect((await ask("DELETE", `/passkeys/${body.id}`, {}, again)).status).toBe(204);
  });

  test("asks for a verified person, and to be found without a name", async () => {
    const { body } = await ask("POST", "/passkeys/options", {}, ann);
    expect(body).toMatchObject({
      rp: { id: "localhost" },
      user: { name: "ann@example.com" },
      authenticatorSelection: { residentKey: "required", userVerification: "required" },
    });
    // ML-DSA-44 where Node has it, Ed25519, ECDSA with P-256 and SHA-256, RSA with SHA-256; never SHA-1.
    const offered = body.pubKeyCredParams.map(({ alg }: { alg: number }) => alg) as number[];
    expect(offered.filter((alg) => alg !== -48)).toEqual([-8, -7, -257]);
    const options = (await ask("POST", "/session/passkey/options")).body;
    expect(options).toMatchObject({ rpId: "localhost", userVerification: "required" });
    expect(options.allowCredentials ?? []).toEqual([]);
  });

  test("that is removed ends its session, and signs in no more", async () => {
    const passkey = new SoftwarePasskey(url);
    const { body } = await add(passkey);
    const cookie = cookieOf(await signIn(passkey));
    expect((await ask("DELETE", `/passkeys/${body.id}`, {}, ann)).status).toBe(204);
    expect((await ask("GET", "/session", {}, cookie)).status).toBe(401);
    expect(await signIn(passkey)).toMatchObject({ status: 401, body: { code: "passkey_refused" } });
    expect((await ask("GET", "/session", {}, ann)).status).toBe(200);
  });

  test("belongs to its person: nobody else sees, removes or adds it again", async () => {
    const passkey = new SoftwarePasskey(url);
    const { body } = await add(passkey);
    const bob = await signedIn("bob");
    expect((await ask("GET", "/passkeys", {}, bob)).body.data).toEqual([]);
    expect((await ask("DELETE", `/passkeys/${body.id}`, {}, bob)).status).toBe(404);
    expect(await add(passkey, bob)).toMatchObject({ status: 401, body: { code: "passkey_refused" } });
  });

  test("of a suspended person does not sign in", async () => {
    const passkey = new SoftwarePasskey(url);
    await add(passkey);
    await app.database.db.query("update person set state = 'suspended'");
    expect((await signIn(passkey)).status).toBe(401);
  });
});

describe("an answer is refused", () => {
  const refused = { status: 401, body: { code: "passkey_refused" } };

  test("without the verification of its person", async () => {
    const passkey = new SoftwarePasskey(url);
    passkey.verifiesUser = false;
    expect(await add(passkey)).toMatchObject(refused);
    passkey.verifiesUser = true;
    await add(passkey);
    passkey.verifiesUser = false;
    expect(await signIn(passkey)).toMatchObject(refused);
  });

  test("when the counter goes back, as that of a copy does", async () => {
    const passkey = new SoftwarePasskey(url);
    await add(passkey);
    passkey.counter = 5;
    expect((await signIn(passkey)).status).toBe(200);
    passkey.counter = 4;
    expect(await signIn(passkey)).toMatchObject(refused);
  });

  test("when its challenge was used before, is unknown, or is of another kind", async () => {
    const passkey = new SoftwarePasskey(url);
    await add(passkey);
    const options = (await ask("POST", "/session/passkey/options")).body;
    const answer = passkey.get(options);
    expect((await ask("POST", "/session/passkey", answer)).status).toBe(200);
    expect(await ask("POST", "/session/passkey", answer)).toMatchObject(refused);
    expect(await ask("POST", "/session/passkey", passkey.get(options))).toMatchObject(refused);
    const made = { challenge: "bWFkZS11cA", rpId: "localhost" };
    expect(await ask("POST", "/session/passkey", passkey.get(made))).toMatchObject(refused);
    const { challenge } = (await ask("POST", "/passkeys/options", {}, ann)).body;
    expect(await ask("POST", "/session/passkey", passkey.get({ ...made, challenge }))).toMatchObject(refused);
  });

  test("when its challenge is older than five minutes", async () => {
    const passkey = new SoftwarePasskey(url);
    await add(passkey);
    const options = (await ask("POST", "/session/passkey/options")).body;
    await app.database.db.query("update sign_in_attempt set expires_at = now()");
    expect(await ask("POST", "/session/passkey", passkey.get(options))).toMatchObject(refused);
  });

  test("of another site, and by another person's registration", async () => {
    expect(await add(new SoftwarePasskey("http://localhost:1"))).toMatchObject(refused);
    const bob = await signedIn("bob");
    const options = (await ask("POST", "/passkeys/options", {}, bob)).body;
    const response = new SoftwarePasskey(url).create(options);
    expect(await ask("POST", "/passkeys", { name: "x", response }, ann)).toMatchObject(refused);
  });

  test("with a signature of another key", async () => {
    const passkey = new SoftwarePasskey(url);
    await add(passkey);
    const options = (await ask("POST", "/session/passkey/options")).body;
    const own = passkey.get(options);
    const foreign = new SoftwarePasskey(url).get(options);
    const answer = { ...own, response: { ...own.response, signature: foreign.response.signature } };
    expect(await ask("POST", "/session/passkey", answer)).toMatchObject(refused);
  });
});

test("a key has no passkeys", async () => {
  const key = { "X-API-Key": "sandbox-admin-key" };
  for (const [method, path] of [
    ["POST", "/passkeys/options"],
    ["GET", "/passkeys"],
  ] as const)
    expect(await ask(method, path, {}, key)).toMatchObject({ status: 403, body: { code: "person_only" } });
});

test("under an IP address the answer says which address to open", async () => {
  const { status, body } = await app.ask("POST", "/api/v1/session/passkey/options", {}, {});
  expect([status, body.code]).toEqual([409, "passkeys_need_name"]);
  expect(body.detail).toContain(`Open ${url} instead`);
});
