import { Secret, TOTP } from "otpauth";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApp, type Answer, type TestApp } from "../../../../test/support/create-test-app.ts";
import { SoftwarePasskey } from "../../../../test/support/software-passkey.ts";

let app: TestApp;
let url: string;
beforeAll(async () => {
  app = await createTestApp({ SECOND_FACTOR: "required" });
  url = app.url.replace("127.0.0.1", "localhost");
});
afterAll(() => app.stop());

const PASSWORD = "violet tractor lamp";

/** A person who has accepted an invitation with a password: the headers of their browser. */
async function join(email: string, role = "operator"): Promise<Record<string, string>> {
  const { body } = await app.ask("POST", "/api/v1/users", { email, name: "Olga", role });
  const token = new URL(body.invitation.url).hash.replace("#invitation=", "");
  return cookieOf(await ask("POST", "/session/invitation", { token, password: PASSWORD }, page()));
}
/** As from a page under the name localhost: passkeys need a name. */
const page = (): Record<string, string> => ({
  ...{ Host: new URL(url).host, Origin: url, "Content-Type": "application/json" },
});
const cookieOf = ({ headers }: Answer): Record<string, string> => ({
  ...page(),
  Cookie: (headers.get("set-cookie") ?? "").split(";")[0] ?? "",
});
async function ask(method: string, path: string, body: unknown, headers: object): Promise<Answer> {
  const sent = method === "GET" ? {} : { body: JSON.stringify(body) };
  const response = await fetch(`${url}/api/v1${path}`, { method, headers: { ...headers }, ...sent });
  return { status: response.status, headers: response.headers, body: await response.json() };
}
const readWabas = (who: object): Promise<Answer> => ask("GET", "/wabas", undefined, who);

test("a password alone may only add a second factor; the app's first code opens the rest", async () => {
  const olga = await join("olga@provider.example");
  expect(await readWabas(olga)).toMatchObject({ status: 403, body: { code: "second_factor_needed" } });
  expect((await ask("GET", "/session", undefined, olga)).body.actor).toMatchObject({ name: "Olga" });
  const { body } = await ask("POST", "/session/totp", {}, olga);
  const code = new TOTP({ secret: Secret.fromBase32(body.secret) }).generate();
  const renewed = await ask("PUT", "/session/totp", { code }, olga);
  expect(renewed).toMatchObject({ status: 200 });
  expect((await readWabas(cookieOf(renewed))).status).toBe(200);
});

test("a password alone makes no API key, and reads and ends no session of others", async () => {
  const ada = await join("ada@provider.example", "admin");
  const refused = { status: 403, body: { code: "second_factor_needed" } };
  expect(await ask("POST", "/api-keys", { name: "mine", role: "admin" }, ada)).toMatchObject(refused);
  expect(await ask("GET", "/api-keys", undefined, ada)).toMatchObject(refused);
  expect(await ask("GET", "/sessions?all=true", undefined, ada)).toMatchObject(refused);
  expect(await ask("DELETE", "/sessions/ses_of_others", {}, ada)).toMatchObject(refused);
});

test("a passkey opens the rest once one signs in with it, and guards it until then; keys are not asked", async () => {
  const pia = await join("pia@provider.example");
  const passkey = new SoftwarePasskey(url);
  const options = await ask("POST", "/passkeys/options", {}, pia);
  const made = { name: "phone", response: passkey.create(options.body) };
  expect((await ask("POST", "/passkeys", made, pia)).status).toBe(201);
  expect((await readWabas(pia)).body.code).toBe("second_factor_needed");
  const id = encodeURIComponent(made.response.id);
  for (const [method, path] of [
    ["POST", "/session/totp"],
    ["POST", "/passkeys/options"],
    ["DELETE", `/passkeys/${id}`],
  ] as const)
    expect((await ask(method, path, {}, pia)).body.code).toBe("second_factor_needed");
  const challenge = await ask("POST", "/session/passkey/options", {}, page());
  const signedIn = await ask("POST", "/session/passkey", passkey.get(challenge.body), page());
  expect((await readWabas(cookieOf(signedIn))).status).toBe(200);
  expect((await app.ask("GET", "/api/v1/wabas")).status).toBe(200);
});
