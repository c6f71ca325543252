import { Secret, TOTP } from "otpauth";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestApp, type Answer, type TestApp } from "../../../../test/support/create-test-app.ts";
import {
  auditedOf,
  browserOf,
  joinPerson,
  PASSWORD,
  standingOf,
  type Joined,
} from "../../../../test/support/people.ts";

let app: TestApp;
beforeAll(async () => {
  // Each sign-in comes from an address of its own, so that no test makes another one wait.
  app = await createTestApp({ TRUSTED_PROXIES: "127.0.0.1" });
});
afterAll(() => app?.stop());

let visitors = 0;
const signIn = (body: object): Promise<Answer> =>
  app.ask("POST", "/api/v1/session", body, { "X-Forwarded-For": `203.0.113.${(visitors += 1)}` });
const ask = (method: string, path: string, body: object | undefined, by: Joined["browser"]) =>
  app.ask(method, `/api/v1/session${path}`, body, by);

/** The code of the app, `steps` of 30 s from now. */
const codeOf = (secret: string, steps = 0): string =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + steps * 30_000 });

/** Somebody with an authenticator app in force, in the session that goes on. */
async function joinWithApp(
  name: string,
): Promise<Joined & { secret: string; first: string; recoveryCodes: string[] }> {
  const joined = await joinPerson(app, name);
  const { secret } = (await ask("POST", "/totp", {}, joined.browser)).body;
  const first = codeOf(secret);
  const confirmed = await ask("PUT", "/totp", { code: first }, joined.browser);
  expect(confirmed.status).toBe(200);
  const recoveryCodes: string[] = confirmed.body.recovery_codes;
  return { ...joined, browser: browserOf(app, confirmed), secret, first, recoveryCodes };
}

describe("an authenticator app", () => {
  test("is in force once a code confirms it, not before; every other session ends", async () => {
    const { id, email, browser } = await joinPerson(app, "Enrolled");
    const begun = await ask("POST", "/totp", {}, browser);
    expect([begun.status, begun.body.url]).toEqual([201, expect.stringMatching(/^otpauth:\/\/totp\//)]);
    const { secret } = begun.body;
    const other = await signIn({ email, password: PASSWORD });
    expect(other.status).toBe(200);
    const wrong = await ask("PUT", "/totp", { code: codeOf(secret, 20) }, browser);
    expect([wrong.status, wrong.body.code]).toEqual([403, "wrong_code"]);
    const confirmed = await ask("PUT", "/totp", { code: codeOf(secret) }, browser);
    expect([confirmed.status, new Set(confirmed.body.recovery_codes).size]).toEqual([200, 10]);
    expect(await standingOf(app, browser)).toBe(401);
    expect(await standingOf(app, browserOf(app, other))).toBe(401);
    const own = browserOf(app, confirmed);
    const { person } = (await ask("GET", "", undefined, own)).body;
    expect(person).toMatchObject({ mfa: ["totp"], recovery_code_count: 10 });
    expect((await ask("POST", "/totp", {}, own)).body.code).toBe("totp_in_force");
    expect((await ask("PUT", "/totp", { code: codeOf(secret, 1) }, own)).body.code).toBe("totp_in_force");
    expect(await auditedOf(app, "person.totp_confirmed", id)).toEqual([
      "refused wrong_code",
      "done",
      "refused totp_in_force",
    ]);
  });

  test("that was not begun cannot be confirmed, and a key has none", async () => {
    const { browser } = await joinPerson(app, "Early");
    expect((await ask("PUT", "/totp", { code: "123456" }, browser)).body.code).toBe("totp_not_begun");
    expect((await app.ask("POST", "/api/v1/session/totp", {})).body.code).toBe("person_only");
  });

  test("begun anew counts with its new secret alone", async () => {
    const { browser } = await joinPerson(app, "Anew");
    const old = (await ask("POST", "/totp", {}, browser)).body.secret;
    const { secret } = (await ask("POST", "/totp", {}, browser)).body;
    expect((await ask("PUT", "/totp", { code: codeOf(old) }, browser)).body.code).toBe("wrong_code");
    expect((await ask("PUT", "/totp", { code: codeOf(secret) }, browser)).status).toBe(200);
  });

  test("asks for a code at the sign-in, and each code counts once, that of the enrolment too", async () => {
    const { email, secret, first } = await joinWithApp("Coded");
    const by = { email, password: PASSWORD };
    const without = await signIn(by);
    expect([without.status, without.body.code]).toEqual([401, "totp_needed"]);
    expect((await signIn({ ...by, password: "wrong" })).body.code).toBe("wrong_sign_in");
    expect((await signIn({ ...by, totp: first })).body.code).toBe("wrong_sign_in");
    const next = codeOf(secret, 1);
    expect((await signIn({ ...by, password: "wrong", totp: next })).body.code).toBe("wrong_sign_in");
    expect((await signIn({ ...by, totp: next })).status).toBe(200);
    for (const used of [next, first, codeOf(secret, 20)])
      expect((await signIn({ ...by, totp: used })).body.code).toBe("wrong_sign_in");
  });

  test("lets one in when the same code is sent twice at once", async () => {
    const { email, secret } = await joinWithApp("Twice");
    const wish = { email, password: PASSWORD, totp: codeOf(secret, 1) };
    const answers = await Promise.all([signIn(wish), signIn(wish)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
  });

  test("may be replaced by a recovery code, each of them once", async () => {
    const { email, recoveryCodes } = await joinWithApp("Phoneless");
    const [code = "", other = ""] = recoveryCodes;
    const by = { email, password: PASSWORD };
    const typed = code.toUpperCase().replaceAll("-", " ");
    const signedIn = await signIn({ ...by, totp: typed });
    expect([signedIn.status, signedIn.body.person.recovery_code_count]).toEqual([200, 10]);
    const left = await ask("GET", "", undefined, browserOf(app, signedIn));
    expect(left.body.person.recovery_code_count).toBe(9);
    for (const again of [typed, code])
      expect((await signIn({ ...by, totp: again })).body.code).toBe("wrong_sign_in");
    expect((await signIn({ ...by, totp: other })).status).toBe(200);
  });

  test("is removed with the password alone, and not with a wrong one", async () => {
    const { id, email, browser } = await joinWithApp("Removed");
    const wrong = await ask("DELETE", "/totp", { password: "wrong" }, browser);
    expect([wrong.status, wrong.body.code]).toEqual([403, "wrong_password"]);
    expect((await ask("DELETE", "/totp", {}, browser)).body.code).toBe("wrong_password");
    const removed = await ask("DELETE", "/totp", { password: PASSWORD }, browser);
    expect(removed.status).toBe(204);
    expect(await standingOf(app, browserOf(app, removed))).toBe(200);
    expect((await signIn({ email, password: PASSWORD })).status).toBe(200);
    expect(await auditedOf(app, "person.totp_removed", id)).toEqual([
      "refused wrong_password",
      "refused wrong_password",
      "done",
    ]);
  });

  test("that is lost is reset by an administrator, which ends the sessions", async () => {
    const { id, email, browser } = await joinWithApp("Lost");
    const reset = await app.ask("PATCH", `/api/v1/users/${id}`, { mfa: [] });
    expect([reset.status, reset.body.mfa]).toEqual([200, []]);
    expect(await standingOf(app, browser)).toBe(401);
    expect((await signIn({ email, password: PASSWORD })).status).toBe(200);
  });

  test("leaves neither its secret nor its codes in the database, the audit or the log", async () => {
    const { id, secret, first, recoveryCodes } = await joinWithApp("Secret");
    const { db } = app.database;
    const [person] = await db.query<{ totp_sealed: Buffer }>("select * from person where id = $1", [id]);
    const kept = [
      JSON.stringify(person),
      person?.totp_sealed.toString("latin1"),
      JSON.stringify(await db.query("select * from audit")),
      app.logged(),
    ].join("\n");
    for (const text of [secret, ...recoveryCodes]) expect(kept).not.toContain(text);
    expect(JSON.stringify(await db.query("select detail, before, after from audit"))).not.toContain(first);
  });
});

describe("changing the password", () => {
  const NEXT = "copper ladder evening";
  const change = (body: object, by: Joined["browser"]) => ask("PUT", "/password", body, by);

  test("ends every other session; the own one goes on under a new cookie", async () => {
    const { id, email, browser } = await joinPerson(app, "Changer");
    const other = await signIn({ email, password: PASSWORD });
    const changed = await change({ current: PASSWORD, new: NEXT }, browser);
    expect(changed.status).toBe(204);
    expect(await standingOf(app, browserOf(app, changed))).toBe(200);
    for (const over of [browser, browserOf(app, other)]) expect(await standingOf(app, over)).toBe(401);
    expect((await signIn({ email, password: PASSWORD })).body.code).toBe("wrong_sign_in");
    expect((await signIn({ email, password: NEXT })).status).toBe(200);
    expect(await auditedOf(app, "person.password_changed", id)).toEqual(["done"]);
  });

  test.each([
    ["a wrong current password", "wrong", NEXT, 403, "wrong_password"],
    ["a short password", PASSWORD, "short", 400, "weak_password"],
    ["a common password", PASSWORD, "123456789012", 400, "weak_password"],
    ["the own name", PASSWORD, "Hugo Keepsitall", 400, "weak_password"],
  ])("to or with %s is refused, and changes nothing", async (_what, current, next, status, code) => {
    const { email, browser } = await joinPerson(app, "Hugo Keepsitall");
    const refused = await change({ current, new: next }, browser);
    expect([refused.status, refused.body.code]).toEqual([status, code]);
    expect(await standingOf(app, browser)).toBe(200);
    expect((await signIn({ email, password: PASSWORD })).status).toBe(200);
  });

  test("twice at once changes it once", async () => {
    const { email, browser } = await joinPerson(app, "Hasty");
    const answers = await Promise.all(
      [NEXT, `${NEXT} too`].map((next) => change({ current: PASSWORD, new: next }, browser)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 403]);
    const isFirst = answers[0]?.status === 204;
    expect((await signIn({ email, password: isFirst ? NEXT : `${NEXT} too` })).status).toBe(200);
  });

  test("is for a person: a key, and a session of a key, have none", async () => {
    expect((await change({ current: "a", new: NEXT }, { "X-API-Key": "sandbox-admin-key" })).body.code).toBe(
      "person_only",
    );
    const session = await signIn({ api_key: "sandbox-admin-key" });
    const refused = await change({ current: "a", new: NEXT }, browserOf(app, session));
    expect([refused.status, refused.body.code]).toEqual([403, "person_only"]);
  });

  test("leaves no password in the audit or the log, and is guarded against guesses", async () => {
    const joined = await joinPerson(app, "Guessed");
    const { id, email } = joined;
    const browser = { ...joined.browser, "X-Forwarded-For": "203.0.113.250" };
    for (let n = 0; n < 10; n += 1)
      expect((await change({ current: `guess ${n}`, new: NEXT }, browser)).body.code).toBe("wrong_password");
    const refused = await change({ current: "guess 10", new: NEXT }, browser);
    expect([refused.status, refused.body.code, refused.headers.get("retry-after")]).toEqual([
      ...[429, "too_many_sign_ins", "10"],
    ]);
    expect((await signIn({ email, password: PASSWORD })).status).toBe(200);
    const audited = JSON.stringify(await app.database.db.query("select * from audit"));
    for (const text of ["guess 1", NEXT, PASSWORD]) expect(audited + app.logged()).not.toContain(text);
    expect((await auditedOf(app, "person.password_changed", id)).at(-1)).toBe("refused too_many_sign_ins");
  });
});
